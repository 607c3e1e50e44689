"""How many spoken orders does the end of speech cut off, and how long does it make callers wait?

An order is cut when one of its words begins after the utterance was ended. The words and their times are those that
Vosk hears, with its full graph, in the undisturbed recording. Added silence is counted from the end of the last word.
`false` are utterances opened after the order by noise alone. The rows of "the line" are what callers meet: silence as
config.toml has it, by whether what was heard so far makes sense.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks import report
from voice import audio, models
from voice.endpointer import Endpointer
from voice.listening import Listener
from voice.prompt import Listening
from voice.recognizer import Recognizer, VoskRecognizer, Word
from voice.settings import Models, Turn, Vad
from voice.vad import voice_activity
from voxcart.build import Front, open_mind, open_recognizer, open_shop
from voxcart.config import Config, load_config

LEAD_S, TAIL_S = 0.5, 3.0
SHORTEST_WORD_S = 0.08
DETECTORS: tuple[Literal["webrtc", "silero", "adaptive"], ...] = ("webrtc", "silero", "adaptive")
SILENCES_MS = (240, 280, 300, 320, 360)
HISS_DBFS = -70.0


@dataclass(frozen=True, slots=True)
class Order:
    """Times in seconds from the start of the padded recording."""

    samples: audio.Samples
    words: tuple[Word, ...]

    @property
    def begin_s(self) -> float:
        return LEAD_S + self.words[0].start_s

    @property
    def end_s(self) -> float:
        return LEAD_S + self.words[-1].end_s

    def goes_on_after(self, at_s: float) -> bool:
        long_enough = (word for word in self.words if word.end_s - word.start_s >= SHORTEST_WORD_S)
        return any(LEAD_S + word.start_s > at_s - 0.05 for word in long_enough)


@dataclass(frozen=True, slots=True)
class Ending:
    cut: bool
    added_ms: float
    false: int


def recordings(data: Path, limit: int) -> Iterator[Order]:
    recognizer = VoskRecognizer(models.locate("vosk-en", Models()))
    for path in sorted((data / "orders").glob("*.flac"))[:limit]:
        pcm = audio.read_audio(path)
        hearing = recognizer.listen(())
        hearing.accept(pcm + audio.silence(audio.RATE_HZ // 2))
        samples = audio.to_samples(pcm)
        padding = [np.zeros(int(seconds * audio.RATE_HZ), np.float32) for seconds in (LEAD_S, TAIL_S)]
        if words := hearing.finish().words:
            yield Order(np.concatenate((padding[0], samples, padding[1])), words)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    snr_db: float | None = None
    gain_db: float = 0.0


def on_the_line(order: Order, noise: audio.Samples, line: Line, rng: np.random.Generator) -> bytes:
    """The order as it arrives: with a faint hiss only, or in noise that goes on before and after it."""
    if line.snr_db is None:
        hiss = rng.standard_normal(len(order.samples)) * 10 ** (HISS_DBFS / 20)
        return audio.to_pcm(order.samples * np.float32(10 ** (line.gain_db / 20)) + hiss.astype(np.float32))
    place = int(rng.integers(0, len(noise) - len(order.samples)))
    return audio.to_pcm(audio.mix_at_snr(order.samples, noise[place : place + len(order.samples)], line.snr_db))


def ending(order: Order, frames: list[audio.Frame], flags: list[bool], silence_ms: int) -> Ending:
    endpointer = Endpointer(Vad(), Turn(silence_ms=silence_ms))
    ended = [event for frame, flag in zip(frames, flags, strict=True) if (event := endpointer.feed(frame, flag))]
    return _ending(order, [each.end / audio.RATE_HZ for each in ended if isinstance(each, audio.Utterance)], frames)


def _ending(order: Order, ends_s: list[float], frames: list[audio.Frame]) -> Ending:
    # Noise before the order may have opened and ended an utterance of its own.
    ends_s = [end_s for end_s in ends_s if end_s > order.begin_s + 0.1]
    end_s = ends_s[0] if ends_s else frames[-1].end / audio.RATE_HZ
    false = sum(later > order.end_s + 0.1 for later in ends_s[1:])
    return Ending(order.goes_on_after(end_s), (end_s - order.end_s) * 1000, false)


def on_the_telephone(
    config: Config, front: Front, recognizer: Recognizer, orders: list[Order], heard: list[list[audio.Frame]]
) -> list[Ending]:
    """Each order as the first answer of a call."""
    mind = open_mind(front, "endpointing")
    asyncio.run(mind.greet())
    phrases = front.grammar.phrases("order")
    found = []
    for order, frames in zip(orders, heard, strict=True):
        listener = Listener(recognizer, voice_activity(config.voice.vad), config.voice, mind.foresee)
        listener.expect(Listening("order", phrases))
        ended = [each.utterance.end / audio.RATE_HZ for frame in frames if (each := listener.feed(frame))]
        found.append(_ending(order, ended, frames))
    return found


def row(line: Line, detector: str, silence_ms: object, endings: list[Ending]) -> dict[str, object]:
    added = [each.added_ms for each in endings if not each.cut]
    p50, p95 = np.percentile(added, [50, 95])
    return {
        "line": line.name,
        "detector": detector,
        "silence_ms": silence_ms,
        "cut_%": round(100 * float(np.mean([each.cut for each in endings])), 1),
        "added_ms_p50": round(p50),
        "added_ms_p95": round(p95),
        "added_ms_max": round(max(added)),
        "false": sum(each.false for each in endings),
        "n": len(endings),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--snr", type=float, nargs="*", default=[24, 15, 6])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=10_000)
    options = parser.parse_args()
    orders = list(recordings(options.data, options.limit))
    noise = audio.to_samples(audio.read_audio(options.data / "kitchen-noise.flac"))
    config, rows = load_config(), []
    front = open_shop(config, "coffee", in_memory=True)
    recognizer = open_recognizer(config, front)
    in_noise = [Line(f"kitchen {snr_db:g} dB", snr_db) for snr_db in options.snr]
    for line in (Line("clean"), Line("clean, 18 dB softer", gain_db=-18), *in_noise):
        rng = np.random.default_rng(options.seed)
        heard = [list(audio.frames_of(on_the_line(order, noise, line, rng))) for order in orders]
        for detector in DETECTORS:
            flags = []
            for frames in heard:
                activity = voice_activity(replace(Vad(), detector=detector))
                flags.append([activity.is_speech(frame) for frame in frames])
            for silence_ms in SILENCES_MS:
                endings = [ending(*each, silence_ms) for each in zip(orders, heard, flags, strict=True)]
                rows.append(row(line, detector, silence_ms, endings))
        endings = on_the_telephone(config, front, recognizer, orders, heard)
        rows.append(row(line, "the line", "by sense", endings))
    report.write("endpointing", rows, seed=options.seed, recordings=len(orders))


if __name__ == "__main__":
    main()
