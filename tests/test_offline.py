"""With no network at all: typed lines, a typed order, a recording and the demonstration call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent.parent / "audio_fixtures"
ALONE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
ASK = "import socket; print(sorted(name for _, name in socket.if_nameindex()))"


def alone(folder: Path, *arguments: object, words: str = "") -> str:
    command = [*ALONE, sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, input=words, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_no_network_there(tmp_path: Path) -> None:
    assert alone(tmp_path, "-c", ASK) == "['lo']\n"


def test_typed_lines_and_a_typed_order(tmp_path: Path) -> None:
    found = json.loads(alone(tmp_path, "-m", "voxcart", "parse", "--json", words="two lattes\n"))
    assert found["items"] == [{"product": "latte", "quantity": 2, "options": {}}]
    (tmp_path / "config.toml").write_text('[commerce]\npin_free_limit = "10.00"\n')
    alone(tmp_path, "-m", "voxcart", "chat", "--caller", "15550100", words="a latte\nthat's all\nyes\nbye\n")
    assert json.loads(alone(tmp_path, "-m", "voxcart", "orders", "--json"))["total"] == "4.20"


@pytest.mark.audio
def test_a_recording_is_heard(tmp_path: Path) -> None:
    clip = FIXTURES / "generated" / "two_cappuccinos.flac"
    found = json.loads(alone(tmp_path, "-m", "voxcart", "hear", "--shop", "coffee", "--json", clip))
    assert [(each["product"], each["quantity"]) for each in found["items"]] == [("cappuccino", 2)]


@pytest.mark.audio
def test_the_demo_is_ordered(tmp_path: Path) -> None:
    shown = alone(tmp_path, "-m", "voxcart", "demo")
    assert "PlaceOrder" in shown
    assert "cappuccino" in shown
    assert list((tmp_path / "var" / "demo").glob("*.wav"))
