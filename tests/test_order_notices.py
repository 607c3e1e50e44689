"""Who has ordered is sent a word, where somebody sends any: the number and the total, and nothing of what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commerce.settings import CommerceSettings
from tests.post_office import Web, web_server
from tests.small_shop import StandingClock
from tests.test_returns import Ann
from voxcart.build import Front, open_shop
from voxcart.config import Config, StoreChoice
from voxcart.notice_settings import NoticeChoice
from voxcart.notices import Messenger


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


def opened(folder: Path, choice: NoticeChoice) -> Front:
    asked = CommerceSettings(pin_free_limit="0.00")
    return open_shop(
        Config(folder, store=StoreChoice("shop.db"), commerce=asked, notices=choice), "coffee", clock=StandingClock()
    )


def waiting(front: Front) -> list[tuple[str, str]]:
    with front.shop.store.transaction():
        return [(row["kind"], row["state"]) for row in reversed(front.shop.store.notices(front.shop.till.shop))]


def test_an_order_is_confirmed_once_with_its_total_and_nothing_of_what_it_is(tmp_path: Path, web: Web) -> None:
    choice = NoticeChoice(webhook=web.url)
    with closing(opened(tmp_path, choice)) as front:
        number = Ann(front.shop).has_got(("latte", 2), status="placed")
        assert waiting(front) == [("order", "placed")]
        Messenger(choice, "", None).send_due(front)
        [(_, told)] = web.taken
        assert told["text"] == f"Thank you for your order {number}. It comes to $8.40."
        assert "latte" not in json.dumps(told)
        front.shop.set_status(number, "packed")
        assert waiting(front) == [("order", "placed"), ("order", "packed")]


def test_where_it_is_switched_off_nothing_is_sent(tmp_path: Path, web: Web) -> None:
    with closing(opened(tmp_path, NoticeChoice(webhook=web.url, confirm=False))) as front:
        Ann(front.shop).has_got(("latte", 2), status="placed")
        assert waiting(front) == []
