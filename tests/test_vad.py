from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voice.audio import (
    FRAME_BYTES,
    RATE_HZ,
    Samples,
    amplify,
    frames_of,
    hiss,
    mix_at_snr,
    read_audio,
    to_pcm,
    to_samples,
)
from voice.endpointer import Endpointer
from voice.settings import Turn, Vad
from voice.vad import MARGIN_FRAMES, SILERO_SAMPLES, NoiseFloor, SileroVoiceActivity, spoken_part, voice_activity

FIXTURES = Path(__file__).parent.parent / "audio_fixtures"
ORDER = FIXTURES / "orders" / "3abdea43.flac"
COUGH = FIXTURES / "generated" / "cough.flac"
DETECTORS = ("adaptive", "silero", "webrtc")


def share(pcm: bytes, vad: Vad) -> float:
    """The share of frames that are speech."""
    activity = voice_activity(vad)
    flags = [activity.is_speech(frame) for frame in frames_of(pcm)]
    return sum(flags) / len(flags)


def utterances(pcm: bytes, vad: Vad) -> int:
    endpointer, activity, count = Endpointer(vad, Turn(silence_ms=360)), voice_activity(vad), 0
    for frame in frames_of(pcm):
        was_open = endpointer.is_open
        endpointer.feed(frame, activity.is_speech(frame))
        count += was_open and not endpointer.is_open
    return count


def steady_noise(seconds: float, level_dbfs: float) -> bytes:
    return hiss(int(seconds * RATE_HZ), level_dbfs, seed=1)


def kitchen(seconds: float) -> bytes:
    """A clatter with a hum below it, in place of the recorded kitchen, which is not shipped."""
    rng = np.random.default_rng(7)
    samples = rng.standard_normal(int(seconds * RATE_HZ)).astype(np.float32) * 0.01
    for at in rng.integers(0, len(samples) - 1600, int(seconds * 3)):
        samples[at : at + 1600] += 0.2 * rng.standard_normal(1600).astype(np.float32) * np.exp(-np.arange(1600) / 300)
    return to_pcm(samples)


@pytest.mark.parametrize("detector", DETECTORS)
def test_silence_and_faint_hiss_are_not_speech(detector: Any) -> None:
    vad = replace(Vad(), detector=detector)
    assert share(bytes(50 * FRAME_BYTES), vad) == 0
    assert share(steady_noise(2, -82), vad) == 0


@pytest.mark.parametrize("detector", DETECTORS)
def test_an_order_is_one_utterance(detector: Any) -> None:
    vad = replace(Vad(), detector=detector)
    spoken = read_audio(ORDER)
    assert utterances(spoken + steady_noise(1, -70), vad) == 1


def test_a_soft_caller_is_heard_as_well() -> None:
    softer = to_samples(amplify(read_audio(ORDER), -18))
    pcm = to_pcm(softer + to_samples(hiss(len(softer), -70, seed=2)))
    assert utterances(pcm + steady_noise(1, -70), Vad()) == 1


def test_noise_does_not_hold_an_utterance_open() -> None:
    spoken = to_samples(read_audio(ORDER) + bytes(2 * RATE_HZ * 2))
    noise = to_samples(kitchen(len(spoken) / RATE_HZ + 1))[: len(spoken)]
    noisy = to_pcm(mix_at_snr(spoken, noise, 12))
    assert utterances(noisy, Vad()) == 1
    assert utterances(noisy, replace(Vad(), detector="webrtc")) != 1, "WebRTC alone fails here"


def test_the_same_call_is_judged_the_same_way_twice() -> None:
    frames = list(frames_of(read_audio(ORDER)))
    first, second = voice_activity(Vad()), voice_activity(Vad())
    assert [first.is_speech(frame) for frame in frames] == [second.is_speech(frame) for frame in frames]


def test_the_noise_floor_falls_at_once_and_rises_slowly() -> None:
    floor = NoiseFloor()
    assert floor.follow(-40) == pytest.approx(-40, abs=0.1)
    for _ in range(50):
        fallen = floor.follow(-70)
    assert fallen == pytest.approx(-70, abs=0.5)
    for _ in range(50):
        risen = floor.follow(-20)
    assert risen == pytest.approx(-68, abs=0.5)


def test_the_spoken_part_leaves_out_what_surrounds_the_speech() -> None:
    spoken = read_audio(ORDER)
    alone = spoken_part(spoken)
    surrounded = spoken_part(steady_noise(3, -50) + spoken + steady_noise(3, -50))
    assert len(surrounded) <= len(spoken) + 2 * MARGIN_FRAMES * FRAME_BYTES
    assert alone[FRAME_BYTES * MARGIN_FRAMES : -FRAME_BYTES * MARGIN_FRAMES] in surrounded


def test_a_recording_without_speech_is_left_whole() -> None:
    assert spoken_part(bytes(50 * FRAME_BYTES)) == bytes(50 * FRAME_BYTES)
    assert spoken_part(b"") == b""


def test_on_a_line_without_voices_the_network_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    judge, judged = SileroVoiceActivity._probability, 0

    def counted(self: SileroVoiceActivity, block: Samples) -> float:
        nonlocal judged
        judged += 1
        return judge(self, block)

    monkeypatch.setattr(SileroVoiceActivity, "_probability", counted)
    activity = voice_activity(Vad())
    flags = [activity.is_speech(frame) for frame in frames_of(steady_noise(4, -50))]
    assert not any(flags)
    assert judged * SILERO_SAMPLES < 1.5 * RATE_HZ, "it listens to the beginning only"
    flags = [activity.is_speech(frame) for frame in frames_of(read_audio(ORDER))]
    assert any(flags)


def test_a_cough_is_not_a_voice_beyond_doubt_and_an_order_is() -> None:
    sure = {}
    for path in (COUGH, ORDER):
        activity = voice_activity(Vad())
        sure[path] = 0
        for frame in frames_of(hiss(16_000, -70, seed=3) + read_audio(path)):
            activity.is_speech(frame)
            sure[path] += activity.is_sure
    assert sure[COUGH] == 0
    assert sure[ORDER] > 50
