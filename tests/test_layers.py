"""The plan of the house, enforced: who may import whom, and each engine in exactly one file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("voice", "nlu", "commerce", "voxcart")
ENGINES = {
    "vosk": {"voice/recognizer.py"},
    "faster_whisper": {"voice/second_pass.py"},
    "piper": {"voice/synthesizer.py"},
    "webrtcvad": {"voice/vad.py"},
    "onnxruntime": {"voice/networks.py"},
    "livekit": {"voice/echo.py"},
    "rapidfuzz": {"nlu/fuzzy.py", "nlu/lookup.py"},
    "stripe": {"voxcart/stripe_payments.py"},
    "sqlite_utils": {"commerce/database.py"},
    "argon2": {"commerce/pin.py"},
    "cryptography": {"commerce/second_factor.py", "commerce/receipts.py"},
    "tomlkit": {"voxcart/misses.py"},
    "pyotp": {"commerce/second_factor.py"},
    "segno": {"voxcart/enrolment.py"},
    "matplotlib": {"voxcart/plots.py"},
    "samplerate": {"voice/audio.py"},
    "soxr": {"voice/audio.py"},
    "sounddevice": {"voice/channels/sound_card.py"},
    "baresip": {"voice/channels/sip.py"},
    "websockets": {"voice/channels/websocket.py"},
    "prometheus_client": {"voxcart/metrics.py"},
    "httpx2": {"voxcart/webhook.py", "voxcart/http_connectors.py"},
}
MAY_USE_ASYNCIO = {
    "voxcart/administer.py",
    "voxcart/mind.py",
    "voxcart/chat.py",
    "voxcart/serve.py",
    "voxcart/supervisor.py",
    "voxcart/softphone.py",
    "voxcart/__main__.py",
}


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
        outside = {"time", "os", "logging", "structlog", "pathlib", "subprocess", "sqlite3", "secrets", "io"}
        assert imported(path) & outside == set()
        # A seeded `random.Random` is a pure function of its seed; the module's own functions are not.
        assert not any(isinstance(node, ast.Import) and node.names[0].name == "random" for node in ast.walk(tree))


@pytest.mark.parametrize(("engine", "homes"), ENGINES.items())
def test_each_engine_is_imported_where_it_lives(engine: str, homes: set[str]) -> None:
    assert {name_of(path) for path in sources() if engine in imported(path)} == homes
