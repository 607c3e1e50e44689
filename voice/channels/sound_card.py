"""Knows the microphone and the loudspeaker of this machine, through PortAudio. Does not know what is heard or said."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from ctypes import CDLL, CFUNCTYPE, c_char_p, c_int
from ctypes.util import find_library
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

import structlog

from voice.audio import RATE_HZ, StreamResampler, amplify, silence
from voice.errors import LineError
from voice.settings import Device

try:
    import sounddevice
except OSError as error:  # PortAudio itself is a library of the system
    raise ImportError(str(error)) from error

BLOCK_S = 0.01
LATENCY_S = {"input": 0.02, "output": 0.04}
"""What the system keeps ready: with less the loudspeaker stutters whenever another process is busy."""
MOST_HEARD = 200
"""Blocks that nobody has taken; older ones are lost."""
MOST_PLAYED = RATE_HZ // 8
"""Samples that the loudspeaker's clock may be ahead of the microphone's before they are brought together again."""
SILENT_DEATH_S = 1.0
"""A stream that has not called back for so long never will: ALSA's thread can end without a word."""
RETRY_S = 2.0
NO_DEVICE = "There is no sound device. Connect one; under Linux the user must be in the group audio."

logger = structlog.get_logger(__name__)


_UNTOLD = CFUNCTYPE(None, c_char_p, c_int, c_char_p, c_int, c_char_p)(lambda *_: None)
"""ALSA writes every stutter to the terminal; they are counted here."""

with suppress(OSError, AttributeError):  # only Linux has it
    CDLL(find_library("asound") or "").snd_lib_error_set_handler(_UNTOLD)


@dataclass(frozen=True, slots=True)
class Sounding:
    """A device as PortAudio names it; `hears` and `speaks`: how many channels it has."""

    name: str
    hears: int
    speaks: int
    is_default_input: bool = False
    is_default_output: bool = False


def devices() -> list[Sounding]:
    """What is plugged in now."""
    _look_again()
    heard, spoken = sounddevice.default.device
    return [
        Sounding(
            str(found["name"]),
            int(found["max_input_channels"]),
            int(found["max_output_channels"]),
            number == heard,
            number == spoken,
        )
        for number, found in enumerate(sounddevice.query_devices())
    ]


