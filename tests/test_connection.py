"""Whole calls with a merchant's own system behind HTTP: slow, down, back again, and across a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commerce.errors import BackEndUnavailable
from commerce.local_connectors import LocalBackEnd
from commerce.money import Money
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from tests.back_office import TOKEN, Desk, open_desk
from tests.called import Talk
from tests.fakes import FakeVoice, says
from tests.small_shop import KIOSK, open_kiosk
from voice.channels.caller import AfterPrevious, Cue, Leave
from voice.events import CallEvent, HeardWords, Saying
from voice.prompt import Prompt
from voice.recognizer import Transcript
from voxcart.build import Front, open_mind, open_shop
from voxcart.config import Config, StoreChoice
from voxcart.connecting import ConnectorChoice
from voxcart.connection import Courier
from voxcart.errors import ConfigError
from voxcart.live_shop import LiveShop
from voxcart.mind import ShopMind

PATIENCE_S = 20.0
GUESSES = ("left", "in stock", "sold out", "we have", "yes,", "there is", "there are")


@pytest.fixture
def office() -> Iterator[Shop]:
    shop = open_kiosk()
    yield shop
    shop.close()


@pytest.fixture
def desk(office: Shop) -> Iterator[Desk]:
    with open_desk(LocalBackEnd(office)) as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path, desk: Desk) -> Config:
    (tmp_path / "kiosk.toml").write_text(KIOSK.replace("stock = 5", "stock = 3"))
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    everything = ConnectorChoice(
        "http",
        "http",
        "http",
        "http",
        url=desk.url,
        token_file="token",
        pause_ms=1,
        hand_over_pause_s=0.05,
        rest_s=0.05,
    )
    return Config(
        base=tmp_path,
        store=StoreChoice("kiosk.db"),
        commerce=CommerceSettings(pin_free_limit=""),
        connectors=everything,
    )


@pytest.fixture
def front(config: Config) -> Iterator[Front]:
    with closing(opened(config)) as front:
        yield front


def opened(config: Config) -> Front:
    return open_shop(config, str(config.base / "kiosk.toml"), connect=True)


def soon(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


class Stamped(list[CallEvent]):
    """Events, and when they were told."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[tuple[float, CallEvent]] = []

    def append(self, event: CallEvent) -> None:
        super().append(event)
        self.at.append((time.monotonic(), event))


class Call:
    def __init__(self, front: Front, call: str = "call-1") -> None:
        self.mind: ShopMind = open_mind(front, call, typed=True)
        self.last: Prompt | None = None

    async def __call__(self, *lines: str) -> str:
        if self.last is None:
            await self.mind.greet()
        for line in lines:
            self.last = await self.mind.act(self.mind.understand(Transcript(line, "typed")))
        assert self.last is not None
        return self.last.text

    @property
    def cart(self) -> list[str]:
        return [line.product for line in self.mind.snapshot()[1].lines]


# ---- all is well -----------------------------------------------------------------------------------------------


async def test_a_call_with_everything_elsewhere(front: Front, office: Shop, desk: Desk) -> None:
    office.set_price("cake", Money(400, "USD"))
    call = Call(front)
    assert "Two cakes" in await call("two cakes")
    assert "eight dollars" in await call("that's all")
    assert "Your order is placed" in await call("yes")
    [order] = front.shop.orders()
    await asyncio.to_thread(soon, desk.ledger.taken)
    assert desk.ledger.taken() == [order.number]
    assert {headers["Authorization"] for _, _, headers in desk.asked} == {f"Bearer {TOKEN}"}


