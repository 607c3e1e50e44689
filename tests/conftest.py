"""Engines and shops that several test files share: the models are loaded once per session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.sound_port import Port
from tests.spoken import Line, open_line
from voice import models
from voice.channels import sound_card
from voice.channels.script import Say
from voice.settings import Models, Speech
from voice.synthesizer import PiperSynthesizer
from voxcart.build import Engines, open_engines, open_shop
from voxcart.config import load_config


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command sets up logging for its process: the next test does not inherit it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """The real models, biased for the coffee bar."""
    config = load_config()
    front = open_shop(config, "coffee", in_memory=True)
    loaded = open_engines(config, front)
    yield loaded
    loaded.close()
    front.close()


@pytest.fixture(scope="session")
def kristin() -> Iterator[Say]:
    """A caller's voice."""
    voice = PiperSynthesizer(models.locate("piper-kristin", Models()), Speech())
    yield voice.say
    voice.close()


@pytest.fixture
def line(engines: Engines, kristin: Say, tmp_path: Path) -> Iterator[Line]:
    """A coffee bar with a database of its own that takes spoken calls."""
    opened = open_line(engines, kristin, tmp_path)
    yield opened
    opened.front.close()


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Port:
    port = Port()
    monkeypatch.setattr(sound_card, "sounddevice", port)
    return port
