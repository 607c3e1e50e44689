"""What arrives late, in bursts or not at all becomes a line whose time goes on evenly."""

from __future__ import annotations

import numpy as np
import pytest

from voice.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, Frame, dbfs, to_samples
from voice.channels.concealment import Concealer, Timeline

FRAME_S = FRAME_SAMPLES / RATE_HZ


def voiced(frames: int, hz: float = 125.0) -> bytes:
    """A vowel-like sound: a tone and its octave."""
    at = np.arange(frames * FRAME_SAMPLES) / RATE_HZ
    wave = 6000 * np.sin(2 * np.pi * hz * at) + 3000 * np.sin(4 * np.pi * hz * at)
    return wave.astype("<i2").tobytes()


def taken(timeline: Timeline, arrivals: dict[int, bytes], polls: int, late_ms: int = 0) -> list[Frame]:
    """The frames of a line that is looked at every 10 ms; `arrivals` by the number of the poll that finds them."""
    frames: list[Frame] = []
    for poll in range(polls):
        timeline.feed(arrivals.get(poll, b""))
        frames += timeline.frames(100 + poll / 100 + late_ms / 1000)
    return frames


def every_20_ms(pcm: bytes, without: tuple[int, ...] = ()) -> dict[int, bytes]:
    pieces = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
    return {2 * number + 2: piece for number, piece in enumerate(pieces) if number not in without}


