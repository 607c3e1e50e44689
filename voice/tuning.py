"""Knows how a Kaldi model's own configuration is overruled without touching its folder. Does not load the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

CONFIGURATION = "conf"


@contextmanager
def tuned(folder: Path, overrides: Mapping[str, Mapping[str, float]]) -> Iterator[Path]:
    """A stand-in for the model's folder, for as long as loading takes: `overrides` gives options by configuration file,
    as in {"model.conf": {"beam": 13.0}}. A model without such files is left as it is."""
    if not all((folder / CONFIGURATION / name).is_file() for name in overrides):
        yield folder
        return
    with TemporaryDirectory(prefix="voxcart-model-") as made:
        stand_in = Path(made)
        for part in folder.iterdir():
            if part.name != CONFIGURATION:
                (stand_in / part.name).symlink_to(part.resolve())
        (stand_in / CONFIGURATION).mkdir()
        for file in (folder / CONFIGURATION).iterdir():
            text = _overruled(file.read_text("utf-8"), overrides.get(file.name, {}))
            (stand_in / CONFIGURATION / file.name).write_text(text, "utf-8")
        yield stand_in


def _overruled(text: str, options: Mapping[str, float]) -> str:
    kept = [line for line in text.splitlines() if line.strip().lstrip("-").split("=")[0] not in options]
    return "\n".join([*kept, *(f"--{name}={value:g}" for name, value in options.items())]) + "\n"
