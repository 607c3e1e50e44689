"""docs/hear.md names every intent, every edit and every key that a line of JSON may have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from nlu import intent
from tests.small_shop import kiosk
from tests.test_hear import MEANINGS
from voxcart.hear import described

TEXT = (Path(__file__).parent.parent / "docs" / "hear.md").read_text("utf-8")
NAMED = set(re.findall(r"`([a-z_]+)`", TEXT))
LINES = [described(meaning, kiosk()) for meaning, _ in MEANINGS]


def test_every_intent_is_named() -> None:
    single = {name for line in LINES if line["intent"] for name in line["intent"].split("+")}
    assert single | set(get_args(intent.SimpleName)) <= NAMED


def test_every_key_is_named() -> None:
    assert {key for line in LINES for key in line} <= NAMED
    items = [item for line in LINES for item in (*line["items"], *line.get("asks", ()))]
    keys = {key for item in items for key in item}
    assert keys - {"product", "quantity", "options"} <= NAMED


def test_every_edit_and_its_keys_are_named() -> None:
    edits = [edit for line in LINES for edit in line.get("edits", ())]
    assert {edit["edit"] for edit in edits} == set(re.findall(r"^\| `([a-z_]+)` \|.*\| \"", TEXT, re.MULTILINE))
    assert {key for edit in edits for key in edit} <= NAMED
