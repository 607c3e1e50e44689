"""Knows how a benchmark's rows are shown and kept, with the machine they come from. Does not know what was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
PACKAGES = (
    "vosk",
    "faster-whisper",
    "ctranslate2",
    "piper-tts",
    "onnxruntime",
    "webrtcvad-wheels",
    "numpy",
    "soxr",
    "samplerate",
    "rapidfuzz",
    "sqlite-utils",
)


def write(name: str, rows: Sequence[Mapping[str, object]], raw: object = None, **facts: object) -> Path:
    """Print the rows as a table and write them with `facts`, machine, versions and load to results/`name`.json.

    `raw` is what the rows were made of; it is written and not printed.
    """
    show(name, rows)
    for fact, value in facts.items():
        print(f"{fact}: {value}")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    kept: dict[str, object] = {
        "benchmark": name,
        "made": _now(),
        "machine": machine(),
        "facts": facts,
        "rows": list(rows),
    }
    if raw is not None:
        kept["raw"] = raw
    path.write_text(json.dumps(kept, indent=1, default=str) + "\n", "utf-8")
    return path


def show(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows as a table; the columns are the keys of the first row."""
    columns = list(rows[0]) if rows else []
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*(str(row.get(column, "")) for column in columns))
    Console(width=160).print(table)


def machine() -> dict[str, object]:
    """What the figures depend on: processor, load, versions, commit."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_1_5_15_min": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {package: version(package) for package in PACKAGES},
        "commit": _commit(),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
