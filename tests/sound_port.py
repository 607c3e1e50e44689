"""A fake PortAudio, for what no sound card does on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

OK = SimpleNamespace(input_overflow=False, output_underflow=False)
LATE = SimpleNamespace(input_overflow=True, output_underflow=True)


class PortError(Exception):
    """What PortAudio raises."""


@dataclass
class Port:
    """PortAudio with one device. `streams`: those that run, the microphone first."""

    rate_hz: int = 16_000
    is_there: bool = True
    is_busy: bool = False
    streams: list[SimpleNamespace] = field(default_factory=list)
    default: Any = field(default_factory=lambda: SimpleNamespace(device=(0, 0)))
    PortAudioError = PortError

    def stream(self, **settings: Any) -> SimpleNamespace:
        if self.is_busy or not self.is_there:
            raise PortError("Device unavailable")
        made = SimpleNamespace(settings=settings, callback=settings["callback"], close=lambda: None)
        made.start = lambda: self.streams.append(made)
        made.abort = self.streams.clear
        return made

    RawInputStream = RawOutputStream = stream

    def check(self, samplerate: int, device: str | None, **_: Any) -> None:
        self.query_devices(device, "input")
        if samplerate != self.rate_hz:
            raise PortError("Invalid sample rate")

    check_input_settings = check_output_settings = check

    def query_devices(self, name: str | None = None, kind: str | None = None) -> Any:
        found = {"name": "pulse", "max_input_channels": 2, "max_output_channels": 2, "default_samplerate": self.rate_hz}
        if kind is None:
            return [found] if self.is_there else []
        if name not in (None, "pulse"):
            raise ValueError(f"No {kind} device matching {name!r}")
        return found

    def _terminate(self) -> None: ...

    def _initialize(self) -> None: ...

    def hears(self, pcm: bytes, status: SimpleNamespace = OK) -> None:
        self.streams[0].callback(pcm, len(pcm) // 2, None, status)

    def plays(self, samples: int, status: SimpleNamespace = OK) -> bytes:
        out = bytearray(2 * samples)
        self.streams[1].callback(memoryview(out), samples, None, status)
        return bytes(out)
