"""Knows names for what a caller may have meant, to ask which it was. PURE."""

from __future__ import annotations

from decimal import Decimal

from nlu import intent
from voxcart.edits import chosen
from voxcart.facts import Arg, DigitGroups, Fact, Goods, Listed, Named, fact


def wanted(item: intent.Item) -> Goods:
    return Goods(item.product, item.quantity or Decimal(1), chosen(item.options))


def reading(meant: intent.Intent) -> Fact:
    """A name for one of several things the caller may have meant."""
    match meant:
        case intent.Order((edit, *_)) | intent.OnList(intent.Order((edit, *_))):
            return _edit_reading(edit)
        case intent.Simple(name):
            return fact("reading-simple", name=name)
        case intent.AskPrice(item) | intent.AskStock(item) if item:
            return fact("reading-about", goods=Goods(item.product, None))
        case intent.Digits(digits):
            return fact("reading-digits", number=DigitGroups(digits))
        case other:
            return fact("reading-question", kind=type(other).__name__)


def _edit_reading(edit: intent.Edit) -> Fact:
    match edit:
        case intent.Add(item) | intent.Replace(_, item):
            return fact("reading-goods", goods=wanted(item))
        case intent.Remove(ref):
            return fact("reading-remove", what=_pointed(ref))
        case intent.Keep(ref):
            return fact("reading-keep", what=_pointed(ref))
        case intent.SetQuantity(ref, quantity) | intent.AddSame(ref, quantity):
            return fact("reading-quantity", what=_pointed(ref), n=quantity)
        case intent.SetOptions(_, options):
            return fact("reading-options", options=Listed(chosen(options)))


def _pointed(ref: intent.Ref) -> Arg:
    return Named("product", ref.product) if ref.product else fact("it")
