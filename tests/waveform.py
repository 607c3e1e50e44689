"""Where there is sound on one side of a recorded call."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.audio import AUDIBLE_DBFS, RATE_HZ, dbfs, frames_of


def audible(side: npt.NDArray[np.int16]) -> list[tuple[float, float]]:
    """Spans in milliseconds; pauses below 250 ms are part of one."""
    spans: list[tuple[float, float]] = []
    for frame in frames_of(side.tobytes()):
        if dbfs(frame.pcm) <= AUDIBLE_DBFS:
            continue
        start, end = frame.start * 1000 / RATE_HZ, frame.end * 1000 / RATE_HZ
        if spans and start - spans[-1][1] < 250:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans
