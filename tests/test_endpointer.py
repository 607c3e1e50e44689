from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice.audio import FRAME_SAMPLES, Frame, Utterance
from voice.endpointer import Endpointer, Event, VoiceContinues, VoiceStarted
from voice.settings import Turn, Vad

FRAME_MS = 20
VAD = Vad(start_voiced_ms=60, start_window_ms=120, pre_roll_ms=300)


def frames(flags: list[bool]) -> list[tuple[Frame, bool]]:
    """Frames whose audio tells their number, so that what an utterance holds can be read off."""
    return [
        (Frame(at * FRAME_SAMPLES, at.to_bytes(2, "little") * FRAME_SAMPLES), flag) for at, flag in enumerate(flags)
    ]


def numbers(pcm: bytes) -> list[int]:
    return [int.from_bytes(pcm[at : at + 2], "little") for at in range(0, len(pcm), 2 * FRAME_SAMPLES)]


def events(flags: list[bool], turn: Turn, vad: Vad = VAD) -> list[Event]:
    endpointer = Endpointer(vad, turn)
    return [event for frame, flag in frames(flags) if (event := endpointer.feed(frame, flag)) is not None]


def utterances(flags: list[bool], turn: Turn) -> list[Utterance]:
    return [event for event in events(flags, turn) if isinstance(event, Utterance)]


