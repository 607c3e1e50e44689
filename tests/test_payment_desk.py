"""What the merchant does and sees of payments: settings, saved cards, orders, and what a customer may have erased."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commerce.charging import pay_due
from commerce.customers import set_card
from commerce.payments import SavedCard
from commerce.terms import Way
from tests.bank import GOOD as SAVED
from tests.bank import Bank
from tests.commandline import Run, runner
from tests.payers import PAUSE, PHONE, Buyer
from tests.stripe_house import BROKE, GOOD, KEY, Door, stripe_house
from tests.test_payment_hook import SHOP
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.payment_desk import charged, open_payments

SETTINGS = """
[shop]
file = "kiosk.toml"
[store]
database = "shop.db"
[commerce]
pin_free_limit = "50.00"
[notices]
webhook = "https://sms.example/"
[payments]
provider = "stripe"
api_key_file = "api.key"
thanks_url = "https://shop.example/thanks"
"""


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with stripe_house() as opened:
        yield opened


@pytest.fixture
def run(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A shop of which Ann is a customer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    Path("kiosk.toml").write_text(SHOP, "utf-8")
    Path("api.key").write_text(KEY, "utf-8")
    Path("config.toml").write_text(f'{SETTINGS}api_base = "{door.url}"\n', "utf-8")
    called = runner(monkeypatch, capsys)
    assert called("customer", "add", "Ann", PHONE).code == 0
    return called


def test_a_card_is_saved_by_its_names_only_and_told_by_its_end(run: Run, door: Door) -> None:
    payer, method = door.save_card(GOOD)
    done = run("customer", "card", PHONE, "--stripe-customer", payer, "--payment-method", method)
    assert (done.code, done.out) == (0, f"{PHONE}: visa 4242\n")
    assert json.loads(run("customer", "list", "--json").out)["card"] == "visa 4242"
    assert GOOD.encode() not in b"".join(path.read_bytes() for path in Path().glob("shop.db*"))
    assert run("customer", "card", PHONE, "--off").code == 0
    assert json.loads(run("customer", "list", "--json").out)["card"] is None


def test_anothers_card_and_half_a_name_are_refused(run: Run, door: Door) -> None:
    payer, _ = door.save_card(GOOD)
    _, others = door.save_card(BROKE)
    wrong = run("customer", "card", PHONE, "--stripe-customer", payer, "--payment-method", others)
    assert wrong.code == 2
    assert "has no card" in wrong.err
    half = run("customer", "card", PHONE, "--stripe-customer", payer)
    assert half.code == 2
    assert "--payment-method" in half.err
    assert run("customer", "card", PHONE, "--off").code == 2


def test_who_may_pay_later_is_for_the_merchant_to_say(run: Run) -> None:
    for said, may in (("yes", True), ("no", False)):
        assert run("customer", "set", PHONE, "--invoice", said).code == 0
        assert json.loads(run("customer", "list", "--json").out)["invoice"] is may


def bought(way: Way, settle: bool = True) -> str:
    """The number of an order of a cake, paid in this way."""
    with closing(open_shop(load_config())) as front:
        bank = Bank()
        set_card(front.shop.till, PHONE, *SAVED, SavedCard("visa", "4242"))
        ann = Buyer(front.shop, bank, f"call-{way}", enrol=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("commerce.pin.PinHasher.matches", lambda *_: True)
            placed = ann.buy(way)
        if settle:
            pay_due(front.shop.till, bank, PAUSE)
        return placed.number


def test_orders_tell_how_far_their_payment_has_come(run: Run) -> None:
    number = bought("card")
    assert "card, captured" in run("orders").out
    shown = json.loads(run("order", "show", number).out)
    assert shown["payment"] == {"way": "card", "state": "captured", "charged": "3.33", "paid_back": "0.00"}
    waits = bought("link", settle=False)
    assert json.loads(run("order", "show", waits).out)["payment"]["state"] == "due"
    waiting = [json.loads(line) for line in run("order", "payments", "--json").out.splitlines()]
    assert [(each["number"], each["kind"]) for each in waiting] == [(waits, "link")]
    assert "link" in run("order", "payments").out


def test_the_doctor_names_ways_that_are_not_offered(run: Run) -> None:
    assert re.search("green  payments: delivery, link, card", run("doctor").out)
    Path("config.toml").write_text('[shop]\nfile = "kiosk.toml"\n', "utf-8")
    assert "yellow  payments: not offered: link, card" in run("doctor").out
    Path("config.toml").write_text(SETTINGS.replace("api.key", "lost.key"), "utf-8")
    assert re.search("red  payments: payments.api_key_file .* cannot be read", run("doctor").out.replace("\n", " "))


def test_what_is_known_of_a_payment_is_exported_and_goes_with_its_customer(run: Run) -> None:
    number = bought("card")
    assert run("customer", "export", PHONE, "--out", "ann.zip").code == 0
    with zipfile.ZipFile("ann.zip") as archive:
        known = json.loads(archive.read("data.json"))
    assert [each["last4"] for each in known["cards"]] == ["4242"]
    assert [(each["number"], each["captured"]) for each in known["payments"]] == [(number, 333)]
    assert run("customer", "erase", PHONE, "--yes").code == 0
    left = b"".join(path.read_bytes() for path in Path().glob("shop.db*"))
    for trace in (b"cus_ann", b"pm_good", b'"4242"'):
        assert trace not in left
    assert json.loads(run("order", "show", number).out)["payment"]["charged"] == "3.33", "for the books"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('provider = "bank"', "payments.provider"),
        ('provider = "stripe"', "payments.api_key_file is needed"),
        ("port = 8300", "payments.port needs"),
        ('path = "stripe"', "payments.path must begin"),
        ('api_base = "stripe"', "payments.api_base must begin"),
        ('thanks_url = "shop"', "payments.thanks_url must begin"),
        ("timeout_s = 0", "payments.timeout_s must be"),
        ("pause_s = 0", "payments.pause_s must be"),
        ("tolerance_s = 0", "payments.tolerance_s must be"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "config.toml").write_text(f"[payments]\n{text}\n", "utf-8")
    with pytest.raises(ConfigError, match=named):
        load_config(tmp_path / "config.toml")


@pytest.mark.usefixtures("run")
def test_what_cannot_be_charged_is_said_when_the_shop_opens() -> None:
    config = load_config()
    assert charged(config) == {"card", "link"}
    Path("config.toml").write_text(SETTINGS.replace('webhook = "https://sms.example/"', ""), "utf-8")
    assert charged(load_config()) == {"card"}, "nobody would send the link"
    with closing(open_shop(load_config())) as front:
        catalog = front.catalog
    Path("config.toml").write_text(SETTINGS.replace("thanks_url", "# thanks_url"), "utf-8")
    with pytest.raises(ConfigError, match="thanks_url"):
        open_payments(load_config(), catalog)
    Path("config.toml").write_text(SETTINGS, "utf-8")
    Path("kiosk.toml").write_text(SHOP.replace('"USD"', '"ISK"').replace("3.33", "3"), "utf-8")
    with closing(open_shop(load_config())) as front, pytest.raises(ConfigError, match="ISK"):
        open_payments(load_config(), front.catalog)