def test_where_nothing_is_lost_late_audio_is_waited_for() -> None:
    sound = voiced(50)
    bursts: dict[int, bytes] = {}
    for poll, pcm in every_20_ms(sound).items():
        at = -(-poll // 10) * 10  # five frames at once, every 100 ms
        bursts[at] = bursts.get(at, b"") + pcm
    patient, hasty = Timeline(0.1), Timeline()
    assert b"".join(frame.pcm for frame in taken(patient, bursts, 101)) == sound
    assert b"".join(frame.pcm for frame in taken(hasty, bursts, 101)) != sound
    assert patient.concealed == 0 < hasty.concealed


def test_what_arrives_in_time_is_handed_on_untouched() -> None:
    sound, timeline = voiced(50), Timeline()
    frames = taken(timeline, every_20_ms(sound), 102)
    assert b"".join(frame.pcm for frame in frames) == sound
    assert timeline.concealed == 0


@pytest.mark.parametrize("lost", [(10,), (10, 11, 12), (3, 17, 30, 44), tuple(range(20, 45))])
def test_time_goes_on_where_audio_is_lost(lost: tuple[int, ...]) -> None:
    timeline = Timeline()
    frames = taken(timeline, every_20_ms(voiced(50), lost), 102)
    assert [frame.start for frame in frames] == [number * FRAME_SAMPLES for number in range(len(frames))]
    assert len(frames) == pytest.approx(50, abs=2)
    assert timeline.concealed == pytest.approx(len(lost) * FRAME_SAMPLES, abs=FRAME_SAMPLES)


def test_no_audio_waits_for_more_to_fill_its_frame() -> None:
    """The first packet is shorter by what a resampler holds back: every later one would end within a frame."""
    timeline, sound = Timeline(), voiced(20)
    arrivals = {2 * number + 2: piece for number, piece in enumerate([sound[:560]] + [sound[:FRAME_BYTES]] * 19)}
    for poll in range(42):
        timeline.feed(arrivals.get(poll, b""))
        list(timeline.frames(100 + poll / 100))
        assert timeline.position * 2 >= sum(len(each) for at, each in arrivals.items() if at <= poll)


def test_a_hole_is_filled_where_it_is() -> None:
    sound = voiced(50)
    frames = taken(Timeline(), every_20_ms(sound, (10,)), 102)
    assert b"".join(frame.pcm for frame in frames[:10]) == sound[: 10 * FRAME_BYTES]
    assert b"".join(frame.pcm for frame in frames[11:]) == sound[11 * FRAME_BYTES :]


def test_the_filling_sounds_like_the_voice_before_it() -> None:
    sound = voiced(50)
    frames = taken(Timeline(), every_20_ms(sound, (10,)), 102)
    made_up, lost = to_samples(frames[10].pcm), to_samples(sound[10 * FRAME_BYTES : 11 * FRAME_BYTES])
    assert np.corrcoef(made_up, lost)[0, 1] > 0.95


def test_a_line_that_sends_nothing_is_quiet_but_not_dead() -> None:
    frames = taken(Timeline(), {}, 500)
    assert len(frames) == pytest.approx(250, abs=2)
    assert all(-90 < dbfs(frame.pcm) < -60 for frame in frames)


def test_what_comes_late_in_one_piece_loses_nothing() -> None:
    """A machine that stood still finds everything in the buffer."""
    sound, timeline = voiced(50), Timeline()
    taken(timeline, {}, 1)
    timeline.feed(sound)
    frames = list(timeline.frames(101.0))
    assert b"".join(frame.pcm for frame in frames) == sound
    assert timeline.concealed == 0


def test_a_machine_that_stood_still_too_long_fills_what_is_gone() -> None:
    timeline = Timeline()
    taken(timeline, {}, 1)
    timeline.feed(voiced(50))
    frames = list(timeline.frames(103.0))
    assert frames[-1].end == pytest.approx(3 * RATE_HZ, abs=2 * FRAME_SAMPLES)


def test_a_machine_that_slept_does_not_make_up_a_silent_caller() -> None:
    timeline = Timeline()
    taken(timeline, {}, 1)
    assert list(timeline.frames(1000.0))[-1].end < 6 * RATE_HZ


def test_who_looks_late_does_not_take_what_is_late_for_lost() -> None:
    """The machine is busy: nobody looked for 45 ms, and the packet comes a moment later."""
    sound, timeline = voiced(20), Timeline()
    frames = taken(timeline, every_20_ms(sound[: 10 * FRAME_BYTES]), 21)
    frames += timeline.frames(100.244)
    timeline.feed(sound[10 * FRAME_BYTES : 12 * FRAME_BYTES])
    frames += timeline.frames(100.246)
    assert b"".join(frame.pcm for frame in frames) == sound[: 12 * FRAME_BYTES]


def test_jitter_does_not_make_the_line_longer() -> None:
    """Every tenth packet is 60 ms late: it was made up for, and so the surplus is left out."""
    sound = voiced(500)
    arrivals: dict[int, bytes] = {}
    for poll, piece in every_20_ms(sound).items():
        late = poll + 6 if poll % 20 == 0 else poll
        arrivals[late] = arrivals.get(late, b"") + piece
    frames = taken(Timeline(), arrivals, 1010)
    assert len(frames) == pytest.approx(500, abs=8)


def test_a_sender_whose_clock_is_fast_is_kept_up_with() -> None:
    """Two percent too much audio over ten seconds of quiet: the line stays within 100 ms of the clock."""
    piece = bytes(2 * 163)
    timeline = Timeline()
    frames = taken(timeline, dict.fromkeys(range(1000), piece), 1000)
    assert frames[-1].end == pytest.approx(10 * RATE_HZ, abs=RATE_HZ // 10)


def test_no_time_passes_on_hold() -> None:
    timeline = Timeline()
    before = taken(timeline, every_20_ms(voiced(20)), 42)
    timeline.pause()
    after = list(timeline.frames(200.0))
    timeline.feed(voiced(1))
    after += timeline.frames(200.02)
    assert [frame.start for frame in after] == [before[-1].end]


def test_a_long_hole_fades_out() -> None:
    concealer = Concealer()
    concealer.hear(voiced(5))
    levels = [dbfs(concealer.fill(FRAME_SAMPLES)) for _ in range(6)]
    assert levels[0] > levels[1] > levels[2] > levels[3]
    assert levels[5] < -60


def test_packets_need_not_be_as_long_as_frames() -> None:
    """30 ms packets, one of them lost."""
    sound = voiced(60)
    packet = FRAME_BYTES * 3 // 2
    arrivals = {3 * n + 3: sound[n * packet : (n + 1) * packet] for n in range(40) if n != 21}
    frames = taken(Timeline(), arrivals, 123)
    assert all(len(frame.pcm) == FRAME_BYTES for frame in frames)
    assert len(frames) == pytest.approx(60, abs=2)
