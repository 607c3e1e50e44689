"""Knows what a clause that asks something wants to know. Knows no answer. PURE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from nlu.clauses import Clause
from nlu.draft import Draft
from nlu.intent import (
    AskDelivery,
    AskFaq,
    AskHours,
    AskOptions,
    AskOrder,
    AskPayment,
    AskPrice,
    AskProducts,
    AskStock,
    AskUnknown,
    Intent,
    Item,
    NotSold,
)
from nlu.lexicon import Category, Day, Group, Lexicon, Product, Quantity, Reading, Value
from nlu.numbers import read_digits
from nlu.reader import Reader
from nlu.segments import Segment

Nearest = Callable[[str], tuple[str, ...]]
ORDER = (
    "hours",
    "order_status",
    "delivery",
    "payment",
    "menu",
    "price",
    "options",
    "options_group",
    "products",
    "containing",
    "quality",
    "stock",
)


def ask(clause: Clause, lexicon: Lexicon, nearest: Nearest) -> Intent | None:
    """The question that the clause asks; None = none that is known."""
    for name in ORDER:
        if f"questions.{name}" in clause.cues and (found := _ask(name, clause, lexicon, nearest)):
            return found
    return None


def _ask(name: str, clause: Clause, lexicon: Lexicon, nearest: Nearest) -> Intent | None:
    body = clause.body
    match name:
        case "hours":
            return (
                AskHours(_day(clause))
                if all(piece.find(Day) or piece.cue("links.", "words.") for piece in body)
                else None
            )
        case "order_status":
            return _order(clause, lexicon)
        case "delivery":
            return _delivery(body, lexicon) if _names_nothing(body) else None
        case "payment":
            return AskPayment() if _names_nothing(body) else None
        case "menu":
            return AskProducts(_kind(clause, lexicon)) if _names_nothing(body) else None
        case "price":
            return _price(body, clause, lexicon, nearest)
        case "options" | "options_group":
            return _options(name, body)
        case "products":
            ends = any(_is_end(piece) for piece in body)
            return _products(body) or (_stock(body, clause, lexicon, nearest) if ends else None)
        case "containing":
            return _containing(body, lexicon) or _stock(body, clause, lexicon, nearest)
        case "quality":
            return _quality(clause, lexicon) or _stock(body, clause, lexicon, nearest)
        case _:
            return _stock(body, clause, lexicon, nearest)


def _quality(clause: Clause, lexicon: Lexicon) -> Intent | None:
    """What something is like: told by its options, or not known; "available" is no quality."""
    body = clause.body
    product, value = _first(body, Product), _first(body, Value)
    named = product or clause.lead[-1:] in lexicon.phrases("links.it")
    if any(_is_end(piece) for piece in body):
        return None
    if isinstance(value, Value):
        return AskOptions(product.ids[0] if isinstance(product, Product) else None, value.pairs[0][0])
    said = [piece for piece in body if piece.find(Product) != product]
    unlike = (
        not piece.readings or (isinstance(part := piece.find(Product), Product) and not part.whole) for piece in said
    )
    vague = product is None and bool(body) and not any(piece.find(Category) or piece.find(Group) for piece in body)
    return AskFaq("") if named and (vague or any(unlike)) else None


def _kind(clause: Clause, lexicon: Lexicon) -> str | None:
    """The category of what is drunk, if that was asked for and there is one."""
    if not any(piece.cue("links.thirst") for piece in clause.pieces):
        return None
    names = lexicon.phrases("links.drinks")
    found = (
        each.id for each in lexicon.vocabulary.categories if any(tuple(said.split()) in names for said in each.spoken)
    )
    return next(found, None)


def _names_nothing(body: Sequence[Segment]) -> bool:
    """Whether no goods are in it: "do you deliver downtown and ..."."""
    return all(not piece.readings or piece.cue("words.and", "links.to") or piece.find(Quantity) for piece in body)


def _day(clause: Clause) -> str | None:
    days = (piece.find(Day) for piece in clause.pieces)
    return next((day.id for day in days if isinstance(day, Day)), None)


def _delivery(body: Sequence[Segment], lexicon: Lexicon) -> Intent:
    numbers = [word for piece in body if piece.find(Quantity) for word in piece.words]
    digits, clear = read_digits(numbers, lexicon.language)
    return AskDelivery(digits if clear and len(digits) > 2 else None)


def _order(clause: Clause, lexicon: Lexicon) -> Intent | None:
    words = [word for piece in clause.body for word in piece.words]
    digits, clear = read_digits(words, lexicon.language)
    return AskOrder(digits or None) if clear or not words else None


def _is_end(piece: Segment) -> bool:
    return any(cue.startswith("questions.") and cue.endswith("_end") for cue in piece.cues)


def _thing(clause: Clause, lexicon: Lexicon, nearest: Nearest) -> Item | NotSold | None:
    """What the question is about; None = "it", or nothing that could be a thing."""
    kept = [piece for piece in clause.pieces if not _is_end(piece)]
    phrases = Reader(lexicon, kept).read()
    draft = Draft(lexicon, nearest)
    for phrase in phrases:
        if phrase.product is not None:
            item = draft.item(phrase)
            return replace(item, quantity=None) if phrase.article else item
        if phrase.lost_things:
            return NotSold(phrase.lost_things[0], nearest(phrase.lost_things[0]))
    return None


def _is_it(body: Sequence[Segment]) -> bool:
    return all(_is_end(piece) or piece.cue("links.it", "links.one", "questions.about_it") for piece in body)


def _price(body: Sequence[Segment], clause: Clause, lexicon: Lexicon, nearest: Nearest) -> Intent | None:
    if _is_it(body):
        return AskPrice()
    match _thing(clause, lexicon, nearest):
        case Item() as item:
            return AskPrice(item)
        case NotSold() as lost:
            return AskUnknown(lost)
        case _:
            return _group_of(body)


def _group_of(body: Sequence[Segment]) -> Intent | None:
    value = _first(body, Value)
    return AskOptions(None, value.pairs[0][0]) if isinstance(value, Value) else None


def _stock(body: Sequence[Segment], clause: Clause, lexicon: Lexicon, nearest: Nearest) -> Intent | None:
    product, category = _first(body, Product), _first(body, Category)
    if kind := _kind(clause, lexicon) if product is None else None:
        return AskProducts(kind)
    if isinstance(category, Category) and not (isinstance(product, Product) and product.whole):
        return AskProducts(category.id)
    if not body or _is_it(body):
        return AskStock()
    match _thing(clause, lexicon, nearest):
        case Item() as item:
            return AskStock(item)
        case NotSold() as lost:
            return AskUnknown(lost)
        case _:
            return _group_of(body)


def _containing(body: Sequence[Segment], lexicon: Lexicon) -> Intent | None:
    """Everything that has the words in its name: "anything with chocolate"."""
    words = [word for piece in body if not _is_end(piece) for word in piece.words]
    found = [each.id for each in lexicon.sharing(words) if lexicon.has_words(each.id, words)]
    return AskStock(Item(found[0], alternatives=tuple(found[1:]))) if found else None


def _products(body: Sequence[Segment]) -> Intent | None:
    category = _first(body, Category)
    return AskProducts(category.id) if isinstance(category, Category) else None


def _options(name: str, body: Sequence[Segment]) -> Intent | None:
    group, product, value = _first(body, Group), _first(body, Product), _first(body, Value)
    group_id = group.id if isinstance(group, Group) else None
    if group_id is None and isinstance(value, Value) and product is None:
        group_id = value.pairs[0][0]
    named = isinstance(product, Product) and (product.whole or group_id is None)
    product_id = product.ids[0] if named and isinstance(product, Product) else None
    if name == "options_group" and _first(body, Category) and not (isinstance(product, Product) and product.whole):
        return None
    if name == "options_group":
        return AskOptions(product_id if group_id else None, group_id) if group_id else None
    if product_id or group_id or not body or _is_it(body):
        return AskOptions(product_id, group_id)
    return None


def _first(body: Sequence[Segment], kind: type[Reading]) -> Reading | None:
    return next((found for piece in body if (found := piece.find(kind)) is not None), None)
