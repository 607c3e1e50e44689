"""Knows how one recording or one typed line is understood on its own, and its JSON. Holds no conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from time import perf_counter
from typing import Any

from commerce.catalog import Catalog
from nlu import intent
from voice.readings import best_reading, dictated, remembered
from voice.recognizer import Recognizer, Transcript
from voice.second_pass import SecondPass
from voice.settings import Decoding
from voice.vad import spoken_part
from voice.weighing import settle, together, wants_second
from voxcart.hearing import can_stand_in, is_in_doubt, number_in, topics_of
from voxcart.quantities import quantity_of

Json = dict[str, Any]
Parse = Callable[[str, str], intent.Meaning | None]
"""(text, expecting) -> meaning."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one way to hear an utterance means."""

    meaning: intent.Meaning | None
    in_doubt: bool = False

    @property
    def understood(self) -> bool:
        return self.meaning is not None

    @property
    def replaceable(self) -> bool:
        return self.meaning is None or self.in_doubt

    @property
    def can_replace(self) -> bool:
        return self.meaning is not None and not self.in_doubt and can_stand_in(self.meaning)

    @property
    def dictated(self) -> str | None:
        return number_in(self.meaning)

    @property
    def gist(self) -> intent.Meaning | None:
        return self.meaning

    @property
    def topics(self) -> frozenset[object]:
        return frozenset() if self.meaning is None else topics_of(self.meaning)


@dataclass(frozen=True, slots=True)
class Ears:
    """All that is needed to understand recordings of one shop. Loaded once, used for many files."""

    catalog: Catalog
    recognizer: Recognizer
    second: SecondPass | None
    parse: Parse
    phrases: Callable[[str], Sequence[str]]
    hint: Callable[[str], str]
    """What may be said in answer to a kind of question, for the second opinion."""
    decoding: Decoding = field(default_factory=Decoding)

    async def hear(self, pcm: bytes, expecting: str) -> Json:
        """Understand 16 kHz mono s16le audio, as a line."""
        began = perf_counter()
        heard, read = await self.understand(pcm, expecting)
        return _line(heard.text, read.meaning, heard.engine, began, self.catalog)

    async def understand(self, pcm: bytes, expecting: str) -> tuple[Transcript, Opinion]:
        """What was said and means; the second opinion is asked only when the first was not understood."""
        hearing = self.recognizer.listen(self.phrases(expecting))
        hearing.accept(spoken := spoken_part(pcm))
        said = hearing.finish()
        read_so = remembered(partial(self._read, expecting=expecting))
        heard, read = best_reading(said, read_so, self.decoding.likelihood_margin)

        async def hear_again() -> Transcript | None:
            return await self.second.transcribe(spoken, self.hint(expecting)) if self.second else None

        if dictated(read) is not None:
            heard, read = await settle(said, read_so, hear_again, self.decoding)
        elif expecting != "digits" and wants_second(said, read, read_so, spoken, self.decoding):
            again = await hear_again()
            if again is not None:
                heard, read = together(said, (heard, read), again, read_so, spoken, self.decoding)
        return heard, read

    def _read(self, said: Transcript, expecting: str) -> Opinion:
        meaning = self.parse(said.text, expecting) if said.text else None
        return Opinion(meaning, meaning is not None and is_in_doubt(meaning, self.catalog))


def read_line(text: str, expecting: str, parse: Parse, catalog: Catalog) -> Json:
    """Understand one typed line."""
    began = perf_counter()
    return _line(text, parse(text, expecting), "typed", began, catalog)


def _line(text: str, meaning: intent.Meaning | None, engine: str, began: float, catalog: Catalog) -> Json:
    line = {"transcript": text, **described(meaning, catalog), "engine": engine}
    return {**line, "ms": round((perf_counter() - began) * 1000, 1)}


def described(meaning: intent.Meaning | None, catalog: Catalog) -> Json:
    """A meaning as JSON.

    `items` is what would be put into the cart without a question; `asks` what would be asked about first.
    """
    parts = _parts(meaning)
    line: Json = {"intent": _name(meaning), "items": [], "digits": None}
    edits: list[Json] = []
    asks: list[Json] = []
    unknown: list[str] = []
    for part in parts:
        match part:
            case intent.Order(made, _, not_sold) | intent.OnList(intent.Order(made, _, not_sold)):
                unknown += [lost.text for lost in not_sold]
                for edit in made:
                    _put(edit, line["items"], asks, edits, catalog)
            case intent.AskUnknown(lost):
                unknown.append(lost.text)
            case intent.AskPrice(item) | intent.AskStock(item) if item is not None:
                line["about"] = _item(item, catalog)
            case intent.Digits(digits, clear):
                line["digits"] = digits if clear else None
            case intent.AskFaq(faq):
                line["faq"] = faq
            case _:
                pass
    extras = {"edits": edits, "asks": asks, "not_sold": unknown}
    return line | {key: found for key, found in extras.items() if found}


