"""Knows how a model gets onto this machine: by package clients, checked, whole or not at all. Does not know its use."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TypeAlias

from filelock import FileLock

from voice import models
from voice.errors import FetchFailed
from voice.models import Archive, Model, ModelFile
from voice.settings import Models

WORKING_PREFIX = ".fetch-"
POLL_S = 0.1
BLOCK = 1 << 20

OpenMember: TypeAlias = Callable[[str], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the download of one model has come, in bytes."""

    name: str
    done: int
    total: int


OnProgress: TypeAlias = Callable[[Progress], None]
Client: TypeAlias = Callable[[Archive, Path], list[str]]
"""The command that puts an archive into a folder."""


def pip_command(archive: Archive, into: Path) -> list[str]:
    # Only data files are used, so neither dependencies nor the interpreter that the package asks for matter.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    command += ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--dest", str(into)]
    return [*command, f"{archive.package}=={archive.version}"]


def npm_command(archive: Archive, into: Path) -> list[str]:
    return ["npm", "pack", "--silent", "--pack-destination", str(into), f"{archive.package}@{archive.version}"]


CLIENTS: dict[str, Client] = {"pip": pip_command, "npm": npm_command}


def fetch(names: Sequence[str], settings: Models, on_progress: OnProgress = lambda _: None) -> list[str]:
    """Fetch what is missing or damaged among the named models; returns the names that were fetched.

    A model appears whole or not at all, whatever interrupts it; two fetches at once wait for each other.
    Raises FetchFailed, which says what to do.
    """
    fetched = []
    for name in names:
        model = models.model(name)
        if models.own_folder(name, settings) is not None:
            models.locate(name, settings)
        elif fetch_model(model, models.folder(settings), on_progress):
            fetched.append(name)
    return fetched


def fetch_model(model: Model, folder: Path, on_progress: OnProgress, clients: dict[str, Client] = CLIENTS) -> bool:
    """Fetch one model into `folder`/its name; False if it was there already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if models.is_stamped(folder / model.name, model):
                return False
            with _working_folder(folder) as working:
                _require_room(model, folder)
                archives = _download(model, working, on_progress, clients)
                _put_in_place(_unpack(model, archives, working), folder / model.name, working)
    except OSError as error:
        raise FetchFailed(f"The model {model.name} could not be stored in {folder}: {error}.") from error
    return True


@contextmanager
def _working_folder(folder: Path) -> Iterator[Path]:
    """A folder beside the models, so that moving into place is a rename; what a killed fetch left is swept away."""
    for left in folder.glob(f"{WORKING_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    working = Path(tempfile.mkdtemp(prefix=WORKING_PREFIX, dir=folder))
    try:
        yield working
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _require_room(model: Model, folder: Path) -> None:
    # The client keeps its own copy while it downloads.
    largest = max(archive.size for archive in model.archives)
    needed, free = model.download_size + largest + model.size, shutil.disk_usage(folder).free
    if free < needed:
        raise FetchFailed(
            f"The model {model.name} needs {needed >> 20} MiB in {folder}, {free >> 20} MiB are free. "
            "Make room, or name another folder in voice.models.folder."
        )


def _download(model: Model, working: Path, on_progress: OnProgress, clients: dict[str, Client]) -> list[Path]:
    """Every archive of the model, with the published hash."""
    paths: list[Path] = []
    for number, archive in enumerate(model.archives):
        before = sum(done.size for done in model.archives[:number])
        into, scratch = working / f"archive-{number}", working / f"scratch-{number}"
        into.mkdir()
        scratch.mkdir()

        def report(have: int, before: int = before, size: int = archive.size) -> None:
            on_progress(Progress(model.name, before + min(have, size), model.download_size))

        _run_client(clients[archive.client](archive, into), scratch, into, report, archive)
        shutil.rmtree(scratch)
        path = next((path for path in into.iterdir() if models.hash_of(path) == archive.sha256), None)
        if path is None:
            raise FetchFailed(
                f"{archive.package} {archive.version} is not the archive that was published: its hash differs. Nothing "
                "was installed. Try again; if it stays so, name a folder of your own in voice.models."
            )
        report(archive.size)
        paths.append(path)
    return paths


def _run_client(command: list[str], scratch: Path, into: Path, report: Callable[[int], None], archive: Archive) -> None:
    """Run the package client to its end, watching its files grow. It is ended with us."""
    log = scratch.with_suffix(".log")
    environment = os.environ | {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    except FileNotFoundError as error:
        raise FetchFailed(
            f"{command[0]} is missing; it fetches {archive.package}. Install it and try again."
        ) from error
    try:
        while process.poll() is None:
            report(max(_size_of(scratch), _size_of(into)))
            time.sleep(POLL_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode:
        lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
        said = lines[-1].strip() if lines else f"exit code {process.returncode}"
        raise FetchFailed(
            f"{archive.package} {archive.version} could not be fetched ({said}). Is there a network? Run the same "
            "command again, or name a folder of your own in voice.models."
        )


def _size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # files come and go under the client's hands
            continue
    return total


def _unpack(model: Model, archives: Sequence[Path], working: Path) -> Path:
    """A finished folder with the named files of the model and nothing else, every hash checked, stamped."""
    finished = working / "finished"
    finished.mkdir()
    with _opened(archives) as openers:
        for file in model.files:
            _unpack_file(file, openers, finished / _inside(file.to))
    models.stamp(finished, model)
    return finished


def _unpack_file(file: ModelFile, openers: Sequence[dict[str, OpenMember]], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as output:
        for member in file.members:
            open_member = next((members[member] for members in openers if member in members), None)
            if open_member is None:
                raise FetchFailed(f"The archive lacks {member}. Nothing was installed.")
            with open_member(member) as source:
                while block := source.read(BLOCK):
                    digest.update(block)
                    output.write(block)
        output.flush()
        os.fsync(output.fileno())
    if digest.hexdigest() != file.sha256:
        raise FetchFailed(f"{file.to} does not have the published hash. Nothing was installed.")


def _inside(name: str) -> PurePosixPath:
    """A path that stays inside the folder it is appended to."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise FetchFailed(f"{name!r} leads out of the model's folder. Nothing was installed.")
    return path


@contextmanager
def _opened(archives: Sequence[Path]) -> Iterator[list[dict[str, OpenMember]]]:
    """Per archive, how to open each of its regular files. Nothing is ever extracted by the archive's own paths."""
    openers: list[dict[str, OpenMember]] = []
    with ExitStack() as stack:
        try:
            for path in archives:
                if zipfile.is_zipfile(path):
                    zipped = stack.enter_context(zipfile.ZipFile(path))
                    openers.append(dict.fromkeys(zipped.namelist(), zipped.open))
                else:
                    tar = stack.enter_context(tarfile.open(path))
                    files = (member.name for member in tar.getmembers() if member.isfile())
                    openers.append(dict.fromkeys(files, _tar_opener(tar)))
            yield openers
        except (zipfile.BadZipFile, tarfile.TarError) as error:
            raise FetchFailed(f"The archive cannot be read: {error}. Nothing was installed.") from error


def _tar_opener(tar: tarfile.TarFile) -> OpenMember:
    def open_member(name: str) -> AbstractContextManager[IO[bytes]]:
        file = tar.extractfile(name)
        if file is None:
            raise FetchFailed(f"{name} is not a file. Nothing was installed.")
        return file

    return open_member


def _put_in_place(finished: Path, place: Path, working: Path) -> None:
    """Swap the finished folder in by renames; what was there goes with the working folder."""
    if place.exists():
        place.replace(working / "replaced")
    finished.replace(place)