# ---- the stock does not answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mishap", [500, "closed", "garbage", "cut"], ids=str)
async def test_stock_that_cannot_be_seen_is_said_a_call_back_is_taken_and_nothing_made_up(
    front: Front, desk: Desk, mishap: int | str
) -> None:
    call = Call(front)
    await call("a toast with white bread")
    desk.always["stock"] = mishap
    for asked in ("do you have cake", "two cakes", "is the water there"):
        answer = await call(asked)
        assert "can't see our stock right now" in answer
        assert "call you back" in answer
        assert not [guess for guess in GUESSES if guess in answer.lower()]
        assert call.cart == ["toast"]
    assert "What number" in await call("yes")
    await call("555 0142 396")
    answer = await call("yes")
    assert "they'll call you back" in answer
    assert call.last is not None
    assert call.last.hang_up
    with front.shop.store.transaction():
        [ticket] = front.shop.store.tickets()
    assert "two cakes" in ticket["summary"]
    assert '"toast"' in ticket["summary"]


async def test_the_total_and_the_order_are_not_made_up_either_and_the_cart_is_kept(front: Front, desk: Desk) -> None:
    call = Call(front)
    await call("two cakes")
    desk.always["stock"] = 503
    answer = await call("that's all")
    assert "Your order is not placed. Your cart is kept." in answer
    assert "dollars" not in answer
    desk.always.clear()
    await asyncio.sleep(0.06)
    assert "six dollars and sixty-six cents" in await call("no", "that's all")
    desk.always["prices"] = "closed"
    answer = await call("yes")
    assert "can't look up our prices" in answer
    assert "not placed" in answer
    assert front.shop.orders() == ()
    desk.always.clear()
    await asyncio.sleep(0.06)
    await call("no", "that's all", "yes")
    assert len(front.shop.orders()) == 1


async def test_while_the_stock_rests_callers_are_told_at_once(config: Config, desk: Desk) -> None:
    config = replace(config, connectors=replace(config.connectors, timeout_s=1.0, failures=2, rest_s=60))
    with closing(opened(config)) as front:
        desk.slow_s["stock"] = 5.0
        call = Call(front)
        assert "can't see our stock" in await call("two cakes")
        began = time.monotonic()
        assert "can't see our stock" in await call("two cakes")
        assert time.monotonic() - began < 0.8


async def test_customers_that_cannot_be_looked_up(config: Config, desk: Desk) -> None:
    config = replace(config, commerce=CommerceSettings(pin_free_limit="0.00"))
    with closing(opened(config)) as front:
        call = Call(front)
        await call("two cakes", "that's all", "yes")
        desk.always["customers"] = 500
        answer = await call("five five five oh one oh oh one oh oh")
        assert "can't look up customers" in answer
        assert "not placed" in answer
        assert "call you back" in answer


# ---- it is slow ------------------------------------------------------------------------------------------------


async def test_a_stock_that_takes_three_seconds_is_bridged_once_after_one_and_the_answer_follows(
    config: Config, desk: Desk
) -> None:
    config = replace(config, connectors=replace(config.connectors, timeout_s=10.0))
    with closing(opened(config)) as front:
        desk.slow_s["stock"] = 3.0
        voice, mind = FakeVoice(), open_mind(front, "call-1")
        talk = Talk(mind, voice, says(voice, "do you have cake"), Cue(Leave(), AfterPrevious(6000)), pace="real")
        talk.events = events = Stamped()
        await talk()
    [asked_at] = [at for at, event in events.at if isinstance(event, HeardWords)]
    _, *said = [(at - asked_at, event.prompt.text) for at, event in events.at if isinstance(event, Saying)]
    (filled_at, filler), (answered_at, answer) = said[:2]
    assert filler == mind.filler()
    assert filler not in [text for _, text in said[1:]]
    assert "cake" in answer
    assert 0.9 <= filled_at <= 2.5
    assert 3.0 <= answered_at <= 6.0


# ---- orders ----------------------------------------------------------------------------------------------------


async def test_an_order_placed_while_nobody_takes_it_is_handed_over_after_a_restart_once(
    config: Config, desk: Desk
) -> None:
    desk.always["orders"] = "closed"
    with closing(opened(config)) as front:
        call = Call(front)
        assert "number is" in await call("two cakes", "that's all", "yes")
        [order] = front.shop.orders()
        await asyncio.to_thread(soon, lambda: desk.count()[f"PUT /orders/{order.number}"] >= 3)
    assert desk.ledger.taken() == []
    desk.mishaps["orders"] = ["after"]
    desk.always.clear()
    with closing(opened(config)):
        await asyncio.to_thread(soon, desk.ledger.taken)
    with closing(opened(config)) as front, front.shop.store.transaction():
        rows = front.shop.store.outgoing(order.number)
    assert desk.ledger.taken() == [order.number]
    assert len(rows) == 1


