from __future__ import annotations

import gc
import json
import resource
from pathlib import Path

import pytest

from voice import models
from voice.audio import read_audio, silence, through_telephone
from voice.errors import ModelCorrupt
from voice.recognizer import UNKNOWN, Decoder, Hiss, Transcript, VoskHearing, VoskRecognizer, Word, joined
from voice.settings import Models

FIXTURES = Path(__file__).parent.parent / "audio_fixtures"
SAID = "give me a twenty ounce iced mocha"
PAUSE = silence(8000)


@pytest.fixture(scope="module")
def recognizer() -> VoskRecognizer:
    return VoskRecognizer(models.locate("vosk-en", Models()))


@pytest.fixture(scope="module")
def order() -> bytes:
    return read_audio(FIXTURES / "orders" / "3abdea43.flac")


def heard(recognizer: VoskRecognizer, pcm: bytes, phrases: list[str], chunk: int = 640) -> Transcript:
    hearing = recognizer.listen(phrases)
    for at in range(0, len(pcm), chunk):
        hearing.accept(pcm[at : at + chunk])
    return hearing.finish()


@pytest.mark.audio
def test_a_human_order_is_heard(recognizer: VoskRecognizer, order: bytes) -> None:
    found = heard(recognizer, order + PAUSE, [SAID, "give me a large latte", "yes"])
    assert found.text == SAID
    assert found.engine == "vosk"
    assert [word.text for word in found.words if word.text != UNKNOWN] == SAID.split()
    starts = [word.start_s for word in found.words]
    assert starts == sorted(starts)
    assert all(found.log_likelihood >= other.log_likelihood for other in found.alternatives)
    assert found.text not in [other.text for other in found.alternatives]


@pytest.mark.audio
def test_chunks_do_not_matter(recognizer: VoskRecognizer, order: bytes) -> None:
    phrases = [SAID, "give me a large latte"]
    assert heard(recognizer, order, phrases, 640) == heard(recognizer, order, phrases, 10_000)


@pytest.mark.audio
def test_the_same_sound_is_heard_the_same_way_every_time(recognizer: VoskRecognizer, order: bytes) -> None:
    phrases = ["give me a latte", "give me an iced mocha", "a twenty ounce latte", "a mocha"]
    first = heard(recognizer, order, phrases)
    assert first.alternatives
    assert all(heard(recognizer, order, phrases) == first for _ in range(3))


@pytest.mark.audio
def test_the_partial_grows_to_the_text(recognizer: VoskRecognizer, order: bytes) -> None:
    hearing = recognizer.listen([SAID])
    assert hearing.partial() == ""
    hearing.accept(order)
    assert hearing.partial() == SAID
    assert hearing.finish().text == SAID


@pytest.mark.audio
def test_foreign_speech_is_unknown_and_not_forced_into_the_phrases(recognizer: VoskRecognizer, order: bytes) -> None:
    found = heard(recognizer, order + PAUSE, ["delivery to the office", "goodbye"])
    assert found.text == ""
    assert found.unknown_share == 1.0


@pytest.mark.audio
def test_without_phrases_anything_is_heard(recognizer: VoskRecognizer, order: bytes) -> None:
    assert "twenty ounce" in heard(recognizer, order + PAUSE, []).text


@pytest.mark.audio
def test_silence_says_nothing(recognizer: VoskRecognizer) -> None:
    found = heard(recognizer, silence(16_000), ["yes", "no"])
    assert found.text == ""
    assert found.unknown_share == 0.0


@pytest.mark.audio
def test_unknown_words_are_told(recognizer: VoskRecognizer) -> None:
    asked = ["milk", "pierogi", "mozzarella", "pierogi", "", "Milk"]
    assert recognizer.unknown_words(asked) == ("pierogi", "", "Milk")


@pytest.mark.audio
def test_phrases_with_unknown_words_never_reach_the_decoder(recognizer: VoskRecognizer) -> None:
    grammar = json.loads(recognizer._grammar(("two pierogi", "two coffees", "")))
    assert grammar == ["two coffees", UNKNOWN]


@pytest.mark.audio
def test_hearings_are_freed(recognizer: VoskRecognizer, order: bytes) -> None:
    def peak_mib() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    for _ in range(5):
        heard(recognizer, order, [SAID])
    gc.collect()
    before = peak_mib()
    for _ in range(40):
        heard(recognizer, order, [SAID])
    assert peak_mib() - before < 20


@pytest.mark.audio
def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt, match="voxcart models fetch"):
        VoskRecognizer(tmp_path)


