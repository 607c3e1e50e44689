"""Knows every tunable of hearing and speaking. Does not know the file they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Transport: TypeAlias = Literal["udp", "tcp", "tls"]
Codec: TypeAlias = Literal["opus", "g722", "pcmu", "pcma"]
Duplex: TypeAlias = Literal["auto", "full", "half"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One kind of question: how much silence ends the answer, and how long to wait for its beginning."""

    silence_ms: int = 300
    no_input_ms: int = 6000
    max_utterance_ms: int = 20_000
    sensible_silence_ms: int = 0
    """Silence that ends an answer which makes sense as far as it was heard, but might go on; 0 = as `silence_ms`."""
    complete_silence_ms: int = 0
    """Silence that ends an answer which cannot go on; 0 = as `sensible_silence_ms`."""
    unfinished_silence_ms: int = 0
    """Silence that ends an answer which must go on ("I'd like"); 0 = as `silence_ms`."""
    key_pause_ms: int = 2000
    """Pause after which a number typed on the keypad is finished."""


@dataclass(frozen=True, slots=True)
class Vad:
    """`detector`: "webrtc" for quiet lines, "silero" for noise, "adaptive" for both together where it is quiet.
    `mode` is webrtcvad's, 0 (lets everything through) to 3 (strict)."""

    detector: Literal["adaptive", "webrtc", "silero"] = "adaptive"
    mode: int = 3
    start_voiced_ms: int = 60
    """Voiced time within `start_window_ms` that opens an utterance."""
    start_window_ms: int = 120
    pre_roll_ms: int = 300
    barge_in_voiced_ms: int = 100
    """Voiced time that stops a prompt which may be interrupted."""
    barge_in_sure_ms: int = 40
    """So much of it must be a voice beyond doubt (benchmarks/barge_in.py)."""
    speech_ms: int = 400
    """Voiced time below which a sound that means nothing is a noise (a cough) and not worth a question."""
    murmur_ms: int = 800
    """Voiced time below which what is said over a prompt must make sense, or the prompt goes on."""
    floor_dbfs: float = -80.0
    """webrtcvad: frames below this level are never speech."""
    quiet_dbfs: float = -60.0
    """A line whose noise stays below this level is quiet (adaptive)."""
    stands_out_db: float = 3.0
    """Sound nearer to the line's noise than this is not looked at (adaptive)."""
    speech_probability: float = 0.6
    """Silero: where speech begins."""
    silence_probability: float = 0.35
    """Silero: below this speech has ended."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How hard the recogniser searches. `beam` and `lattice_beam` are Kaldi's: wider finds more and takes longer."""

    beam: float = 13.0
    lattice_beam: float = 6.0
    max_active: int = 7000
    alternatives: int = 20
    """Other readings that are kept, in case the best one means nothing in this shop."""
    likelihood_margin: float = 3.0
    """How much less likely (natural logarithm) one of them may be and still be believed."""
    doubt_margin: float = 3.0
    """On a noisy line a second hearing decides between meanings that are nearer to each other than this."""
    clear_doubt_margin: float = 1.0
    """The same on a clear line, for meanings that speak of other things."""
    clear_snr_db: float = 30.0
    """From this distance between speech and noise on the line is clear."""
    sure_likelihood_per_s: float = 105.0
    """Below this a sound on a clear line may be other talk: the second hearing must speak of the same things."""
    narrow_sure_likelihood_per_s: float = 90.0
    """The same on a telephone line of 8 kHz: spoken orders have 93 and more there, 108 and more else."""
    second_weight: float = 2.0
    """How much the second hearing counts, beside the first."""
    unheard_likelihood: float = 12.0
    """How much less likely than the best one counts a meaning that a hearing did not think of."""
    number_lead: float = 8.0
    """How much likelier than any other a dictated number must be to count without a second hearing."""
    number_weight: float = 5.0
    """How much the second hearing counts for numbers, beside the first."""
    number_certainty: float = 4.0
    """How much likelier than any other a number must be to both hearings together."""
    least_likelihood_per_s: float = 70.0
    """Below this a sound fits none of the words it was taken for: it is other talk, music or noise. Spoken orders
    have 98 and more on a quiet line, 71 to 95 in loud noise; foreign speech has 55 to 83 (benchmarks/rejection.py)."""
    hiss_dbfs: float = -75.0
    """Level of the white noise laid under all that is heard."""


@dataclass(frozen=True, slots=True)
class Models:
    """Folders of the user's own models; empty = the fetched ones under `folder` (empty = the user's data folder)."""

    folder: str = ""
    vosk: str = ""
    whisper: str = ""
    piper: str = ""


@dataclass(frozen=True, slots=True)
class SecondPass:
    enabled: bool = True
    beam_size: int = 5
    silence_s: float = 6.0
    """Silence after the utterance, up to 30 s in all: less is faster and less exact."""
    most_waiting: int = 3
    """So many utterances may be heard again at once; of one more only a number is, and the rest is answered at once."""
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Speech:
    """`sentence_gap_ms` is the pause between two sentences; `cache_mib` bounds the synthesised audio kept in memory.

    Who waits for an answer for `filler_ms` is told that it takes a moment; 0 = never.
    """

    rate: float = 1.0
    sentence_gap_ms: int = 120
    filler_ms: int = 1000
    cache_mib: int = 32


