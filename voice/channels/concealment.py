"""Knows how audio that arrives in bursts and with holes becomes frames without a gap, and what fills a hole. PURE."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from voice.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, Frame, Samples, dbfs, hiss, to_pcm, to_samples

PATIENCE_SAMPLES = RATE_HZ * 45 // 1000
"""So far behind the clock the line is moved on in any case."""
LATE_S = 0.008
"""So late the next packet counts as lost; its hole is then filled before the one after it comes."""
AHEAD_SAMPLES = RATE_HZ * 25 // 1000
"""Audio that was taken for lost and came after all makes the line longer: from here on quiet frames are left out,"""
FAR_AHEAD_SAMPLES = RATE_HZ * 60 // 1000
"""from here on no hole is filled that may be none, and from twice as much on every frame is left out."""
STANDSTILL_SAMPLES = 5 * RATE_HZ
"""A machine that slept longer than this makes up no more: the caller is not taken for having been silent."""
QUIET_DBFS = -45.0
HISS_DBFS = -70.0
PITCH_LAGS = (40, 267)
"""Samples between two periods of a voice: 400 Hz to 60 Hz."""
PROMPT_S = 0.025
"""Who looks later than this after the last time was held up, and so perhaps was who brings the audio."""
FADE_SAMPLES = RATE_HZ * 60 // 1000
KNOWN_SAMPLES = 2 * PITCH_LAGS[1]


class Timeline:
    """The caller's side of a live line. Its clock is the wall's, told with every call, in seconds.

    Audio is handed on as it comes. A hole is filled at once, so the line never stands still and its time never shrinks.
    Where audio may be late but is never lost, a hole is waited for `patience_s` longer.
    """

    def __init__(self, patience_s: float = 0.0) -> None:
        self._late_s = LATE_S + patience_s
        self._patience = PATIENCE_SAMPLES + round(patience_s * RATE_HZ)
        self._began: float | None = None
        self._position = 0
        self._next_due: float | None = None
        self._looked_at = 0.0
        self._fed = 0
        self._is_in_hole = True
        self._arrived = bytearray()
        self._concealer = Concealer()
        self.concealed = 0
        """Samples that were made up."""

    @property
    def position(self) -> int:
        return self._position

    def feed(self, pcm: bytes) -> None:
        self._arrived += pcm
        self._fed += len(pcm) // 2

    def pause(self) -> None:
        """The line is on hold: no time passes until the next `frames`."""
        self._began = self._next_due = None
        self._is_in_hole = True
        self._arrived.clear()

    def frames(self, now: float) -> Iterator[Frame]:
        """Every frame that is complete or overdue."""
        if self._began is None:
            self._began = now - self._position / RATE_HZ
        self._began += max(0, self._behind(now) - STANDSTILL_SAMPLES) / RATE_HZ
        if self._fed:
            self._next_due, self._fed = now + self._fed / RATE_HZ + self._late_s, 0
            self._join()
        while len(self._arrived) >= FRAME_BYTES:
            pcm = bytes(self._arrived[:FRAME_BYTES])
            is_surplus = self._is_surplus(pcm, now)
            del self._arrived[:FRAME_BYTES]
            self._concealer.hear(pcm)
            if not is_surplus:
                yield self._next(pcm)
        is_prompt, self._looked_at = now - self._looked_at < PROMPT_S, now
        while self._behind(now) >= self._patience or (is_prompt and self._is_missing(now)):
            missing = FRAME_SAMPLES - len(self._arrived) // 2
            self._concealer.hear(bytes(self._arrived))
            pcm = bytes(self._arrived) + self._concealer.fill(missing)
            self._arrived.clear()
            self.concealed += missing
            self._is_in_hole = True
            if self._next_due is not None:
                self._next_due += FRAME_SAMPLES / RATE_HZ
            yield self._next(pcm)

    def _join(self) -> None:
        """Lengthen the hole so that a frame ends with the audio behind it, and need not wait for more."""
        if self._is_in_hole:
            missing = -(len(self._arrived) // 2) % FRAME_SAMPLES
            self._arrived[:0] = self._concealer.fill(missing)
            self.concealed += missing
            self._is_in_hole = False

    def _next(self, pcm: bytes) -> Frame:
        frame = Frame(self._position, pcm)
        self._position = frame.end
        return frame

    def _behind(self, now: float) -> int:
        """How much older the end of what is known is than the clock."""
        began = now if self._began is None else self._began
        return round((now - began) * RATE_HZ) - self._position - len(self._arrived) // 2

    def _is_missing(self, now: float) -> bool:
        return self._next_due is not None and now >= self._next_due and -self._behind(now) < FAR_AHEAD_SAMPLES

    def _is_surplus(self, pcm: bytes, now: float) -> bool:
        ahead = -self._behind(now)
        return ahead > 2 * FAR_AHEAD_SAMPLES or (ahead > AHEAD_SAMPLES and dbfs(pcm) < QUIET_DBFS)


class Concealer:
    """Goes on with the last period of the voice, fading into a faint hiss."""

    def __init__(self) -> None:
        self._known: Samples = np.zeros(KNOWN_SAMPLES, np.float32)
        self._filled = 0
        self._period: Samples = self._known[:1]
        self._hiss = to_samples(hiss(RATE_HZ, HISS_DBFS, seed=3))

    def hear(self, pcm: bytes) -> None:
        """Real audio: what a hole behind it sounds like."""
        if pcm:
            self._known = np.concatenate((self._known, to_samples(pcm)))[-KNOWN_SAMPLES:]
            self._filled = 0

    def fill(self, samples: int) -> bytes:
        if not self._filled:
            self._period = self._known[-_period(self._known) :]
        at = np.arange(self._filled, self._filled + samples)
        self._filled += samples
        voice = self._period[at % len(self._period)] * np.clip(1 - at / FADE_SAMPLES, 0, 1).astype(np.float32)
        return to_pcm(voice + self._hiss[at % len(self._hiss)])


def _period(known: Samples) -> int:
    """How many samples ago the voice was most like it is now."""
    shortest, longest = PITCH_LAGS
    recent = known[-longest:]
    best, best_likeness = shortest, -1.0
    for lag in range(shortest, longest + 1):
        before = known[len(known) - longest - lag : len(known) - lag]
        likeness = float(recent @ before) / (float(np.linalg.norm(before)) + 1e-9)
        if likeness > best_likeness:
            best, best_likeness = lag, likeness
    return best
