"""Every order is witnessed: whatever is altered, left out, put in or cut off afterwards is found and named."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.commands import OrderPlaced, PlaceOrder
from commerce.errors import CommerceError
from commerce.receipts import (
    FIRST,
    Flaw,
    Receipt,
    as_lines,
    first_flaw,
    from_lines,
    new_key,
    public_key,
    read_key,
    sign,
)
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from tests.commandline import Run, runner, typed
from tests.small_shop import Caller, StandingClock, open_kiosk


def ordered(shop: Shop, calls: int = 3) -> list[str]:
    numbers = []
    for call in range(calls):
        caller = Caller(shop, f"call-{call}")
        caller.add("water", call + 1)
        caller.add("cake")
        placed = caller.say(PlaceOrder(caller.confirmed_quote().id))
        assert isinstance(placed, OrderPlaced)
        numbers.append(placed.number)
    return numbers


@pytest.fixture(scope="module")
def shop() -> Shop:
    shop = open_kiosk()
    ordered(shop)
    return shop


def flaw(shop: Shop, receipts: list[Receipt] | None = None) -> Flaw | None:
    found = shop.receipts() if receipts is None else receipts
    return first_flaw(found, shop.books(), shop.till.receipt_key.public_key())


def test_what_is_as_it_was_signed_has_no_flaw(shop: Shop) -> None:
    assert flaw(shop) is None
    assert [each.before for each in shop.receipts()] == [FIRST, *(each.hash for each in shop.receipts()[:-1])]


def test_a_receipt_tells_who_said_yes_to_which_total_when() -> None:
    clock = StandingClock()
    shop = open_kiosk(clock=clock)
    caller = Caller(shop, "call-9")
    caller.add("cake", 2)
    quote = caller.confirmed_quote()
    said = clock().isoformat()
    clock.move(seconds=7)
    placed = caller.say(PlaceOrder(quote.id))
    assert isinstance(placed, OrderPlaced)
    [receipt] = shop.receipts()
    told = json.loads(receipt.body)
    assert (told["number"], told["total"], told["currency"]) == (placed.number, 666, "USD")
    assert (told["confirmed"], told["placed"]) == (said, clock().isoformat())
    assert told["turn"].startswith("call-9/")
    assert told["cart_hash"] == quote.cart_hash
    assert told["lines"] == [["cake", "2", "[]", 333, 666]]
    assert "customer" not in told, "who it was can be erased"


NAMES = [each.name for each in fields(Receipt)]
ANY = st.integers(0, 2), st.sampled_from(NAMES), st.integers(0, 10**6), st.integers(1, 255)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(*ANY)
def test_any_byte_of_any_receipt(shop: Shop, which: int, field: str, at: int, by: int) -> None:
    receipts = shop.receipts()
    raw = bytearray(getattr(receipts[which], field).encode())
    raw[at % len(raw)] = (raw[at % len(raw)] + by) % 256
    receipts[which] = replace(receipts[which], **{field: raw.decode("latin-1")})
    found = flaw(shop, receipts)
    assert found is not None
    assert found.place == which + 1


def test_what_is_left_out_put_in_or_moved_is_found(shop: Shop) -> None:
    one, two, three = shop.receipts()
    for receipts, place in (([two, three], 1), ([one, three], 2), ([two, one, three], 1), ([one, one, two, three], 2)):
        found = flaw(shop, receipts)
        assert found is not None
        assert (found.place, found.what.split(":")[0]) == (place, "it does not follow the one before")


def test_a_cut_off_tail_is_found_by_its_orders(shop: Shop) -> None:
    receipts = shop.receipts()
    found = flaw(shop, receipts[:-1])
    assert found == Flaw(3, receipts[-1].number, "the order has no receipt")
    assert flaw(shop, []) == Flaw(1, receipts[0].number, "the order has no receipt")


def test_a_chain_signed_anew_by_another_is_found(shop: Shop) -> None:
    forger, before, forged = new_key(), FIRST, []
    for each in shop.receipts():
        forged.append(sign(json.loads(each.body) | {"total": 1}, before, forger))
        before = forged[-1].hash
    found = flaw(shop, forged)
    assert found is not None
    assert "signature" in found.what


def test_an_order_changed_in_the_books_is_found() -> None:
    shop = open_kiosk()
    numbers = ordered(shop)
    with shop.store.transaction():
        shop.store._run("UPDATE orders SET total = total - 1 WHERE number = ?", numbers[1])
    assert flaw(shop) == Flaw(2, numbers[1], "the books differ from it in: total")
    with shop.store.transaction():
        shop.store._run("UPDATE order_lines SET quantity = 9000 WHERE number = ?", numbers[0])
    assert flaw(shop) == Flaw(1, numbers[0], "the books differ from it in: lines")


def test_what_becomes_of_an_order_later_changes_no_receipt() -> None:
    shop = open_kiosk()
    numbers = ordered(shop)
    shop.set_status(numbers[0], "packed")
    shop.set_status(numbers[1], "cancelled")
    assert flaw(shop) is None


def test_an_export_is_checked_elsewhere_with_the_public_key_only(shop: Shop) -> None:
    lines = list(as_lines(shop.receipts()))
    key = public_key(shop.till.receipt_key.public_key().public_bytes_raw().hex())
    receipts = from_lines(lines)
    assert first_flaw(receipts, {each.number: {} for each in receipts}, key) is None
    with pytest.raises(CommerceError, match="no export"):
        from_lines(["{}"])
    with pytest.raises(CommerceError, match="voxcart receipt key"):
        public_key("abc")


def test_the_key_is_made_once_kept_for_its_owner_and_the_chain_goes_on(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    first = open_kiosk(database)
    ordered(first, 1)
    first.close()
    again = open_kiosk(database)
    caller = Caller(again, "later")
    caller.add("water")
    caller.say(PlaceOrder(caller.confirmed_quote().id))
    assert len(again.receipts()) == 2
    assert flaw(again) is None
    key = tmp_path / "receipt.key"
    assert key.stat().st_mode & 0o077 == 0
    key.chmod(0o644)
    with pytest.raises(CommerceError, match="chmod 600"):
        read_key(key)
    key.chmod(0o600)
    key.write_bytes(b"short")
    with pytest.raises(CommerceError, match="backup"):
        read_key(key)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[store]\ndatabase = "shop.db"\n[commerce]\npin_free_limit = ""\n', "utf-8")
    called = runner(monkeypatch, capsys)
    for _ in range(2):
        assert called("chat", lines=typed("two lattes", "that's all", "yes", "goodbye")).code == 0
    return called


def test_the_commands(run: Run) -> None:
    assert "2 receipts" in run("receipt", "verify").out
    key, exported = run("receipt", "key").out.strip(), run("receipt", "export").out
    Path("kept.jsonl").write_text(exported, "utf-8")
    assert run("receipt", "verify", "--file", "kept.jsonl", "--key", key).code == 0
    Path("kept.jsonl").write_text(exported.replace("840", "841", 1), "utf-8")
    broken = run("receipt", "verify", "--file", "kept.jsonl", "--key", key)
    assert broken.code == 1
    assert "Receipt 1, order" in broken.out
    number = json.loads(exported.splitlines()[0])["number"]
    assert json.loads(run("receipt", "show", number).out)["total"] == 840
    assert run("receipt", "show", "1").code == 2
    assert run("receipt", "verify", "--file", "nowhere").code == 2


def test_settings_do_not_matter() -> None:
    shop = open_kiosk(settings=CommerceSettings(pin_free_limit="", confirmation_s=5))
    ordered(shop, 1)
    assert flaw(shop) is None
