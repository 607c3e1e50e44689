"""A recorded call is read once, before the models are loaded, and played as it was read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.commandline import Run, runner
from voice.call import CallSummary
from voice.channels.caller import Cue, Sound
from voice.channels.script import Script
from voxcart import __main__ as program
from voxcart.build import open_replay
from voxcart.config import Config
from voxcart.replay import Replayed


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "order.wav"
    tone = 0.3 * np.sin(np.arange(16000) * 0.2)
    soundfile.write(path, tone, 16000)
    return path


class Engines:
    def close(self) -> None:
        pass


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def test_a_recording_is_read_once(recording: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the call is taken the file may be gone."""
    played: list[object] = []

    async def take(script: Script, config: Config, *_: object, cues: tuple[Cue, ...], **__: object) -> Replayed:
        script.path.unlink()
        await open_replay(script, config, "frozen", None, cues=cues)
        played.extend(cue.what for cue in cues)
        return Replayed("call-1", CallSummary(end="caller", turns=1, samples=0, times=()), None, None)

    monkeypatch.setattr(program, "open_engines", lambda *_: Engines())
    monkeypatch.setattr(program, "take_call", take)
    assert run("replay", recording).code == 0
    [sound] = played
    assert isinstance(sound, Sound)
    assert len(sound.pcm) > 16000


def test_a_recording_that_cannot_be_read_is_told_before_the_models_are_loaded(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    monkeypatch.setattr(program, "open_engines", lambda *_: pytest.fail("the models were loaded"))
    done = run("replay", tmp_path / "broken.wav")
    assert done.code == 2
    assert "broken.wav" in done.err
