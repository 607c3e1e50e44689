from __future__ import annotations

from pathlib import Path

from voice.tuning import tuned

OVERRIDES = {"model.conf": {"beam": 13.0, "max-active": 7000}, "mfcc.conf": {"dither": 0.0}}


def a_model(folder: Path) -> Path:
    (folder / "am").mkdir()
    (folder / "am" / "final.mdl").write_text("acoustics")
    (folder / "conf").mkdir()
    (folder / "conf" / "model.conf").write_text("--min-active=200\n--beam=10.0\n--lattice-beam=2.0\n")
    (folder / "conf" / "mfcc.conf").write_text("--num-ceps=40\n")
    return folder


def test_options_are_overruled_beside_the_model_and_the_rest_is_kept(tmp_path: Path) -> None:
    folder = a_model(tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with tuned(folder, OVERRIDES) as stand_in:
        assert stand_in != folder
        lines = (stand_in / "conf" / "model.conf").read_text().split()
        assert lines == ["--min-active=200", "--lattice-beam=2.0", "--beam=13", "--max-active=7000"]
        assert (stand_in / "conf" / "mfcc.conf").read_text().split() == ["--num-ceps=40", "--dither=0"]
        assert (stand_in / "am" / "final.mdl").read_text() == "acoustics"
    assert not stand_in.exists()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_model_of_another_layout_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mfcc.conf").write_text("--num-ceps=40\n")
    with tuned(tmp_path, OVERRIDES) as stand_in:
        assert stand_in == tmp_path