class FakeDecoder:
    """Finishes a stretch of speech on every second block. Vosk's names for what it does stand below."""

    def __init__(self) -> None:
        self.blocks: list[int] = []

    def accept(self, block: bytes) -> bool:
        self.blocks.append(len(block))
        return len(self.blocks) % 2 == 0

    def result(self) -> str:
        one = {"word": "one", "start": 0.1, "end": 0.3}
        won = {"word": "won", "start": 0.1, "end": 0.3}
        return alternatives((100.0, [{"word": UNKNOWN, "start": 0.0, "end": 0.1}, one]), (98.0, [won]))

    def partial(self) -> str:
        return json.dumps({"partial": "two [unk]"})

    def final(self) -> str:
        two = {"word": "two", "start": 0.5, "end": 0.7}
        too = {"word": "too", "start": 0.5, "end": 0.7}
        return alternatives((50.0, [two]), (49.5, [too]), (30.0, []))

    AcceptWaveform, Result, PartialResult, FinalResult = accept, result, partial, final


def alternatives(*readings: tuple[float, list[dict[str, object]]]) -> str:
    """A result in the JSON of vosk-api."""
    return json.dumps({"alternatives": [{"confidence": sure, "text": "", "result": words} for sure, words in readings]})


def test_blocks_of_100_ms_and_no_stretch_is_lost() -> None:
    decoder = FakeDecoder()
    hearing = VoskHearing(Decoder(decoder), "fake", Hiss(-75.0), margin=3.0)
    for _ in range(11):
        hearing.accept(bytes(640))
    assert decoder.blocks == [3200, 3200]
    assert hearing.partial() == "one two"
    found = hearing.finish()
    assert decoder.blocks == [3200, 3200, 640]
    assert found.text == "one two"
    assert [word.text for word in found.words] == [UNKNOWN, "one", "two"]
    assert found.log_likelihood == 150.0
    heard_too = [(other.text, other.log_likelihood) for other in found.alternatives]
    assert heard_too == [("one too", 149.5), ("won two", 148.0)]


def test_a_silent_stretch_has_no_words() -> None:
    class Silent(FakeDecoder):
        def final(self) -> str:
            return json.dumps({"alternatives": [{"confidence": 5.0, "text": ""}]})

        FinalResult = final

    found = VoskHearing(Decoder(Silent()), "fake", Hiss(-75.0), margin=3.0).finish()
    assert (found.text, found.words, found.alternatives) == ("", (), ())


def test_no_text_stands_twice_among_the_readings() -> None:
    readings = [Transcript("a latte", "x", (), log_likelihood=at) for at in (9.0, 8.5)]
    readings.append(Transcript("a mocha", "x", (), log_likelihood=8.0))
    found = joined([readings])
    assert (found.text, found.log_likelihood) == ("a latte", 9.0)
    assert [other.text for other in found.alternatives] == ["a mocha"]


@pytest.mark.audio
def test_a_decoder_is_used_again_and_hears_the_same(recognizer: VoskRecognizer, order: bytes) -> None:
    phrases = [SAID, "give me a large latte", "give me an iced mocha"]
    first, before = recognizer.listen(phrases), recognizer.listen(phrases)
    first.accept(order)
    before.accept(through_telephone(order) + order)
    fresh = first.finish()
    assert before.finish().text
    again = recognizer.listen(phrases)
    assert isinstance(again, VoskHearing)
    assert isinstance(before, VoskHearing)
    assert again.decoder is before.decoder
    again.accept(order)
    assert again.finish() == fresh


def test_a_decoder_that_ended_at_a_pause_is_not_used_again() -> None:
    given: list[Decoder] = []
    for blocks in (1, 2):
        hearing = VoskHearing(Decoder(FakeDecoder()), "fake", Hiss(-75.0), margin=3.0, give_back=given.append)
        hearing.accept(bytes(3200 * blocks))
        hearing.finish()
    assert [each.began_s for each in given] == [pytest.approx(0.1)]


@pytest.mark.audio
def test_a_telephone_line_is_heard(recognizer: VoskRecognizer, order: bytes) -> None:
    phrases = [SAID, "give me a large latte", "a small mocha", "give me an espresso", "an iced coffee"]
    assert heard(recognizer, through_telephone(order), phrases).text == SAID


def test_unknown_share_counts_time() -> None:
    words = (Word(UNKNOWN, 0.0, 0.3), Word("milk", 0.3, 0.4))
    found = Transcript("milk", "vosk", words)
    assert found.unknown_share == pytest.approx(0.75)
    assert Transcript("milk", "typed").unknown_share == 0.0