@dataclass(frozen=True, slots=True)
class Echo:
    """Whether the assistant's own voice is taken out of what is heard."""

    cancel: bool = True


@dataclass(frozen=True, slots=True)
class Recording:
    enabled: bool = False
    folder: str = "recordings"
    keep_days: int = 90
    """Older recordings of the folder are deleted, when calls are first taken and every day; 0 = they are kept."""


@dataclass(frozen=True, slots=True)
class Sip:
    """The telephone. `address` is the one local address that calls come in on; peers must be able to reach it.

    TLS listens on the port after `port` and needs `certificate`, a PEM file with key and chain.
    """

    address: str = "127.0.0.1"
    port: int = 5060
    transports: tuple[Transport, ...] = ("udp", "tcp")
    certificate: str = ""
    srtp: Literal["off", "offered", "required"] = "off"
    user: str = "shop"
    codecs: tuple[Codec, ...] = ("g722", "pcmu", "pcma")
    first_rtp_port: int = 10_000
    last_rtp_port: int = 20_000
    jitter_min_ms: int = 20
    jitter_max_ms: int = 200
    rtp_timeout_s: int = 20
    """A call that sends no audio for so long is over; 0 = never. Calls on hold are not counted."""
    hold_s: int = 600
    """So long a call may be on hold."""
    allow: tuple[str, ...] = ()
    """Addresses and networks that may call; empty = all that reach it. From these the asserted identity is believed."""
    rtp_from: Literal["negotiated", "anywhere"] = "negotiated"
    """Whose audio is heard: the address that the call set-up named, or whoever sends it (callers behind a NAT)."""
    registrar: str = ""
    """Where the line registers as `user`, by the first of `transports`: host or host:port; empty = nowhere."""
    auth_user: str = ""
    """Name for the registrar where it is not `user`."""
    password_file: str = ""
    register_s: int = 600


@dataclass(frozen=True, slots=True)
class AudioSocket:
    """Calls that Asterisk passes on by AudioSocket, over TCP without encryption; port 0 = none."""

    address: str = "127.0.0.1"
    port: int = 0
    rate_hz: Literal[8000, 16_000] = 8000
    """Rate of what has no rate of its own: audio of kind 0x10, and ours until the first audio has come."""
    allow: tuple[str, ...] = ()
    """Addresses and networks that may connect; empty = all that reach it."""
    uuids: tuple[str, ...] = ("*",)
    """Patterns, with * and ?, of the UUIDs that are answered."""
    caller_in_uuid: bool = False
    """Whether the last twelve digits of the UUID are the caller's number, filled up with f in front."""
    media_timeout_s: int = 20
    """A call that sends no audio for so long is over; 0 = never."""


@dataclass(frozen=True, slots=True)
class WebSocket:
    """Calls that Twilio or Asterisk's chan_websocket pass on over a WebSocket; port 0 = none."""

    address: str = "127.0.0.1"
    port: int = 0
    path: str = "/call"
    certificate: str = ""
    """A PEM file with key and chain; without one the line is not encrypted."""
    allow: tuple[str, ...] = ()
    """Addresses and networks that may connect; empty = all that reach it."""
    token_file: str = ""
    """File with the word that callers prove themselves with: below the path, as `token` in the query, or as Twilio's
    parameter `token`."""
    twilio_token_file: str = ""
    """File with the auth token of the Twilio account, which its signatures are checked with."""
    public_url: str = ""
    """Scheme and host by which Twilio calls, where a proxy hides it: wss://shop.example.com."""
    media_timeout_s: int = 20
    """A call that sends no audio for so long is over; 0 = never."""


@dataclass(frozen=True, slots=True)
class Device:
    """Microphone and loudspeaker, by name or a part of it; empty = the system's default."""

    input: str = ""
    output: str = ""
    volume_db: float = 0.0
    """Of what the assistant says; 0 = as it is."""
    duplex: Duplex = "auto"
    """Whether people can be heard while the assistant speaks: "auto" tries the loudspeaker with a short tone."""
    wake_phrases: tuple[str, ...] = ()
    """One of them wakes it, in small letters; none = any voice does."""
    follow_up_s: float = 5.0
    """So long after an answer more can be said without the phrase."""
    asleep_minutes: float = 5.0
    """So long the phrase takes up what was talked about; then it begins a new conversation."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    vad: Vad = field(default_factory=Vad)
    turns: dict[str, Turn] = field(default_factory=lambda: {"order": Turn()})
    """By the kind of `Listening`; "order" also serves for kinds without an entry."""
    models: Models = field(default_factory=Models)
    decoding: Decoding = field(default_factory=Decoding)
    second_pass: SecondPass = field(default_factory=SecondPass)
    speech: Speech = field(default_factory=Speech)
    echo: Echo = field(default_factory=Echo)
    recording: Recording = field(default_factory=Recording)

    def turn(self, kind: str) -> Turn:
        return self.turns.get(kind) or self.turns["order"]
