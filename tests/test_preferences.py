"""What customers like: remembered when they ask for it and have given the PIN, used for them alone, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from commerce import contacting
from commerce.choosing import Recommend, Recommended
from commerce.commands import CheckPin
from commerce.customers import add_customer
from commerce.outcomes import PinAccepted
from commerce.preferences import ForgetPreferences, KeepPreferences
from nlu.intent import Prefer
from nlu.parse import parse
from tests.small_shop import Caller
from tests.test_choosing import SPORTS, Typed, bought
from voxcart.build import Front, open_shop
from voxcart.config import load_config

PHONE, PIN = "15550100", "8362"
VEGAN = (("diet", "vegan"),)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    (tmp_path / "sports.toml").write_text(SPORTS, "utf-8")
    with closing(open_shop(load_config(), str(tmp_path / "sports.toml"), in_memory=True)) as front:
        add_customer(front.shop.till, "Ann", PHONE, PIN)
        yield front


def noted(front: Front) -> list[tuple[str, str]]:
    with front.shop.store.transaction():
        row = front.shop.store.customer(PHONE)
        assert row is not None
        return front.shop.store.preferences(row["id"])


def ledger(front: Front) -> list[tuple[str, int]]:
    return [(row["purpose"], row["given"]) for row in contacting.consents(front.shop.till, PHONE)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("remember that i'm vegan", Prefer(VEGAN)),
        ("please remember i am vegan", Prefer(VEGAN)),
        ("keep in mind that i only eat vegan", Prefer(VEGAN)),
        ("note that we're vegan and lactose free", Prefer((*VEGAN, ("diet", "lactose free")))),
        ("don't forget we only buy size forty two", Prefer((("size", "42"),))),
        ("remember that i like running shoes", Prefer(known=False)),
        ("remember that i'm happy", Prefer(known=False)),
        ("don't forget i want an oat bar", None),
        ("i'm vegan", None),
        ("forget what i like", Prefer()),
        ("delete my preferences please", Prefer()),
    ],
)
def test_it_is_understood_only_where_it_is_asked_for(front: Front, said: str, meant: Prefer | None) -> None:
    found = parse(said, front.grammar)
    assert found == meant if meant else not isinstance(found, Prefer)


async def test_it_needs_the_pin_and_is_told_back(front: Front) -> None:
    talk = Typed(front)
    assert "number" in await talk.says("remember that i'm vegan")
    assert "PIN" in await talk.says("one five five five zero one zero zero")
    assert noted(front) == []
    said = await talk.says("eight three six two")
    assert "vegan" in said
    assert "forget my preferences" in said
    assert noted(front) == list(VEGAN)
    assert ledger(front) == [("preferences", 1)]


async def test_it_is_forgotten_by_a_word(front: Front) -> None:
    talk = Typed(front)
    await talk.says("remember that i'm vegan", PHONE, PIN)
    assert "forgotten" in await talk.says("forget my preferences")
    assert noted(front) == []
    assert ledger(front) == [("preferences", 1), ("preferences", 0)]


async def test_a_cart_is_not_lost_over_it(front: Front) -> None:
    talk = Typed(front)
    said = await talk.says("an oat bar", "remember that i'm vegan", PHONE, PIN)
    assert "Anything else" in said or "else" in said
    assert talk.cart == [("oat_bar", Decimal(1))]


def test_only_what_the_customer_likes_is_recommended_to_them(front: Front) -> None:
    bob, _ = add_customer(front.shop.till, "Bob", "15550101", PIN)
    bought(front, bob, "one", "milk_bar")
    caller = Caller(front.shop, "two")
    with front.shop.store.transaction():
        ann = front.shop.store.customer(PHONE)
    assert ann is not None
    accepted = caller.say(CheckPin(ann["id"], "two", PIN))
    assert isinstance(accepted, PinAccepted)
    before = caller.say(Recommend("two", ann["id"], accepted.authorization))
    assert isinstance(before, Recommended)
    assert "milk_bar" in before.products
    caller.say(KeepPreferences(ann["id"], accepted.authorization, VEGAN, "two"))
    after = caller.say(Recommend("two", ann["id"], accepted.authorization))
    assert isinstance(after, Recommended)
    assert after.products == ("oat_bar",)
    stranger = Caller(front.shop, "three").say(Recommend("three", ann["id"], "made up"))
    assert isinstance(stranger, Recommended)
    assert "milk_bar" in stranger.products, "without proof nothing of it is used"


def test_without_proof_nothing_is_kept_and_nothing_forgotten(front: Front) -> None:
    with front.shop.store.transaction():
        ann = front.shop.store.customer(PHONE)
    assert ann is not None
    caller = Caller(front.shop, "two")
    caller.say(KeepPreferences(ann["id"], "made up", VEGAN, "two"))
    assert noted(front) == []
    assert ledger(front) == []
    with front.shop.store.transaction():
        front.shop.store.keep_preference(ann["id"], *VEGAN[0])
    caller.say(ForgetPreferences(ann["id"], "made up", "two"))
    assert noted(front) == list(VEGAN)


def test_the_merchant_who_withdraws_the_consent_drops_them(front: Front) -> None:
    with front.shop.store.transaction():
        ann = front.shop.store.customer(PHONE)
        assert ann is not None
        front.shop.store.keep_preference(ann["id"], *VEGAN[0])
    contacting.set_consent(front.shop.till, PHONE, "preferences", False, "by letter")
    assert noted(front) == []
