"""The doctor: what is red, what is yellow, what to do about it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from commerce.local_connectors import LocalBackEnd
from tests.back_office import open_desk
from tests.commandline import Run, runner
from tests.small_shop import KIOSK, open_kiosk
from voxcart import doctor
from voxcart.config import load_config
from voxcart.doctor import examine


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def without_models(folder: Path, more: str = "") -> Path:
    path = folder / "config.toml"
    path.write_text(f'[voice.models]\nfolder = "none"\n{more}')
    return path


def states(folder: Path, more: str = "", shop: str | None = None) -> dict[str, str]:
    return {each.what: each.state for each in examine(load_config(without_models(folder, more)), shop)}


def test_red_ends_with_1_and_names_the_remedy(run: Run, tmp_path: Path) -> None:
    without_models(tmp_path)
    done = run("doctor")
    assert done.code == 1
    assert "red  model vosk-en" in done.out
    assert "voxcart models fetch vosk-en" in done.out
    assert "green  clock" in done.out


@pytest.mark.audio
def test_green_ends_with_0(run: Run) -> None:
    done = run("doctor")
    assert (done.code, done.err) == (0, "")
    assert "   red" not in done.out
    assert "green  catalogue words" in done.out


@pytest.mark.parametrize("shop", ["nope", "broken.toml"])
def test_a_shop_that_cannot_be_opened_is_red_and_the_rest_is_still_checked(tmp_path: Path, shop: str) -> None:
    (tmp_path / "broken.toml").write_text("x = [")
    found = states(tmp_path, shop=shop if shop == "nope" else str(tmp_path / shop))
    assert (found["shop"], found["database"], found["clock"]) == ("red", "green", "green")


def test_a_database_that_is_none_is_red(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"no database " * 99)
    found = states(tmp_path, '[store]\ndatabase = "text.db"\n')
    assert (found["database"], found["shop"]) == ("red", "green")


def test_what_is_elsewhere_is_asked(tmp_path: Path) -> None:
    kinds = "".join(f'{kind} = "http"\n' for kind in ("catalogue", "stock", "orders", "customers"))
    file = tmp_path / "kiosk.toml"
    file.write_text(KIOSK)
    with closing(open_kiosk()) as office, open_desk(LocalBackEnd(office)) as desk:
        more = f'[connectors]\n{kinds}url = "{desk.url}"\npause_ms = 1.0\n'
        found = states(tmp_path, more, str(file))
        assert {found[f"{kind} elsewhere"] for kind in ("catalogue", "stock", "orders", "customers")} == {"green"}
        assert {method for method, _, _ in desk.asked} == {"GET"}
        desk.always.update(products=500, stock="garbage", orders=401)
        found = states(tmp_path, more, str(file))
        assert [found[f"{kind} elsewhere"] for kind in ("catalogue", "stock", "orders", "customers")] == [
            *("red", "yellow", "yellow", "green"),
        ]
    found = states(tmp_path, more + 'token_file = "absent"\n', str(file))
    assert found["connectors"] == "red"


def test_a_full_disk_and_a_stopped_clock_are_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    monkeypatch.setattr(doctor, "YEARS", range(1970, 1971))
    found = states(tmp_path)
    assert (found["disk"], found["clock"]) == ("red", "red")