def test_a_courier_goes_on_after_whatever_happened() -> None:
    rounds: list[int] = []

    def deliver() -> datetime | None:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("oh")
        return datetime(2030, 1, 1, tzinfo=UTC) if len(rounds) < 4 else None

    courier = Courier(deliver, lambda: datetime(2030, 1, 1, tzinfo=UTC))
    soon(lambda: rounds)
    soon(lambda: courier.wake() or len(rounds) >= 4)
    courier.close()


# ---- the catalogue ---------------------------------------------------------------------------------------------


async def test_what_is_listed_elsewhere_is_heard_and_sold(config: Config, desk: Desk) -> None:
    answer = desk.answer

    def with_pie(method: str, target: str, body: object) -> tuple[int, object]:
        status, told = answer(method, target, body)
        if target == "/products":
            told["products"] = [each for each in told["products"] if each["id"] != "water"]
            told["products"] += [{"id": "p7", "name": "apple pie", "price": "2.50", "aliases": ["pie"]}]
        if target.startswith("/prices"):
            told["prices"]["p7"] = "2.50"
        if target.startswith("/stock"):
            told["stock"]["p7"] = None
        return status, told

    desk.answer = with_pie
    with closing(opened(config)) as front:
        call = Call(front)
        assert "apple pie" in await call("two pies")
        assert call.cart == ["p7"]
        assert "water" not in {each.id for each in front.catalog.products}
        assert "five dollars" in await call("that's all")


def test_a_shop_whose_catalogue_is_not_there_does_not_open_and_an_open_one_stays(config: Config, desk: Desk) -> None:
    live = LiveShop(config, str(config.base / "kiosk.toml"))
    with live.call() as before:
        desk.always["products"] = 500
        (config.base / "kiosk.toml").write_text(KIOSK + "\n")
        live.look()
        live.settle(PATIENCE_S)
        with live.call() as after:
            assert after.front is before.front
    live.close()
    with pytest.raises(BackEndUnavailable, match=r"\[connectors\] url"):
        opened(config)


def test_a_catalogue_that_changes_is_seen_by_new_calls(config: Config, desk: Desk, office: Shop) -> None:
    seconds = [0.0]
    live = LiveShop(config, str(config.base / "kiosk.toml"), clock=lambda: seconds[0])

    def price_after(minutes: float) -> int:
        seconds[0] += 60 * minutes
        live.look()
        live.settle(PATIENCE_S)
        with live.call() as opening:
            return opening.front.catalog.by_id["cake"].price.minor

    with live.call() as running:
        office.set_price("cake", Money(400, "USD"))
        assert price_after(14) == 333
        desk.always["products"] = 500
        assert price_after(1) == 333
        desk.always.clear()
        assert price_after(15) == 400
        asked = desk.count()["GET /products"]
        assert price_after(1) == 400
        assert desk.count()["GET /products"] == asked
        assert running.front.catalog.by_id["cake"].price.minor == 333
    live.close()


def test_who_looks_at_orders_asks_nobody(config: Config, desk: Desk) -> None:
    desk.always["*"] = 500
    with closing(open_shop(config, str(config.base / "kiosk.toml"))) as front:
        assert front.shop.orders() == ()
    assert desk.asked == []


@pytest.mark.parametrize("content", [None, "", "two\nlines"], ids=["no file", "empty", "two lines"])
def test_a_token_that_cannot_be_sent_is_told_at_the_start(config: Config, content: str | None) -> None:
    token = config.base / "token"
    token.unlink()
    if content is not None:
        token.write_text(content)
    with pytest.raises(ConfigError, match="token_file"):
        opened(config)
