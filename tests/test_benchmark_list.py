"""No benchmark is left out of the list, and none is listed that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.__main__ import WITH_DATA, WITHOUT_DATA

FOLDER = Path(__file__).parent.parent / "benchmarks"
SHARED = {"report", "spoken_digits"}
"""What benchmarks have in common."""


def test_every_benchmark_runs_with_the_others_and_is_described() -> None:
    there = {path.stem for path in FOLDER.glob("[a-z]*.py")} - SHARED
    listed = set(WITH_DATA) | set(WITHOUT_DATA)
    described = set(re.findall(r"^\| `(\w+)` \|", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE))
    assert there == listed == described
