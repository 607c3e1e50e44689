"""Knows PCM: the frame and the utterance, and all arithmetic on samples. Does not know where audio comes from."""

from __future__ import annotations

from dataclasses import dataclass

RATE_HZ = 16_000
FRAME_SAMPLES = 320
FRAME_BYTES = 2 * FRAME_SAMPLES


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of 16 kHz mono s16le audio; `start` is its first sample's place in the call. Never mutated."""

    start: int
    pcm: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.pcm) // 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """The caller's audio between two boundaries, pre-roll included.

    `start` and `end` are sample positions in the call; `speech_start` and `speech_end` those of the first and
    last voiced sample, so `end - speech_end` is the silence that the endpointer waited for.
    """

    start: int
    end: int
    speech_start: int
    speech_end: int
    pcm: bytes