def flags(*spans: tuple[int, bool]) -> list[bool]:
    """Spans of (milliseconds, voiced)."""
    return [voiced for ms, voiced in spans for _ in range(ms // FRAME_MS)]


def test_one_answer_is_one_utterance_with_its_boundaries() -> None:
    (found,) = utterances(flags((1000, False), (800, True), (600, False)), Turn(silence_ms=300))
    assert found.speech_start == 16 * 1000
    assert found.speech_end == 16 * 1800
    assert found.start == 16 * 700
    assert found.end == 16 * 2100
    assert numbers(found.pcm) == list(range(35, 105))


def test_start_is_announced_once_with_the_pre_roll() -> None:
    started, *rest = events(flags((400, False), (200, True)), Turn())
    assert isinstance(started, VoiceStarted)
    assert started.at == 16 * 400
    assert started.start == 16 * 100
    assert numbers(started.pcm) == list(range(5, 23))
    assert all(isinstance(event, VoiceContinues) for event in rest)


def test_pre_roll_is_shorter_at_the_beginning_of_the_call() -> None:
    (started, *_) = events(flags((40, False), (100, True)), Turn())
    assert isinstance(started, VoiceStarted)
    assert numbers(started.pcm)[0] == 0


def test_a_click_opens_nothing() -> None:
    assert events(flags((200, False), (40, True), (200, False)) * 5, Turn()) == []


def test_voice_scattered_beyond_the_window_opens_nothing() -> None:
    assert events(flags((20, True), (100, False)) * 20, Turn()) == []


def test_pauses_between_digits_do_not_end_the_number() -> None:
    digit, pause = (300, True), (1200, False)
    spoken = flags((500, False), digit, pause, digit, pause, digit, pause, digit, (2000, False))
    (found,) = utterances(spoken, Turn(silence_ms=1300))
    assert found.speech_end - found.speech_start == 16 * (4 * 300 + 3 * 1200)
    assert len(utterances(spoken, Turn(silence_ms=360))) == 4


def test_silence_may_be_shortened_while_the_utterance_is_open() -> None:
    endpointer = Endpointer(VAD, Turn(silence_ms=2000))
    ended = None
    for frame, flag in frames(flags((200, True), (1000, False))):
        if frame.start == 16 * 600:
            endpointer.silence_ms = 100
        ended = ended or endpointer.feed(frame, flag)
        if isinstance(ended, VoiceStarted | VoiceContinues):
            ended = None
    assert isinstance(ended, Utterance)
    assert ended.end == 16 * 620


def test_endless_voice_is_cut_at_the_longest_utterance() -> None:
    found = utterances(flags((5000, True)), Turn(max_utterance_ms=2000))
    assert [utterance.end - utterance.start for utterance in found] == [16 * 2000] * 2


def test_close_ends_an_open_utterance_and_only_that() -> None:
    endpointer = Endpointer(VAD, Turn())
    assert endpointer.close() is None
    for frame, flag in frames(flags((200, True), (100, False))):
        endpointer.feed(frame, flag)
    assert endpointer.is_open
    closed = endpointer.close()
    assert closed is not None
    assert closed.end == 16 * 300
    assert not endpointer.is_open


def test_reset_forgets_what_was_heard() -> None:
    endpointer = Endpointer(VAD, Turn())
    for frame, flag in frames(flags((200, True))):
        endpointer.feed(frame, flag)
    endpointer.reset()
    assert not endpointer.is_open
    later = Frame(FRAME_SAMPLES * 10, bytes(2 * FRAME_SAMPLES))
    assert endpointer.feed(later, True) is None


@given(st.lists(st.booleans(), max_size=400), st.sampled_from([100, 300, 1300]))
def test_any_speech_gives_whole_ordered_utterances(spoken: list[bool], silence_ms: int) -> None:
    found = events(spoken, Turn(silence_ms=silence_ms, max_utterance_ms=3000))
    announced: list[int] = []
    last_end = 0
    for event in found:
        match event:
            case VoiceStarted(at, start, pcm):
                assert not announced
                assert start <= at
                announced = numbers(pcm)
            case VoiceContinues(pcm, _, silence):
                assert silence < 16 * silence_ms
                announced += numbers(pcm)
            case Utterance() as whole:
                assert numbers(whole.pcm)[:-1] == announced
                assert numbers(whole.pcm) == list(range(whole.start // FRAME_SAMPLES, whole.end // FRAME_SAMPLES))
                assert last_end <= whole.start <= whole.speech_start < whole.speech_end <= whole.end
                is_long = whole.end - whole.start >= 16 * 3000
                assert is_long or whole.end - whole.speech_end == 16 * silence_ms
                last_end, announced = whole.end, []


@given(st.lists(st.booleans(), max_size=200))
def test_no_voice_no_event_and_every_long_voice_is_heard(spoken: list[bool]) -> None:
    found = events(spoken, Turn())
    if not any(spoken):
        assert found == []
    if any(all(spoken[at : at + 3]) for at in range(len(spoken) - 2)):
        assert found


def test_the_whole_window_and_its_pre_roll_count() -> None:
    """Voice in the first and the last two frames of the window opens, with 300 ms before the first of them."""
    broken = flags((400, False), (20, True), (60, False), (40, True))
    started, *rest = events(broken, Turn())
    assert rest == []
    assert isinstance(started, VoiceStarted)
    assert started.at == 16 * 400
    assert numbers(started.pcm) == list(range(5, 26))


def test_a_word_as_short_as_can_be_ends_where_its_voice_ended() -> None:
    (found,) = utterances(flags((400, False), (60, True), (400, False)), Turn(silence_ms=300))
    assert (found.speech_start, found.speech_end) == (16 * 400, 16 * 460)


def test_voice_and_silence_are_counted_while_it_goes_on() -> None:
    going = [
        event
        for event in events(flags((200, False), (100, True), (40, False), (60, True), (20, False)), Turn())
        if isinstance(event, VoiceContinues)
    ]
    assert [(event.voiced // 16, event.silence // 16) for event in going] == [
        *((80, 0), (100, 0), (100, 20), (100, 40), (120, 0), (140, 0), (160, 0), (160, 20)),
    ]


def test_after_a_reset_it_waits_for_the_next_voice() -> None:
    endpointer = Endpointer(VAD, Turn())
    assert not endpointer.is_open
    for frame, flag in frames(flags((400, True))):
        endpointer.feed(frame, flag)
    assert endpointer.is_open
    endpointer.reset()
    assert not endpointer.is_open
    assert endpointer.close() is None
