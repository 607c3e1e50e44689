"""Calls with the real engines: what counts is what can be heard on the two-channel recording."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from tests.fakes import FakeMind, farewell, prompt
from tests.waveform import audible
from voice import models
from voice.audio import RATE_HZ, amplify, dbfs, frames_of, read_audio
from voice.call import CallSummary
from voice.channels.caller import AfterPrompt, Cue, OverPrompt, Sound
from voice.channels.file import FileChannel
from voice.channels.pace import PaceName
from voice.events import BrokenOff, CallEvent, HeardWords, TakenUp
from voice.prompt import Listening, Prompt
from voice.recognizer import VoskRecognizer
from voice.recording import CallRecording
from voice.second_pass import WhisperSecondPass
from voice.settings import Models, SecondPass, Speech, Turn, VoiceSettings
from voice.synthesizer import PiperSynthesizer
from voice.turns import run_call

pytestmark = pytest.mark.audio

FIXTURES = Path(__file__).parent.parent / "audio_fixtures"
ORDER = "can i get a large medium roast cappuccino with whole milk"
ANSWER = "One large cappuccino with whole milk. Would you like anything else?"
GOODBYE = "Thank you for calling the coffee bar. Have a lovely day. Goodbye."
LONG = (
    "Good morning and welcome to the coffee bar. You can order drinks and pastries here. "
    "We have lattes and cappuccinos. Just tell me what you would like to have today."
)
PHRASES = (
    ORDER,
    "can i get a small light roast mocha",
    "yes please",
    "no thank you",
    "thank you good bye",
    "stop",
    "uh huh",
)
SETTINGS = VoiceSettings(turns={"order": Turn(silence_ms=360)})


@functools.cache
def recognizer() -> VoskRecognizer:
    return VoskRecognizer(models.locate("vosk-en", Models()))


@functools.cache
def synthesizer() -> PiperSynthesizer:
    return PiperSynthesizer(models.locate("piper-joe", Models()), Speech())


@functools.cache
def whisper() -> WhisperSecondPass:
    return WhisperSecondPass(models.locate("whisper-base", Models()), SecondPass())


def asked(text: str, **more: bool) -> Prompt:
    return replace(prompt(text, **more), listening=Listening("order", PHRASES))


def clip(name: str, gain_db: float = 0.0) -> bytes:
    return amplify(read_audio(FIXTURES / name), gain_db)


@dataclass
class Kept:
    """A call that is over: its two sides as they were recorded."""

    mind: FakeMind
    summary: CallSummary
    events: list[CallEvent]
    caller: npt.NDArray[np.int16]
    assistant: npt.NDArray[np.int16]


async def call(folder: Path, mind: FakeMind, *cues: Cue, pace: PaceName = "frozen", second: bool = False) -> Kept:
    recording = CallRecording(folder / "call.wav")
    channel = FileChannel(
        cues, pace=pace, on_frame=lambda caller, assistant, _start: recording.write(caller, assistant)
    )
    events: list[CallEvent] = []
    summary = await run_call(
        channel,
        mind,
        recognizer(),
        synthesizer(),
        whisper() if second else None,
        SETTINGS,
        recorder=recording,
        watch=events.append,
    )
    recording.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    sides, rate_hz = soundfile.read(folder / "call.wav", dtype="int16")
    assert rate_hz == RATE_HZ
    assert len(sides) == summary.samples
    return Kept(mind, summary, events, sides[:, 0].copy(), sides[:, 1].copy())


async def listened_back(side: npt.NDArray[np.int16], start_ms: float, end_ms: float) -> str:
    """What an independent ear hears on one side of the recording."""
    span = side[int(start_ms * 16) : int(end_ms * 16)]
    return (await whisper().transcribe(span.tobytes())).text


async def test_an_order_is_heard_and_the_answer_can_be_heard(tmp_path: Path) -> None:
    mind = FakeMind(
        {ORDER: asked(ANSWER), "thank you good bye": farewell(GOODBYE)}, greeting=asked("What can I get you?")
    )
    cues = Cue(Sound(clip("orders/0704c731.flac"))), Cue(Sound(clip("generated/goodbye.flac")))
    kept = await call(tmp_path, mind, *cues)
    assert kept.mind.inbox == [ORDER, "thank you good bye"]
    greeting, *answers = audible(kept.assistant)
    assert "what can i get you" in await listened_back(kept.assistant, 0, greeting[1] + 100)
    said = await listened_back(kept.assistant, answers[0][0] - 100, len(kept.assistant) / 16)
    wanted = f"{ANSWER} {GOODBYE}".lower().replace(".", "").replace("?", "")
    # Whisper may spell a word its own way; nine letters of ten is every word.
    assert SequenceMatcher(None, said, wanted).ratio() >= 0.9
    assert said.endswith("goodbye")


async def test_the_farewell_is_on_the_recording_whole(tmp_path: Path) -> None:
    mind = FakeMind({ORDER: farewell(GOODBYE)}, greeting=asked("What can I get you?"))
    kept = await call(tmp_path, mind, Cue(Sound(clip("orders/0704c731.flac"))))
    for sentence in GOODBYE.split(". "):
        pcm = np.frombuffer(await synthesizer().say(sentence if sentence.endswith(".") else sentence + "."), "<i2")
        assert kept.assistant.tobytes().find(pcm.tobytes()) >= 0


@pytest.mark.parametrize("over_ms", [700, 1500, 2600, 4100])
async def test_speech_silences_the_assistant_within_300_ms(tmp_path: Path, over_ms: int) -> None:
    mind = FakeMind({"*": farewell(GOODBYE)}, greeting=asked(LONG))
    kept = await call(tmp_path, mind, Cue(Sound(clip("orders/0704c731.flac", -3)), OverPrompt(over_ms)))
    assert kept.mind.inbox == [ORDER]
    onset_ms = audible(kept.caller)[0][0]
    sound = [frame for frame in frames_of(kept.assistant.tobytes()) if dbfs(frame.pcm) > -60]
    before = [frame.end / 16 for frame in sound if frame.start / 16 < onset_ms + 1000]
    assert 0 < before[-1] - onset_ms <= 300


async def test_a_cough_does_not_lose_the_rest(tmp_path: Path) -> None:
    mind = FakeMind({"*": farewell(GOODBYE)}, greeting=asked(LONG))
    cues = Cue(Sound(clip("generated/cough.flac")), OverPrompt(2600)), Cue(Sound(clip("orders/0704c731.flac")))
    kept = await call(tmp_path, mind, *cues, second=True)
    assert kept.mind.inbox == [ORDER]
    assert [type(event) for event in kept.events].count(BrokenOff) == [type(event) for event in kept.events].count(
        TakenUp
    )
    last = np.frombuffer(await synthesizer().say("Just tell me what you would like to have today."), "<i2")
    assert kept.assistant.tobytes().find(last.tobytes()) >= 0


async def test_a_protected_prompt_is_said_to_the_end(tmp_path: Path) -> None:
    mind = FakeMind({"*": farewell(GOODBYE)}, greeting=asked(LONG, interruptible=False))
    kept = await call(tmp_path, mind, Cue(Sound(clip("generated/yes.flac")), OverPrompt(800)))
    whole = np.frombuffer(await synthesizer().say("Just tell me what you would like to have today."), "<i2")
    assert kept.assistant.tobytes().find(whole.tobytes()) >= 0
    assert kept.mind.meanings[0].heard.over_prompt  # type: ignore[union-attr]


async def test_whisper_is_asked_when_vosk_was_not_understood(tmp_path: Path) -> None:
    class Picky(FakeMind):
        def understand(self, heard: object) -> object:  # type: ignore[override]
            meaning = super().understand(heard)  # type: ignore[arg-type]
            return replace(meaning, understood=getattr(heard, "engine", "") != "vosk")

    mind = Picky({"*": farewell(GOODBYE)}, greeting=asked("What can I get you?"))
    kept = await call(tmp_path, mind, Cue(Sound(clip("orders/0704c731.flac"))), second=True)
    (heard,) = [event.transcript for event in kept.events if isinstance(event, HeardWords)]
    assert heard is not None
    assert heard.engine == "whisper"
    assert heard.text.startswith("can i get a large medium roast")
    assert heard.text.endswith("with whole milk")


async def test_a_private_answer_is_silent_on_both_channels(tmp_path: Path) -> None:
    secret = asked("Now the secret, please.", private=True)
    mind = FakeMind({ORDER: secret, "yes please": asked("All right.")}, greeting=asked("Ready to go?"))
    cues = [Cue(Sound(clip(f"{name}.flac"))) for name in ("orders/0704c731", "generated/yes", "generated/goodbye")]
    kept = await call(tmp_path, mind, *cues)
    assert kept.mind.inbox[:3] == [ORDER, "yes please", "thank you good bye"]
    # Neither the question nor its answer is kept; the order before and the goodbye after are.
    assert len(audible(kept.caller)) == 2
    assert [event for event in kept.events if isinstance(event, HeardWords)][1] == HeardWords(None)
    secret_pcm = await synthesizer().say("Now the secret, please.")
    assert kept.assistant.tobytes().find(secret_pcm[3200:6400]) == -1


async def test_the_stages_add_up_to_the_gap_on_the_recording(tmp_path: Path) -> None:
    synthesizer().warm_up()
    names = ("0704c731", "3f94e11d", "9cc7945a", "bd46b977")
    cues = [Cue(Sound(clip(f"orders/{name}.flac")), AfterPrompt(800)) for name in names]
    mind = FakeMind({"*": asked("Okay, I have that. What else can I get you?")}, greeting=asked("What can I get you?"))
    mind._answers["silence"] = farewell(GOODBYE)
    kept = await call(tmp_path, mind, *cues, pace="honest")
    answered = [times for times in kept.summary.times if times.endpoint is not None]
    caller, assistant = audible(kept.caller), audible(kept.assistant)
    assert len(caller) == len(names) == len(answered)
    for (_, speech_end), times in zip(caller, answered, strict=True):
        answer_start = min(start for start, _ in assistant if start > speech_end)
        stages = (times.endpoint, times.recognise, times.second_pass, times.understand, times.act, times.first_audio)
        assert answer_start - speech_end == pytest.approx(sum(stage or 0 for stage in stages), abs=50)


async def test_a_frozen_replay_is_the_same_twice(tmp_path: Path) -> None:
    async def replay() -> Kept:
        mind = FakeMind({"thank you good bye": farewell(GOODBYE), "*": asked(ANSWER)}, greeting=asked(LONG))
        cues = (
            Cue(Sound(clip("generated/cough.flac")), OverPrompt(1000)),
            Cue(Sound(clip("orders/0704c731.flac")), OverPrompt(2000)),
            Cue(Sound(clip("generated/goodbye.flac"))),
        )
        return await call(tmp_path, mind, *cues)

    first, second = await replay(), await replay()
    assert np.array_equal(first.caller, second.caller)
    assert np.array_equal(first.assistant, second.assistant)
    assert first.mind.inbox == second.mind.inbox
