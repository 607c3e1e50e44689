"""The loudspeaker as a microphone in the same room hears it. Run as `python -m tests.room_echo FROM TO GAIN_DB`."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from voice.audio import RATE_HZ, to_pcm, to_samples

RAW = ("--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=20")
BLOCK_BYTES = RATE_HZ // 50 * 2
DIRECT_S, DECAY_S, LENGTH_S = 0.005, 0.06, 0.25


def response(seed: int = 5) -> np.ndarray:
    """Of a small room: the sound itself after a step or two, and a tail that dies away; energy 1."""
    at = np.arange(int(LENGTH_S * RATE_HZ)) / RATE_HZ
    tail = np.random.default_rng(seed).standard_normal(len(at)) * np.exp(-at / DECAY_S) * (at > DIRECT_S) * 0.2
    tail[int(DIRECT_S * RATE_HZ)] = 1.0
    return tail / np.linalg.norm(tail)


def main(source: str, sink: str, gain_db: float) -> None:
    room = response() * 10 ** (gain_db / 20)
    kept = np.zeros(len(room) - 1)
    with (
        subprocess.Popen(["parec", f"--device={source}", *RAW], stdout=subprocess.PIPE) as heard,
        subprocess.Popen(["pacat", "--playback", f"--device={sink}", *RAW], stdin=subprocess.PIPE) as said,
    ):
        assert heard.stdout is not None
        assert said.stdin is not None
        while block := heard.stdout.read(BLOCK_BYTES):
            sound = np.concatenate((kept, to_samples(block)))
            kept = sound[-len(kept) :]
            said.stdin.write(to_pcm(np.convolve(sound, room, "valid").astype(np.float32)))
            said.stdin.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
