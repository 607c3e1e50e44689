"""Whether an edited shop file reaches the next call, and never a call that runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import structlog

from commerce.catalog import Catalog
from commerce.commands import PlaceOrder
from commerce.errors import ShopFileError
from commerce.money import Money
from commerce.outcomes import OrderPlaced, PriceChanged
from commerce.settings import CommerceSettings
from tests.fakes import FakeRecognizer, FakeVoice
from tests.small_shop import KIOSK, Caller
from voice.recognizer import Transcript
from voxcart.build import Front, open_mind, open_shop
from voxcart.config import Config, StoreChoice
from voxcart.live_shop import LiveShop

OPENED = 'greeting = "Welcome."\nlanguage = "en"\n' + KIOSK
DEARER = OPENED.replace("price = 3.33", "price = 4.44")
WITHOUT_CAKE = OPENED.replace('[[products]]\nname = "cake"\nprice = 3.33\nstock = 5\n', "")
PATIENCE_S = 30.0
EDIT = "the merchant saves the file"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(OPENED)
    return path


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(base=tmp_path, store=StoreChoice("kiosk.db"), commerce=CommerceSettings(pin_free_limit=""))


@pytest.fixture
def live(config: Config, file: Path) -> Iterator[LiveShop]:
    shop = LiveShop(config, str(file))
    yield shop
    shop.close()


def edit(live: LiveShop, file: Path, text: str) -> None:
    file.write_text(text)
    live.look()
    live.settle(PATIENCE_S)


def price_of(catalog: Catalog, product: str) -> Money:
    return next(each.price for each in catalog.products if each.id == product)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_an_edit_reaches_the_next_call_and_no_call_that_runs(live: LiveShop, file: Path) -> None:
    running = live.front()
    edit(live, file, DEARER)
    following = live.front()
    assert price_of(running.catalog, "cake") == usd(333)
    assert price_of(following.catalog, "cake") == usd(444)


def test_a_file_with_the_same_contents_is_not_compiled_again(live: LiveShop, file: Path) -> None:
    front = live.front()
    edit(live, file, OPENED)
    assert live.front() is front


def test_while_the_file_is_compiled_the_old_shop_answers_at_once(config: Config, file: Path) -> None:
    gate = threading.Event()
    gate.set()

    def open_slowly() -> Front:
        assert gate.wait(PATIENCE_S)
        return open_shop(config, str(file))

    live = LiveShop(config, str(file), open_front=open_slowly)
    before = live.front()
    gate.clear()
    file.write_text(DEARER)
    assert live.front() is before
    gate.set()
    live.settle(PATIENCE_S)
    assert live.front() is not before
    live.close()


def test_an_edit_during_compilation_is_compiled_as_well(config: Config, file: Path) -> None:
    later = [OPENED + "\n", DEARER]

    def open_and_edit() -> Front:
        front = open_shop(config, str(file))
        if later:
            file.write_text(later.pop())
        return front

    live = LiveShop(config, str(file), open_front=open_and_edit)
    live.look()
    live.settle(PATIENCE_S)
    assert file.read_text() == OPENED + "\n"
    assert price_of(live.front().catalog, "cake") == usd(333)
    live.close()


@pytest.mark.parametrize(
    ("broken", "named"),
    [(OPENED.replace("price = 3.33", "price = "), "line"), (OPENED.replace("3.33", '"dear"'), "cake")],
    ids=["no TOML", "no price"],
)
def test_a_broken_file_keeps_the_shop_and_is_told_once(live: LiveShop, file: Path, broken: str, named: str) -> None:
    before = live.front()
    with structlog.testing.capture_logs() as logs:
        edit(live, file, broken)
        assert live.front() is before
        assert live.front() is before
    assert [each["log_level"] for each in logs] == ["warning"]
    assert named in logs[0]["error"]
    edit(live, file, DEARER)
    assert price_of(live.front().catalog, "cake") == usd(444)


def test_a_file_that_is_away_for_a_moment_keeps_the_shop(live: LiveShop, file: Path) -> None:
    before = live.front()
    file.unlink()
    live.look()
    live.settle(PATIENCE_S)
    assert live.front() is before
    edit(live, file, DEARER)
    assert live.front() is not before


def test_a_shop_that_cannot_open_at_first_says_so(config: Config, file: Path) -> None:
    file.write_text("name = ")
    with pytest.raises(ShopFileError, match="not valid TOML"):
        LiveShop(config, str(file))


def test_a_front_closes_when_its_last_call_has_ended(
    live: LiveShop, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Front] = []
    close = Front.close

    def note_and_close(front: Front) -> None:
        closed.append(front)
        close(front)

    monkeypatch.setattr(Front, "close", note_and_close)
    first, second = live.front(), live.front()
    live.leave(first)
    assert closed == []
    edit(live, file, DEARER)
    assert closed == []
    live.leave(second)
    assert closed == [first]
    with live.call() as opening:
        edit(live, file, OPENED)
        assert closed == [first]
    assert closed == [first, opening.front]


def test_stock_that_was_counted_stays(live: LiveShop, file: Path) -> None:
    live.front().shop.set_stock("cake", Decimal(2))
    edit(live, file, OPENED.replace("price = 1.90", "price = 2.00"))
    front = live.front()
    assert price_of(front.catalog, "toast") == usd(200)
    assert front.shop.store.products("kiosk", ["cake"])["cake"] == (333, Decimal(2))


def test_a_price_changed_during_a_call_is_read_aloud_before_it_is_charged(live: LiveShop, file: Path) -> None:
    front = live.front()

    async def call() -> list[str]:
        mind = open_mind(front, "call-1")
        said = [(await mind.greet()).text]
        for line in ("two cakes", "that's all", EDIT, "yes", "yes"):
            if line is EDIT:
                await asyncio.to_thread(edit, live, file, DEARER)
            else:
                said.append((await mind.act(mind.understand(Transcript(line, "typed")))).text)
        return said

    *_, read_back, after_first_yes, _ = asyncio.run(call())
    assert "six dollars and sixty-six cents" in read_back
    assert "eight dollars and eighty-eight cents" in after_first_yes
    assert after_first_yes.endswith("?")
    assert [order.total for order in front.shop.orders()] == [usd(888)]


def test_a_quote_read_at_the_old_price_is_not_charged_at_the_new_one(live: LiveShop, file: Path) -> None:
    caller = Caller(live.front().shop)
    caller.add("cake")
    quote = caller.confirmed_quote()
    edit(live, file, DEARER)
    outcome = caller.say(PlaceOrder(quote.id))
    assert isinstance(outcome, PriceChanged)
    assert (outcome.old_total, outcome.quote.total) == (usd(333), usd(444))


def test_a_product_taken_from_the_file_is_sold_to_the_call_that_runs_and_to_no_other(
    live: LiveShop, file: Path
) -> None:
    caller = Caller(live.front().shop)
    caller.add("cake")
    quote = caller.confirmed_quote()
    edit(live, file, WITHOUT_CAKE)
    assert isinstance(caller.say(PlaceOrder(quote.id)), OrderPlaced)
    assert "cake" not in {each.id for each in live.front().catalog.products}


class NamesHeard(FakeRecognizer):
    """Lacks every word that is no name of the shop it was made for."""

    def __init__(self, front: Front) -> None:
        super().__init__(FakeVoice())
        self.names = {each.name for each in front.catalog.products}

    def unknown_words(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(word for word in words if word not in self.names)


def test_the_next_call_is_heard_with_the_new_words(config: Config, file: Path) -> None:
    live = LiveShop(config, str(file), hear=NamesHeard)
    with live.call() as before:
        edit(live, file, OPENED + '\n[[products]]\nname = "zwieback"\nprice = 2.00\n')
        with live.call() as after:
            assert before.recognizer is not None
            assert after.recognizer is not None
            assert before.recognizer.unknown_words(["zwieback"]) == ("zwieback",)
            assert after.recognizer.unknown_words(["zwieback"]) == ()
    live.close()
