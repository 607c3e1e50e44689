"""One utterance as JSON: every meaning there is, as docs/hear.md describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_args

import pytest

from nlu import intent
from nlu.intent import Add, AddSame, Choice, Item, Keep, NotSold, Order, Ref, Remove, Replace, SetOptions, SetQuantity
from tests.small_shop import kiosk
from voice.recognizer import Transcript
from voxcart.hear import Ears, described

TWO = Decimal(2)
LATTE = Item("latte", TWO, None, (Choice("size", "large"), Choice("milk", "oat_milk", "lots_of")))
SHOWN = {"product": "latte", "quantity": 2, "options": {"size": "large", "milk": "lots of oat milk"}}


def one(edit: intent.Edit) -> Order:
    return Order((edit,))


MEANINGS: list[tuple[intent.Meaning | None, dict[str, Any]]] = [
    (None, {"intent": None}),
    (intent.Ambiguous((intent.Simple("yes"), intent.Simple("no"))), {"intent": "ambiguous"}),
    (one(Add(LATTE)), {"intent": "order", "items": [SHOWN]}),
    (
        one(Add(Item("cheese", Decimal("0.5"), "kg"))),
        {"items": [{"product": "cheese", "quantity": 0.5, "options": {}, "unit": "kg"}]},
    ),
    (one(Add(Item("cake"))), {"items": [{"product": "cake", "quantity": 1, "options": {}}]}),
    (
        one(Add(Item("latte", None, None, (Choice("milk", "milk", wanted=False),)))),
        {"items": [{"product": "latte", "quantity": 1, "options": {}, "without": {"milk": "milk"}}]},
    ),
    (
        one(Add(Item("toast", None, None, (Choice("extras", "butter"), Choice("extras", "jam"))))),
        {"items": [{"product": "toast", "quantity": 1, "options": {"extras": ["butter", "jam"]}}]},
    ),
    (
        one(Add(Item("cake", guessed=True, alternatives=("toast",)))),
        {"items": [], "asks": [{"product": "cake", "quantity": 1, "options": {}, "alternatives": ["toast"]}]},
    ),
    (Order((), not_sold=(NotSold("beer"),)), {"items": [], "not_sold": ["beer"]}),
    (
        one(Remove(Ref("latte"))),
        {"items": [], "edits": [{"edit": "remove", "product": "latte", "position": None, "quantity": None}]},
    ),
    (
        one(Remove(Ref(position=-1), Decimal(1))),
        {"edits": [{"edit": "remove", "product": None, "position": -1, "quantity": 1}]},
    ),
    (
        one(SetQuantity(Ref("cake"), TWO)),
        {"edits": [{"edit": "set_quantity", "product": "cake", "position": None, "quantity": 2}]},
    ),
    (
        one(SetOptions(Ref(), (Choice("size", "small"),))),
        {"edits": [{"edit": "set_options", "product": None, "position": None, "options": {"size": "small"}}]},
    ),
    (
        one(SetOptions(Ref(), (Choice("size", "small"),), Decimal(1))),
        {
            "edits": [
                {"edit": "set_options", "product": None, "position": None, "options": {"size": "small"}, "quantity": 1}
            ]
        },
    ),
    (one(Keep(Ref("cake"))), {"edits": [{"edit": "keep", "product": "cake", "position": None}]}),
    (one(AddSame(Ref(), TWO)), {"edits": [{"edit": "add_same", "product": None, "position": None, "quantity": 2}]}),
    (
        one(Replace(Ref("cake"), LATTE)),
        {"items": [SHOWN], "edits": [{"edit": "replace", "product": "cake", "position": None}]},
    ),
    (intent.Pick(position=2), {"intent": "pick"}),
    (intent.AskPrice(LATTE), {"intent": "ask_price", "about": SHOWN}),
    (intent.AskPrice(), {"intent": "ask_price"}),
    (intent.AskStock(LATTE), {"intent": "ask_stock", "about": SHOWN}),
    (intent.AskProducts(), {"intent": "ask_products"}),
    (intent.AskOptions("latte"), {"intent": "ask_options"}),
    (intent.FindProducts("coffee", (), None, Decimal(3)), {"intent": "find_products"}),
    (intent.Compare("latte", "cake"), {"intent": "compare"}),
    (intent.HelpChoose(intent.FindProducts("coffee")), {"intent": "help_choose"}),
    (intent.Indifferent(), {"intent": "indifferent"}),
    (intent.Prefer((("diet", "vegan"),)), {"intent": "prefer"}),
    (intent.Coupon("summer10"), {"intent": "coupon"}),
    (intent.Spelled("kow"), {"intent": "spelled"}),
    (intent.AskHours("monday"), {"intent": "ask_hours"}),
    (intent.AskFaq("wifi"), {"intent": "ask_faq", "faq": "wifi"}),
    (intent.AskDelivery(), {"intent": "ask_delivery"}),
    (intent.AskPayment(), {"intent": "ask_payment"}),
    (intent.AskOrder("123456"), {"intent": "ask_order"}),
    (intent.AskUnknown(NotSold("beer")), {"intent": "ask_unknown", "not_sold": ["beer"]}),
    (intent.Digits("0071"), {"intent": "digits", "digits": "0071"}),
    (intent.Coupon("SUMMER10"), {"intent": "coupon", "digits": None}),
    (intent.Spelled("KOW"), {"intent": "spelled", "items": []}),
    (intent.Text("oak street", "12"), {"intent": "text"}),
    (intent.When("tomorrow", 300, "after"), {"intent": "when"}),
    (intent.Digits("007", clear=False), {"intent": "digits", "digits": None}),
    (intent.Number(Decimal(3)), {"intent": "number", "digits": None}),
    (intent.Said("it was cold", "quality"), {"intent": "said"}),
    (intent.Repeat("slower"), {"intent": "repeat"}),
    (intent.Simple("yes"), {"intent": "yes"}),
    (intent.Simple("no_recording"), {"intent": "no_recording"}),
    (intent.OnList(one(Add(LATTE))), {"intent": "on_list", "items": [SHOWN]}),
    (intent.Person("Ada"), {"intent": "person"}),
    (intent.Several((intent.Simple("yes"), one(Add(LATTE)))), {"intent": "yes+order", "items": [SHOWN]}),
]


@pytest.mark.parametrize(("meaning", "shown"), MEANINGS, ids=lambda value: str(value)[:40])
def test_a_meaning_as_json(meaning: intent.Meaning | None, shown: dict[str, Any]) -> None:
    found = described(meaning, kiosk())
    usual = {"intent": "order" if isinstance(meaning, Order) else None, "items": [], "digits": None}
    assert json.loads(json.dumps(found)) == usual | shown


def test_every_meaning_is_among_them() -> None:
    kinds = {type(each) for each, _ in MEANINGS} - {type(None)}
    assert kinds == {*get_args(intent.Intent), intent.Several, intent.Ambiguous}
    edits = {type(edit) for each, _ in MEANINGS if isinstance(each, Order) for edit in each.edits}
    assert edits == set(get_args(intent.Edit))


class Hears:
    """A recogniser and second pass that hear what they are told."""

    def __init__(self, first: str, second: str = "") -> None:
        self.first, self.second, self.asked = first, second, 0

    def listen(self, _phrases: Sequence[str]) -> Hears:
        return self

    def accept(self, _pcm: bytes) -> None: ...

    def finish(self) -> Transcript:
        return Transcript(self.first, "vosk")

    async def transcribe(self, _pcm: bytes, _hint: str) -> Transcript:
        self.asked += 1
        return Transcript(self.second, "whisper")


@pytest.mark.parametrize(
    ("first", "second", "expecting", "text", "engine", "asked"),
    [
        ("known", "known", "order", "known", "vosk", 0),
        ("mumble", "known", "order", "known", "whisper", 1),
        ("mumble", "noise", "order", "mumble", "vosk", 1),
        ("", "known", "order", "known", "whisper", 1),
        ("", "known", "digits", "", "vosk", 0),
    ],
)
async def test_the_second_opinion_is_asked_only_for_what_was_not_understood(
    first: str, second: str, expecting: str, text: str, engine: str, asked: int
) -> None:
    hears = Hears(first, second)
    understand = {"known": intent.Simple("yes")}
    ears = Ears(kiosk(), hears, hears, lambda said, _: understand.get(said), lambda _: (), str)  # type: ignore[arg-type]
    line = await ears.hear(b"", expecting)
    assert (line["transcript"], line["engine"], hears.asked) == (text, engine, asked)
    assert line["intent"] == ("yes" if text == "known" else None)
