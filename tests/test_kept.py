from __future__ import annotations

import os
from pathlib import Path

import pytest

from voice import models
from voice.kept import KeptAudio
from voice.settings import Models, Speech
from voice.synthesizer import PiperSynthesizer


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    path = tmp_path / "voice.onnx"
    path.write_bytes(b"a voice")
    return path


def test_what_was_kept_is_there_at_the_next_start(voice: Path, tmp_path: Path) -> None:
    KeptAudio(voice, tmp_path / "kept").put("Okay.", 1.0, b"audio")
    again = KeptAudio(voice, tmp_path / "kept")
    assert again.get("Okay.", 1.0) == b"audio"
    assert again.get("Okay.", 0.75) is None
    assert again.get("Sure.", 1.0) is None


def test_another_voice_has_other_audio(voice: Path, tmp_path: Path) -> None:
    KeptAudio(voice, tmp_path / "kept").put("Okay.", 1.0, b"audio")
    voice.write_bytes(b"another voice")
    assert KeptAudio(voice, tmp_path / "kept").get("Okay.", 1.0) is None


def test_nothing_half_is_kept(voice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    kept = KeptAudio(voice, tmp_path / "kept")
    monkeypatch.setattr(Path, "replace", full)
    kept.put("Okay.", 1.0, b"audio")
    assert kept.get("Okay.", 1.0) is None
    assert not [file for _, _, files in os.walk(tmp_path / "kept") for file in files]


def test_a_folder_that_cannot_be_made_is_done_without(voice: Path) -> None:
    kept = KeptAudio(voice, voice / "not a folder")
    kept.put("Okay.", 1.0, b"audio")
    assert kept.get("Okay.", 1.0) is None


@pytest.mark.audio
async def test_prepared_sentences_need_no_second_synthesis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = models.locate("piper-joe", Models())
    first = PiperSynthesizer(folder, Speech(), tmp_path)
    first.prepare_now(["Okay."], ["Anything else?"])
    said = [await first.say(text) for text in ("Okay.", "Anything else?")]
    first.prepare_now([])
    first.close()
    second = PiperSynthesizer(folder, Speech(), tmp_path)
    monkeypatch.setattr(second, "_synthesise", lambda key: pytest.fail(f"{key} was synthesised again"))
    second.prepare_now(["Okay."])
    assert await second.say("Okay.") == said[0]
    second.close()
