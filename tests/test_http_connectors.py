"""A merchant's system that is slow, down, broken or talks nonsense: nobody waits long and no answer is made up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import structlog

from commerce.cart import Line
from commerce.connectors import OrderCopy, Patron
from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.local_connectors import LocalBackEnd
from commerce.money import Money
from tests.back_office import TOKEN, Desk, open_desk
from tests.small_shop import open_kiosk
from voxcart.connecting import HttpSettings
from voxcart.http_connectors import HttpBackEnd

MISHAPS = (500, 503, 302, "closed", "cut", "garbage", "wrong", "huge")


@pytest.fixture
def desk() -> Iterator[Desk]:
    shop = open_kiosk()
    with open_desk(LocalBackEnd(shop)) as opened:
        yield opened
    shop.close()


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def back_end(desk: Desk, clock: Clock) -> Iterator[HttpBackEnd]:
    opened = HttpBackEnd(HttpSettings(desk.url, timeout_s=1.0, tries=2, pause_ms=1, failures=4), "USD", TOKEN, clock)
    yield opened
    opened.close()


def order(number: str = "412790") -> OrderCopy:
    cake = Line(1, "cake", Decimal(2), (), Money(333, "USD"))
    return OrderCopy(number, datetime(2030, 5, 1, tzinfo=UTC), cake.total, (cake,), Patron("1", "15550100", "Ann"))


@pytest.mark.parametrize("mishap", MISHAPS, ids=str)
def test_no_answer_is_made_up(desk: Desk, back_end: HttpBackEnd, mishap: int | str) -> None:
    desk.always["*"] = mishap
    for ask in (
        lambda: back_end.levels(["cake"]),
        lambda: back_end.prices(["cake"]),
        lambda: back_end.find("15550100"),
        lambda: back_end.take(order()),
    ):
        with pytest.raises(BackEndUnavailable):
            ask()
    assert desk.ledger.taken() == []


@pytest.mark.parametrize("mishap", [500, 503, 429, "closed", "cut"], ids=str)
def test_what_fails_once_is_asked_again(desk: Desk, back_end: HttpBackEnd, mishap: int | str) -> None:
    desk.mishaps["*"] = [mishap]
    assert back_end.levels(["cake"]) == {"cake": Decimal(5)}
    assert len(desk.asked) == 2


@pytest.mark.parametrize("mishap", [400, 401, 403, 404, 405, "garbage"], ids=str)
def test_what_another_try_cannot_mend_is_not_tried(desk: Desk, back_end: HttpBackEnd, mishap: int | str) -> None:
    desk.always["*"] = mishap
    with pytest.raises(BackEndUnavailable):
        back_end.levels(["cake"])
    assert len(desk.asked) == 1


def test_a_no_is_a_no_and_is_not_asked_again(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.ledger.take(order("1"))
    desk.ledger.take(order("2"))
    with pytest.raises(BackEndRefused, match="not enough of cake"):
        back_end.take(order("3"))
    assert len(desk.asked) == 1


def test_an_order_whose_answer_was_lost_is_there_once(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.mishaps["orders"] = ["after"]
    assert back_end.take(order()) == "R-412790"
    puts = [headers for method, _, headers in desk.asked if method == "PUT"]
    assert [each["Idempotency-Key"] for each in puts] == ["412790", "412790"]
    assert desk.bodies[0] == desk.bodies[1]
    assert desk.ledger.taken() == ["412790"]
    assert desk.ledger.levels(["cake"]) == {"cake": Decimal(3)}


def test_a_slow_answer_is_waited_for_and_a_very_slow_one_is_not(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.slow_s["stock"] = 0.3
    assert back_end.levels(["cake"]) == {"cake": Decimal(5)}
    desk.slow_s["stock"] = 3.0
    began = time.monotonic()
    with pytest.raises(BackEndUnavailable, match="within 1 s"):
        back_end.levels(["cake"])
    assert time.monotonic() - began < 2.9


def test_a_byte_now_and_then_does_not_hold_up_a_caller(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.always["stock"] = "drip"
    began = time.monotonic()
    with pytest.raises(BackEndUnavailable):
        back_end.levels(["cake"])
    assert time.monotonic() - began < 2.9


def test_what_fails_too_often_is_left_alone_then_tried_with_one_question(
    desk: Desk, back_end: HttpBackEnd, clock: Clock
) -> None:
    desk.always["stock"] = 500
    with structlog.testing.capture_logs() as logs:
        for _ in range(6):
            with pytest.raises(BackEndUnavailable):
                back_end.levels(["cake"])
    assert len(desk.asked) == 4, "two questions, twice each; the others did not even knock"
    assert [each["kind"] for each in logs if each["event"] == "back end left alone"] == ["stock"]
    assert back_end.prices(["cake"]), "what else is there is asked as ever"
    clock.seconds = 30.0
    with pytest.raises(BackEndUnavailable):
        back_end.levels(["cake"])
    assert desk.count()["GET /stock?id=cake"] == 5
    clock.seconds = 60.0
    desk.always.clear()
    assert back_end.levels(["cake"]) == {"cake": Decimal(5)}
    assert back_end.levels(["water"]) == {"water": Decimal(2000)}


def test_a_refusal_does_not_count_as_a_failure(back_end: HttpBackEnd) -> None:
    for number in range(8):
        with pytest.raises(BackEndRefused):
            back_end.cancel(str(number))
    assert back_end.status("9") is None


def test_nobody_is_asked_where_nobody_is() -> None:
    with HttpOn("http://127.0.0.1:9") as nowhere, pytest.raises(BackEndUnavailable):
        nowhere.levels(["cake"])


class HttpOn:
    def __init__(self, url: str) -> None:
        self.back_end = HttpBackEnd(HttpSettings(url, pause_ms=1), "USD")

    def __enter__(self) -> HttpBackEnd:
        return self.back_end

    def __exit__(self, *_: object) -> None:
        self.back_end.close()


@pytest.mark.parametrize("price", ["4,20", "-1.00", "4.205", "NaN", "", "1e9"])
def test_a_price_that_is_none_is_no_price(desk: Desk, back_end: HttpBackEnd, price: str) -> None:
    desk.answer = lambda *_: (200, {"currency": "USD", "prices": {"cake": price}})
    with pytest.raises(BackEndUnavailable):
        back_end.prices(["cake"])


def test_prices_in_another_currency_are_not_ours(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.answer = lambda *_: (200, {"currency": "EUR", "prices": {"cake": "3.33"}})
    with pytest.raises(BackEndUnavailable, match="EUR"):
        back_end.prices(["cake"])


@pytest.mark.parametrize(
    ("told", "understood"),
    [("2.5", Decimal("2.5")), (7, Decimal(7)), ("-3", Decimal(0)), ("NaN", Decimal(0)), ("1e99", Decimal(10) ** 9)],
)
def test_levels_that_cannot_be_are_nothing_to_sell(
    desk: Desk, back_end: HttpBackEnd, told: object, understood: Decimal
) -> None:
    desk.answer = lambda *_: (200, {"stock": {"cake": told, "not asked for": "5"}})
    assert back_end.levels(["cake"]) == {"cake": understood}


def test_the_token_is_sent_and_never_told(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.always["stock"] = 500
    with structlog.testing.capture_logs() as logs, pytest.raises(BackEndUnavailable) as failed:
        back_end.levels(["cake"])
    assert desk.asked[0][2]["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(logs) + str(failed.value)


def test_many_products_are_asked_for_in_parts(desk: Desk, back_end: HttpBackEnd) -> None:
    wanted = [f"thing {number}" for number in range(120)]
    assert back_end.levels(["cake", *wanted]) == {"cake": Decimal(5)}
    assert len(desk.asked) == 3


def test_callers_do_not_wait_for_each_other(desk: Desk, back_end: HttpBackEnd) -> None:
    desk.slow_s["stock"] = 0.5
    began = time.monotonic()
    callers = [threading.Thread(target=back_end.levels, args=(["cake"],)) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert time.monotonic() - began < 3.0


def test_what_is_closed_asks_nobody(desk: Desk, back_end: HttpBackEnd) -> None:
    back_end.close()
    with pytest.raises(BackEndUnavailable):
        back_end.levels(["cake"])
    assert desk.asked == []
