"""PINs are hashed slowly with a secret that is not in the database, and easy ones are refused."""

from __future__ import annotations

import stat
from pathlib import Path

import argon2
import pytest

from commerce.errors import CommerceError, PinRefused
from commerce.pin import PinHasher, check_new_pin, random_pin, read_pepper, weak_pins

HASHER = PinHasher(b"p" * 32)


def test_the_parameters_are_those_of_argon2id_with_19_mib_and_two_passes() -> None:
    parameters = argon2.extract_parameters(HASHER.hash("8362"))
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)


def test_only_the_right_pin_with_the_right_pepper_matches() -> None:
    pin_hash = HASHER.hash("8362")
    assert HASHER.matches("8362", pin_hash)
    assert not HASHER.matches("8363", pin_hash)
    assert not HASHER.matches("", pin_hash)
    assert not PinHasher(b"q" * 32).matches("8362", pin_hash)
    assert pin_hash != HASHER.hash("8362"), "every hash has a salt of its own"


def test_nobodys_pin_is_compared_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    verify = argon2.PasswordHasher.verify

    def watched(self: argon2.PasswordHasher, pin_hash: str, pin: bytes) -> bool:
        compared.append(pin_hash)
        return verify(self, pin_hash, pin)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", watched)
    assert not HASHER.matches("8362", None)
    [dummy] = compared
    assert argon2.extract_parameters(dummy) == argon2.extract_parameters(HASHER.hash("8362"))


def test_a_digest_needs_the_pepper() -> None:
    assert HASHER.digest("x") == HASHER.digest("x") != HASHER.digest("y")
    assert HASHER.digest("x") != PinHasher(b"q" * 32).digest("x")


KEPT = "$argon2id$v=19$m=19456,t=2,p=1$rsVrDvEsRW70bm+YGgmUlA$Oiq73S9xZbByfwxINbwsESM5al+WxS2qL5xTvIvE6bQ"
"""The hash of 8362, as a database of this version keeps it."""


def test_what_databases_keep_is_still_known() -> None:
    hasher = PinHasher(bytes(range(32)))
    assert hasher.matches("8362", KEPT)
    assert not hasher.matches("8363", KEPT)
    assert hasher.digest("order") == "d151167b547d64a201c9c09293b0e0d8fc6392e34e1fd8c8c85eb8233ccbd042"


def test_nobodys_hash_is_made_like_any_other() -> None:
    nobody, somebody = PinHasher(b"p" * 32)._nobody, HASHER.hash("8362")
    assert argon2.extract_parameters(nobody) == argon2.extract_parameters(somebody)
    assert [len(part) for part in nobody.split("$")] == [len(part) for part in somebody.split("$")]


def test_the_pepper_may_lie_deep(tmp_path: Path) -> None:
    assert len(read_pepper(tmp_path / "a" / "b" / "pepper", may_create=True)) == 32


def test_the_pepper_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "pepper"
    pepper = read_pepper(path, may_create=True)
    assert len(pepper) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_pepper(path, may_create=False) == pepper
    assert [each.name for each in path.parent.iterdir()] == ["pepper"]


def test_of_two_that_make_the_pepper_one_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pepper"
    first = read_pepper(path, may_create=True)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert read_pepper(path, may_create=True) == first
    assert [each.name for each in tmp_path.iterdir()] == ["pepper"]


def test_a_pepper_that_is_lost_or_open_or_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    with pytest.raises(CommerceError, match="missing"):
        read_pepper(path, may_create=False)
    read_pepper(path, may_create=True)
    path.chmod(0o644)
    with pytest.raises(CommerceError, match="chmod 600"):
        read_pepper(path, may_create=False)
    path.chmod(0o600)
    path.write_text("abcd")
    with pytest.raises(CommerceError, match="cut short"):
        read_pepper(path, may_create=False)
    path.write_text("no secret")
    with pytest.raises(CommerceError, match="cannot be read"):
        read_pepper(path, may_create=False)


def test_the_blocklist_is_long_and_clean() -> None:
    pins = weak_pins()
    assert len(pins) >= 1000
    assert all(pin.isdigit() and 4 <= len(pin) <= 8 for pin in pins)
    assert {"0000", "1234", "4321", "1212", "1984", "2010", "2512", "1225", "2580", "6969", "123456", "112233"} <= pins


@pytest.mark.parametrize("pin", ["1234", "0000", "1999", "3112", "1004", "123456", "88888888"])
def test_an_easy_pin_is_refused_without_repeating_it(pin: str) -> None:
    with pytest.raises(PinRefused, match="too easy") as refused:
        check_new_pin(pin)
    assert pin not in str(refused.value)


@pytest.mark.parametrize("pin", ["", "836", "836291740", "83a2", "８３６２", "-836", "8 62", "8362\n"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    with pytest.raises(PinRefused, match="4 to 8 digits"):
        check_new_pin(pin)


def test_a_random_pin_is_never_an_easy_one() -> None:
    pins = {random_pin() for _ in range(2000)}
    assert len(pins) > 1000
    for pin in pins:
        check_new_pin(pin)


def test_a_random_pin_may_be_any_of_ten_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commerce.pin.secrets.randbelow", {10_000: 836}.__getitem__)
    assert random_pin() == "0836"
