"""Events that Stripe sends over HTTP: believed by their signature only, each once, and none too large."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from commerce.charging import pay_due
from commerce.commands import OrderPlaced
from commerce.errors import StoreError
from commerce.settings import CommerceSettings
from tests.payers import PAUSE, Buyer
from tests.post_office import web_server
from tests.small_shop import StandingClock
from tests.stripe_house import KEY, SECRET, Door, signed, stripe_house
from tests.test_pay_links import payment_of
from voxcart.build import Front, open_shop
from voxcart.config import Config, ShopChoice, StoreChoice
from voxcart.live_shop import LiveShop
from voxcart.notice_settings import NoticeChoice
from voxcart.notices import Messenger
from voxcart.payment_desk import open_payments
from voxcart.payment_hook import MOST_BYTES, events_heard
from voxcart.payment_settings import PaymentChoice
from voxcart.phone import free_ports

SHOP = """
name = "Kiosk"
currency = "USD"
products = [{ name = "cake", price = 3.33, stock = 50 }]

[payment]
ways = ["delivery", "link", "card"]
"""


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with stripe_house() as opened:
        yield opened


@dataclass
class Place:
    """A shop that takes calls and hears of payments; an order whose link is made and not paid yet."""

    front: Front
    url: str
    number: str
    session: dict[str, Any]
    door: Door

    def send(self, body: bytes, signature: str) -> int:
        return httpx2.post(self.url, content=body, headers={"Stripe-Signature": signature}, timeout=20).status_code

    @property
    def state(self) -> str:
        return str(payment_of(self.front.shop, self.number)["state"])

    @property
    def events(self) -> int:
        return len(self.front.shop.store._rows("SELECT id FROM payment_events"))


def configured(folder: Path, door: Door, webhook: str = "https://sms.example/") -> Config:
    (folder / "kiosk.toml").write_text(SHOP, "utf-8")
    (folder / "api.key").write_text(f"{KEY}\n", "utf-8")
    (folder / "hook.key").write_text(f"{SECRET}\n", "utf-8")
    payments = PaymentChoice(
        provider="stripe",
        api_key_file="api.key",
        webhook_secret_file="hook.key",
        port=free_ports(1),
        api_base=door.url,
        thanks_url="https://shop.example/thanks",
    )
    return Config(
        folder,
        shop=ShopChoice("kiosk.toml"),
        store=StoreChoice("shop.db"),
        commerce=CommerceSettings(pin_free_limit="50.00"),
        notices=NoticeChoice(webhook=webhook),
        payments=payments,
    )


@pytest.fixture
def place(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    config = configured(tmp_path, door)
    with closing(LiveShop(config)) as live, live.call() as opening, events_heard(config, live) as port:
        front = opening.front
        payments = open_payments(config, front.catalog)
        assert payments is not None
        buyer = Buyer(front.shop, payments, card=None)
        placed = buyer.buy("link")
        pay_due(front.shop.till, payments, PAUSE)
        name = payment_of(front.shop, placed.number)["reference"]
        url = f"http://127.0.0.1:{port}/stripe"
        yield Place(front, url, placed.number, door.sessions[str(name)], door)


def test_a_link_is_paid_by_a_signed_event_once(place: Place) -> None:
    assert place.state == "due"
    body, signature = place.door.pay(place.session["id"])
    assert [place.send(body, signature) for _ in range(3)] == [200, 200, 200]
    assert (place.state, place.events) == ("paid", 1)
    [order] = place.front.shop.orders()
    assert order.payment is not None
    assert order.payment.captured == order.total


@pytest.mark.parametrize("how", ["wrong secret", "another body", "too old", "from the future", "none", "nonsense"])
def test_what_is_not_signed_by_stripe_changes_nothing(place: Place, how: str) -> None:
    paid = place.session | {"payment_status": "paid", "payment_intent": "pi_forged"}
    body, signature = signed("checkout.session.completed", paid)
    match how:
        case "wrong secret":
            body, signature = signed("checkout.session.completed", paid, "whsec_guessed")
        case "another body":
            body = body.replace(b"pi_forged", b"pi_other1")
        case "too old":
            body, signature = signed("checkout.session.completed", paid, at=int(time.time()) - 301)
        case "from the future":
            signature = signature.replace("t=", "t=9")
        case "none":
            signature = ""
        case "nonsense":
            body, signature = b"\xff{", "t=1,v1="
    assert place.send(body, signature) == 400
    assert (place.state, place.events) == ("due", 0)


def test_events_of_no_concern_are_taken_and_change_nothing(place: Place) -> None:
    unpaid = place.session | {"payment_status": "unpaid"}
    for kind, what in (
        ("customer.created", {"id": "cus_1", "object": "customer"}),
        ("checkout.session.completed", unpaid),
        ("checkout.session.completed", unpaid | {"payment_status": "paid", "client_reference_id": "link-of-others"}),
    ):
        body, signature = signed(kind, what | {"payment_intent": "pi_1"})
        assert place.send(body, signature) == 200
    assert (place.state, place.events) == ("due", 0)


def test_signed_nonsense_is_refused_and_the_next_is_heard(place: Place) -> None:
    for what in ({}, {"payment_status": "paid"}, {"payment_status": "paid", "amount_total": "x", "currency": 7}):
        body, signature = signed("checkout.session.completed", what)
        assert place.send(body, signature) == 400
    body, signature = place.door.pay(place.session["id"])
    assert place.send(body, signature) == 200
    assert place.state == "paid"


def test_only_small_posts_to_the_one_path_are_read(place: Place) -> None:
    assert httpx2.get(place.url).status_code == 405
    assert httpx2.post(place.url + "/more", content=b"{}").status_code == 404
    host, port = place.url.split("/")[2].split(":")
    for header, status in ((f"Content-Length: {MOST_BYTES + 1}", "413"), ("Content-Length: x", "411"), ("A: b", "411")):
        with socket.create_connection((host, int(port)), 10) as line:
            line.sendall(f"POST /stripe HTTP/1.1\r\nHost: here\r\n{header}\r\n\r\n".encode())
            assert line.recv(100).split()[1].decode() == status


def test_what_cannot_be_written_down_is_to_be_sent_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    body, signature = place.door.pay(place.session["id"])

    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("voxcart.payment_hook.hear_event", full)
        assert place.send(body, signature) == 503
    assert place.state == "due"
    assert place.send(body, signature) == 200
    assert place.state == "paid"


def test_the_link_is_told_once_by_the_webhook_of_notices_and_names_no_goods(place: Place) -> None:
    with web_server() as web:
        messenger = Messenger(NoticeChoice(webhook=web.url))
        assert messenger.send_due(place.front) == (1, 0)
        assert messenger.send_due(place.front) == (0, 0)
        [(_, told)] = web.taken
    assert told["kind"] == "payment"
    assert told["phone"] == "15550100"
    assert told["text"] == (
        f"Thank you for your order {place.number}. You can pay $3.33 here: https://pay.example/{place.session['id']}"
    )
    assert "cake" not in str(told)


def test_who_paid_for_what_was_cancelled_has_it_back(place: Place) -> None:
    """The whole way: the event comes in over HTTP after the order was cancelled, and the courier pays back at once."""
    body, signature = place.door.pay(place.session["id"])
    place.front.shop.set_status(place.number, "cancelled")
    assert place.send(body, signature) == 200
    for _ in range(200):
        if place.state == "released":
            break
        time.sleep(0.05)
    intent = place.door.ask("GET", f"/v1/payment_intents/{place.session['payment_intent']}")
    assert intent["latest_charge"]["amount_refunded"] == intent["amount"]


def test_a_shop_opened_for_calls_charges_at_stripe(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card, from the call to the courier's charge, with nothing in between replaced."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)
    config = configured(tmp_path, door)
    before = len(door.intents())
    clock = StandingClock()
    with closing(open_shop(replace(config), clock=clock, connect=True)) as front:
        payments = open_payments(config, front.catalog)
        assert payments is not None
        assert front.payments is not None
        ann = Buyer(front.shop, payments, card=door.save_card("4242424242424242"))
        ann.add("cake", 2)
        ann.give_pin()
        ann.pay_by("card")
        placed = front.payments.shop.execute(ann.place(ann.total()), ann.key())
        assert isinstance(placed, OrderPlaced)
        for _ in range(200):
            if payment_of(front.shop, placed.number)["state"] == "captured":
                break
            time.sleep(0.05)
    made = door.intents()
    assert len(made) == before + 1
    assert [each["status"] for each in made if each["amount"] == 666] == ["succeeded"]