def _parts(meaning: intent.Meaning | None) -> tuple[intent.Intent, ...]:
    match meaning:
        case None | intent.Ambiguous():
            return ()
        case intent.Several(parts):
            return parts
        case single:
            return (single,)


def _name(meaning: intent.Meaning | None) -> str | None:
    match meaning:
        case None:
            return None
        case intent.Several(parts):
            return "+".join(dict.fromkeys(_name(part) or "" for part in parts))
        case intent.Simple(name):
            return name
        case other:
            return "".join("_" + c.lower() if c.isupper() else c for c in type(other).__name__).lstrip("_")


def _put(edit: intent.Edit, items: list[Json], asks: list[Json], edits: list[Json], catalog: Catalog) -> None:
    match edit:
        case intent.Add(item) if _is_asked_about(item, catalog):
            also = [catalog.by_id[other].name for other in item.alternatives]
            asks.append(_item(item, catalog) | {"alternatives": also})
        case intent.Add(item):
            items.append(_item(item, catalog))
        case intent.Replace(ref, item):
            items.append(_item(item, catalog))
            edits.append({"edit": "replace", **_ref(ref, catalog)})
        case intent.AddSame(ref, quantity):
            edits.append({"edit": "add_same", **_ref(ref, catalog), "quantity": number(quantity)})
        case intent.Remove(ref, some):
            edits.append({"edit": "remove", **_ref(ref, catalog), "quantity": some and number(some)})
        case intent.SetQuantity(ref, quantity):
            edits.append({"edit": "set_quantity", **_ref(ref, catalog), "quantity": number(quantity)})
        case intent.Keep(ref):
            edits.append({"edit": "keep", **_ref(ref, catalog)})
        case intent.SetOptions(ref, options, some):
            only = {"quantity": number(some)} if some is not None else {}
            edits.append({"edit": "set_options", **_ref(ref, catalog), **_options(options, catalog), **only})


def _is_asked_about(item: intent.Item, catalog: Catalog) -> bool:
    """Whether the shop would ask before it puts the item into the cart, or not put it there as it was said."""
    product = catalog.by_id[item.product]
    quantity = quantity_of(product, item.quantity, item.unit)
    limit = catalog.max_quantity if product.max_quantity is None else product.max_quantity
    refused = any(choice.group not in product.options for choice in item.options)
    doubted = not isinstance(quantity, Decimal) or quantity > limit
    return item.guessed or bool(item.alternatives) or refused or doubted


def number(quantity: Decimal) -> int | float:
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def _item(item: intent.Item, catalog: Catalog) -> Json:
    described: Json = {
        "product": catalog.by_id[item.product].name,
        "quantity": number(item.quantity if item.quantity is not None else Decimal(1)),
        **_options(item.options, catalog),
    }
    return described | ({"unit": item.unit} if item.unit else {})


def _options(options: tuple[intent.Choice, ...], catalog: Catalog) -> Json:
    chosen: dict[str, Any] = {}
    without: dict[str, str] = {}
    for choice in options:
        spoken = _spoken(choice, catalog)
        if not choice.wanted:
            without[choice.group] = spoken
        elif choice.group in chosen:
            before = chosen[choice.group]
            chosen[choice.group] = [*before, spoken] if isinstance(before, list) else [before, spoken]
        else:
            chosen[choice.group] = spoken
    return {"options": chosen} | ({"without": without} if without else {})


def _spoken(choice: intent.Choice, catalog: Catalog) -> str:
    group = catalog.group_by_id[choice.group]
    value = next(value.name for value in group.values if value.id == choice.value)
    amount = next((amount.name for amount in group.amounts if amount.id == choice.amount), None)
    return f"{amount} {value}" if amount else value


def _ref(ref: intent.Ref, catalog: Catalog) -> Json:
    return {"product": catalog.by_id[ref.product].name if ref.product else None, "position": ref.position}
