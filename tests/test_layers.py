"""The plan of the house, enforced: who may import whom, and each engine in exactly one file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("voice", "nlu", "commerce", "voxcart")
ENGINES = {
    "vosk": "voice/recognizer.py",
    "faster_whisper": "voice/second_pass.py",
    "piper": "voice/synthesizer.py",
    "webrtcvad": "voice/vad.py",
    "rapidfuzz": None,
    "sqlite_utils": "commerce/store.py",
    "argon2": "commerce/pin.py",
    "samplerate": "voice/audio.py",
    "soxr": "voice/audio.py",
    "sounddevice": "voxcart/doctor.py",
}
MAY_USE_ASYNCIO = {"voxcart/mind.py", "voxcart/chat.py", "voxcart/__main__.py"}


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_rooms_do_not_import_each_other(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    if room != "voxcart":
        assert imported(path) & set(PACKAGES) <= {room}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_module_says_what_it_knows_and_is_no_longer_than_a_room(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it knows"
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_asyncio_lives_where_audio_and_conversation_meet(path: Path) -> None:
    if not name_of(path).startswith("voice/") and name_of(path) not in MAY_USE_ASYNCIO:
        assert "asyncio" not in imported(path)


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_pure_modules_touch_nothing_outside(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if (ast.get_docstring(tree) or "").rstrip().endswith("PURE."):
        outside = {"time", "random", "os", "logging", "structlog", "pathlib", "subprocess", "sqlite3", "secrets", "io"}
        assert imported(path) & outside == set()


@pytest.mark.parametrize(("engine", "home"), ENGINES.items())
def test_each_engine_is_imported_in_one_file(engine: str, home: str | None) -> None:
    users = [name_of(path) for path in sources() if engine in imported(path)]
    assert len(users) <= 1 if home is None else set(users) <= {home}