class SoundCard:
    """Two streams of 16 kHz mono s16le: one for both directions dies without a word under ALSA's pulse plugin.

    The callbacks run in PortAudio's threads and only copy.
    """

    def __init__(self, settings: Device) -> None:
        self._settings = settings
        self._lock = Lock()
        self._heard: deque[bytes] = deque(maxlen=MOST_HEARD)
        self._waiting = bytearray()
        self._played = bytearray()
        self.openings = 0
        """How often it was opened: what was measured before the last time no longer holds."""
        self._streams: list[Any] = []
        self._called_back = 0.0
        self._retry_at = 0.0
        self.overflows = self.underflows = 0
        self.trouble: str | None = "it is not open"

    def open(self) -> None:
        """Raises LineError, which names the remedy."""
        try:
            self._streams = [self._input(), self._output()]
            for stream in self._streams:
                stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self._stop()
            why = f"The sound device could not be opened: {error}. List them: voxcart talk --list-devices"
            raise LineError(why if sounddevice.query_devices() else NO_DEVICE) from error
        self._called_back = monotonic()
        self.openings += 1
        self.trouble = None

    def close(self) -> None:
        self._stop()
        self.trouble = "it is closed"

    def read(self) -> tuple[bytes, bytes]:
        """What was heard since the last time, and what was played meanwhile, as long: the one comes after the other by
        the same time always. A device that has gone is looked for now and then."""
        self._look_after()
        with self._lock:
            heard = b"".join(self._heard)
            self._heard.clear()
            played = bytes(self._played[: len(heard)]).ljust(len(heard), b"\0")
            del self._played[: len(heard)]
            if len(self._played) > 2 * MOST_PLAYED:
                self._played.clear()
        return heard, played

    def write(self, pcm: bytes) -> None:
        with self._lock:
            self._waiting += amplify(pcm, self._settings.volume_db) if self._settings.volume_db else pcm

    @property
    def unsaid(self) -> int:
        """Samples that wait for the loudspeaker."""
        return len(self._waiting) // 2

    def flush(self) -> int:
        """Forget them; how many."""
        with self._lock:
            dropped = len(self._waiting) // 2
            self._waiting.clear()
        return dropped

    def _look_after(self) -> None:
        now = monotonic()
        if self.trouble is None and now - self._called_back > SILENT_DEATH_S:
            self.trouble = "the sound device is gone"
            logger.warning("sound device lost")
            self._stop()
            self._retry_at = now + RETRY_S
        elif self._retry_at and now >= self._retry_at:
            self._retry_at = now + RETRY_S
            with suppress(LineError):
                _look_again()
                self.open()
                self._retry_at = 0.0
                logger.info("sound device is back")

    def _stop(self) -> None:
        self._heard.clear()
        self._played.clear()
        for stream in self._streams:
            with suppress(sounddevice.PortAudioError):
                stream.abort()
                stream.close()
        self._streams = []

    def _input(self) -> Any:
        name = self._settings.input or None
        rate_hz = _rate_of(name, "input")
        resampled = StreamResampler(rate_hz, RATE_HZ) if rate_hz != RATE_HZ else None

        def came(data: Any, _frames: int, _time: Any, status: sounddevice.CallbackFlags) -> None:
            self._called_back = monotonic()
            self.overflows += bool(status.input_overflow)
            pcm = bytes(data) if resampled is None else resampled.feed(bytes(data))
            with self._lock:
                self._heard.append(pcm)

        return sounddevice.RawInputStream(device=name, callback=came, **_format(rate_hz, "input"))

    def _output(self) -> Any:
        name = self._settings.output or None
        rate_hz = _rate_of(name, "output")
        resampled = StreamResampler(RATE_HZ, rate_hz) if rate_hz != RATE_HZ else None
        left = bytearray()

        def goes(data: Any, frames: int, _time: Any, status: sounddevice.CallbackFlags) -> None:
            self._called_back = monotonic()
            self.underflows += bool(status.output_underflow)
            needed = 2 * frames
            if resampled is None:
                data[:] = self._take(needed)
            else:
                while len(left) < needed:
                    left.extend(resampled.feed(self._take(2 * round(RATE_HZ * BLOCK_S))))
                data[:] = bytes(left[:needed])
                del left[:needed]

        return sounddevice.RawOutputStream(device=name, callback=goes, **_format(rate_hz, "output"))

    def _take(self, size: int) -> bytes:
        with self._lock:
            pcm = bytes(self._waiting[:size])
            del self._waiting[:size]
            pcm += silence((size - len(pcm)) // 2)
            self._played += pcm
            del self._played[: -2 * MOST_HEARD * round(RATE_HZ * BLOCK_S)]
        return pcm


def _look_again() -> None:
    """PortAudio lists the devices once, when it begins."""
    with suppress(sounddevice.PortAudioError):
        sounddevice._terminate()
        sounddevice._initialize()


def _format(rate_hz: int, kind: str) -> dict[str, Any]:
    block = round(rate_hz * BLOCK_S)
    return {"samplerate": rate_hz, "blocksize": block, "channels": 1, "dtype": "int16", "latency": LATENCY_S[kind]}


def _rate_of(name: str | None, kind: str) -> int:
    """16 kHz, or what the device likes best where it does not know that. Raises what sounddevice raises."""
    check = sounddevice.check_input_settings if kind == "input" else sounddevice.check_output_settings
    try:
        check(device=name, channels=1, dtype="int16", samplerate=RATE_HZ)
    except sounddevice.PortAudioError:
        return int(sounddevice.query_devices(name, kind)["default_samplerate"])
    return RATE_HZ
