from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voice import models
from voice.audio import RATE_HZ, dbfs, silence, to_samples
from voice.errors import ModelCorrupt
from voice.recognizer import VoskRecognizer
from voice.settings import Models, Speech
from voice.synthesizer import AudioCache, PiperSynthesizer, phonemes

SENTENCES = (
    "Welcome to the corner coffee bar.",
    "Your total is twelve dollars and fifty cents.",
    "Please tell me your four digit pin.",
    "Two large cappuccinos with oat milk.",
    "Goodbye, and thank you for calling.",
)


@pytest.fixture(scope="module")
def joe() -> Iterator[PiperSynthesizer]:
    synthesizer = PiperSynthesizer(models.locate("piper-joe", Models()), Speech())
    yield synthesizer
    synthesizer.close()


@pytest.fixture(scope="module")
def ear() -> VoskRecognizer:
    return VoskRecognizer(models.locate("vosk-en", Models()))


def plain(sentence: str) -> list[str]:
    return "".join(sign for sign in sentence.lower() if sign.isalpha() or sign == " ").split()


@pytest.mark.audio
async def test_what_is_said_can_be_heard(joe: PiperSynthesizer, ear: VoskRecognizer) -> None:
    wrong = total = 0
    for sentence in SENTENCES:
        hearing = ear.listen([])
        hearing.accept(silence(4800) + await joe.say(sentence) + silence(8000))
        heard, said = hearing.finish().text.split(), plain(sentence)
        wrong += sum(word not in heard for word in said)
        total += len(said)
    assert wrong <= 0.15 * total, "the small recogniser mishears some words of any voice"


@pytest.mark.audio
async def test_the_same_sentence_is_the_same_audio(joe: PiperSynthesizer) -> None:
    other = PiperSynthesizer(models.locate("piper-joe", Models()), Speech())
    assert await joe.say(SENTENCES[0]) == await other.say(SENTENCES[0])
    other.close()


@pytest.mark.audio
async def test_ends_are_trimmed_and_the_level_is_even(joe: PiperSynthesizer) -> None:
    for sentence in SENTENCES:
        samples = to_samples(await joe.say(sentence))
        loud = np.flatnonzero(np.abs(samples) > 0.003)
        assert loud[0] < 0.08 * RATE_HZ
        assert len(samples) - loud[-1] < 0.08 * RATE_HZ
        assert 0.5 < float(np.max(np.abs(samples))) < 0.9
        assert -30 < dbfs(await joe.say(sentence)) < -12


@pytest.mark.audio
async def test_a_slower_rate_takes_longer(joe: PiperSynthesizer) -> None:
    normal, slow = await joe.say(SENTENCES[1]), await joe.say(SENTENCES[1], rate=0.75)
    assert 1.2 < len(slow) / len(normal) < 1.45


@pytest.mark.audio
async def test_nothing_to_say_is_no_audio(joe: PiperSynthesizer) -> None:
    assert await joe.say("") == b""
    assert await joe.say(" ... ") == b""


@pytest.mark.audio
async def test_prepared_sentences_are_not_made_again(joe: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    await joe.prepare(["One moment please."])

    def refuse(_key: object) -> bytes:
        raise AssertionError("made again")

    monkeypatch.setattr(joe, "_synthesise", refuse)
    assert await joe.say("One  moment please. ") != b""
    assert await joe.say("one moment please.") != b"", "in the middle of a sentence it sounds the same"
    with pytest.raises(AssertionError, match="made again"):
        await joe.say("Another moment please.")


@pytest.mark.audio
async def test_the_loop_goes_on_meanwhile(joe: PiperSynthesizer) -> None:
    saying = asyncio.create_task(joe.say("This is a rather long sentence that takes its time, as they sometimes do."))
    beats = 0
    while not saying.done():
        await asyncio.sleep(0.002)
        beats += 1
    assert beats > 5


def test_what_is_no_voice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt, match="voxcart models fetch"):
        PiperSynthesizer(tmp_path, Speech())
    (tmp_path / "voice.onnx").write_bytes(b"no network")
    (tmp_path / "voice.onnx.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match=r"voice\.onnx"):
        PiperSynthesizer(tmp_path, Speech())


def test_the_cache_forgets_what_was_not_used_longest() -> None:
    cache = AudioCache(100)
    for name in ("a", "b"):
        cache.put((name, 1.0), bytes(40))
    assert cache.get(("a", 1.0)) == bytes(40)
    cache.put(("c", 1.0), bytes(40))
    assert cache.get(("b", 1.0)) is None
    assert cache.get(("a", 1.0)) is not None
    cache.put(("a", 1.0), bytes(10))
    cache.put(("d", 1.0), bytes(50))
    assert cache.get(("c", 1.0)) is not None
    cache.put(("huge", 1.0), bytes(101))
    assert cache.get(("huge", 1.0)) is None


def test_phonemes_tell_how_words_sound() -> None:
    assert phonemes("milk") == "mˈɪlk"
    assert phonemes("flour") == phonemes("flower")
    assert phonemes("milk, bread").count(",") == 1
