"""Every shipped sound has a licence, a source and the hash that the manifest states."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "audio_fixtures"
CLIPS = tomllib.loads((FOLDER / "manifest.toml").read_text("utf-8"))["clip"]
SOUNDS = {".flac", ".wav"}


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip["file"])
def test_clip_is_what_the_manifest_says(clip: dict[str, str]) -> None:
    assert hashlib.sha256((FOLDER / clip["file"]).read_bytes()).hexdigest() == clip["sha256"]
    assert clip["licence"]
    assert clip["source"]
    assert clip["speaker"]


def test_no_sound_is_without_an_entry() -> None:
    shipped = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.suffix in SOUNDS}
    assert shipped == {clip["file"] for clip in CLIPS}
