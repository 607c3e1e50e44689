from __future__ import annotations

import numpy as np
import pytest

from tests.fakes import FakeActivity, FakeHearing, FakeRecognizer, FakeVoice, silent
from voice.audio import Frame, audible_end, frames_of
from voice.listening import Heard, Listener
from voice.prompt import Foresight, Listening
from voice.settings import Turn, VoiceSettings

SETTINGS = VoiceSettings(turns={"order": Turn(silence_ms=300), "digits": Turn(silence_ms=1300)})


class Ear:
    def __init__(self, settings: VoiceSettings = SETTINGS) -> None:
        self.voice = FakeVoice()
        self.recognizer = FakeRecognizer(self.voice)
        self.partials: list[str] = []
        self.listener = Listener(self.recognizer, FakeActivity(settings.vad), settings, self.foresee)

    def foresee(self, partial: str) -> Foresight:
        self.partials.append(partial)
        return "complete" if partial == "a latte" else "unfinished" if partial == "i'd like" else "open"

    def hear(self, *parts: bytes) -> list[Heard]:
        frames = frames_of(b"".join(parts))
        return [heard for frame in frames if (heard := self.listener.feed(frame))]


def test_each_utterance_has_its_own_hearing() -> None:
    ear = Ear()
    pause = silent(500)
    heard = ear.hear(pause, ear.voice.speak("a latte"), pause, ear.voice.speak("a mocha"), pause)
    assert [each.hearing.finish().text for each in heard] == ["a latte", "a mocha"]
    assert [each.endpoint_ms for each in heard] == [300, 300]
    assert heard[0].voiced_ms == pytest.approx(len("a latte") * 60, abs=20)
    assert ear.listener.voiced_ms == 0


def test_the_hearing_gets_all_of_the_utterance_once() -> None:
    ear = Ear()
    (heard,) = ear.hear(silent(500), ear.voice.speak("a latte"), silent(500))
    assert isinstance(heard.hearing, FakeHearing)
    assert heard.hearing.pcm == heard.utterance.pcm


def test_the_kind_of_question_sets_the_silence_and_the_words() -> None:
    ear = Ear()
    ear.listener.expect(Listening("digits", ("four", "seven")))
    heard = ear.hear(silent(500), ear.voice.speak("four"), silent(1200), ear.voice.speak("seven"), silent(1500))
    assert [each.hearing.finish().text for each in heard] == ["four seven"]
    assert ear.recognizer.biased == [("four", "seven")]


def test_the_voice_of_an_open_utterance_is_counted() -> None:
    ear = Ear()
    ear.hear(silent(500), ear.voice.speak("hello", ms=200))
    assert ear.listener.is_open
    assert ear.listener.voiced_ms == 200


@pytest.mark.parametrize(
    ("complete_silence_ms", "text", "endpoint_ms"), [(0, "a latte", 600), (160, "a latte", 160), (160, "a", 600)]
)
def test_a_complete_answer_ends_early(complete_silence_ms: int, text: str, endpoint_ms: float) -> None:
    turn = Turn(silence_ms=600, complete_silence_ms=complete_silence_ms)
    ear = Ear(VoiceSettings(turns={"order": turn}))
    (heard,) = ear.hear(silent(500), ear.voice.speak(text, ms=600), silent(900))
    assert heard.endpoint_ms == endpoint_ms
    assert heard.hearing.finish().text == text
    assert bool(ear.partials) is bool(complete_silence_ms)


WAITS = Turn(silence_ms=400, complete_silence_ms=160, unfinished_silence_ms=1400)


def test_who_has_more_to_say_is_waited_for() -> None:
    ear = Ear(VoiceSettings(turns={"order": WAITS}))
    speak = ear.voice.speak
    (heard,) = ear.hear(silent(500), speak("i'd like", ms=600), silent(1000), speak("two breads", ms=600), silent(900))
    assert heard.hearing.finish().text == "i'd like two breads"
    assert heard.endpoint_ms == 400, "what followed is waited for as ever"


def test_and_not_for_ever() -> None:
    ear = Ear(VoiceSettings(turns={"order": WAITS}))
    first, second = ear.hear(
        *(silent(500), ear.voice.speak("i'd like", ms=600), silent(1600)),
        *(ear.voice.speak("two breads", ms=600), silent(900)),
    )
    assert first.endpoint_ms == 1400
    assert second.endpoint_ms == 400, "the next utterance waits as ever"


def test_a_detector_that_holds_on_does_not_shorten_the_endpoint() -> None:
    class Holding(FakeActivity):
        left = 0

        def is_speech(self, frame: Frame) -> bool:
            self.left = 5 if super().is_speech(frame) else self.left - 1
            return self.left > 0

    ear = Ear()
    ear.listener = Listener(ear.recognizer, Holding(SETTINGS.vad), SETTINGS)
    (heard,) = ear.hear(silent(500), ear.voice.speak("a latte"), silent(900))
    assert heard.endpoint_ms == 300 + 80


def test_audible_end() -> None:
    loud, faint = np.full(1600, 3000, "<i2").tobytes(), np.full(1600, 40, "<i2").tobytes()
    assert audible_end(faint + loud + faint) == 3200
    assert audible_end(loud[:100]) == 50
    assert audible_end(faint) == audible_end(b"") == 0


@pytest.mark.parametrize(("sure_ms", "breaks_in"), [(0, False), (20, False), (40, True), (200, True)])
def test_only_a_voice_beyond_doubt_breaks_in(sure_ms: int, breaks_in: bool) -> None:
    class Doubting(FakeActivity):
        left = sure_ms // 20

        def is_speech(self, frame: Frame) -> bool:
            voiced = super().is_speech(frame)
            self.is_sure = voiced and self.left > 0
            self.left -= self.is_sure
            return voiced

    ear = Ear()
    ear.listener = Listener(ear.recognizer, Doubting(SETTINGS.vad), SETTINGS)
    found = []
    for frame in frames_of(silent(200) + ear.voice.speak("a latte", ms=300)):
        ear.listener.feed(frame)
        found.append(ear.listener.breaks_in)
    assert any(found) is breaks_in
