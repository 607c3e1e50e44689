"""Knows what to say, and what to ask instead, where the shop refuses an edit. Knows no other outcome. PURE."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from commerce.cart import Chosen
from commerce.commands import ChangeCart, Command
from commerce.edits import AddLine, CartEdit, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from commerce.outcomes import Instead, LineGone, OptionMissing, OptionRefused, OutOfStock, QuantityDoubted, Refusal
from commerce.restrictions import NotByPhone
from voxcart.answers import takes_no
from voxcart.facts import Fact, Goods, Listed, Named, fact
from voxcart.states import AskingOption, AskingQuantity, Confirming, ConfirmingQuantity, Doubt, Scene


def refused_edit(refusal: Refusal, command: Command, scene: Scene) -> tuple[tuple[Fact, ...], Doubt | None]:
    match refusal:
        case NotByPhone(product):
            return (fact("not-by-voice", product=Named("product", product)),), None
        case OutOfStock(product, instead=Instead() as offer) if edit := _edit_of(command, product, scene):
            return _offered(product, edit, offer)
        case OutOfStock(product, _, available):
            return _out_of_stock(product, available, command, scene)
        case OptionRefused():
            return _option_refused(refusal, _edit_of(command, refusal.product, scene, refusal.chosen))
        case OptionMissing(product, group, edit):
            allowed = tuple(value.id for value in scene.catalog.group_by_id[group].values)
            return (), AskingOption(edit, product, group, allowed, needed=True)
        case QuantityDoubted(product, _, edit, True):
            return (), ConfirmingQuantity(edit, product)
        case QuantityDoubted(product, quantity, edit):
            said = fact("quantity-impossible", goods=Goods(product, abs(quantity)))
            return (said,), None if isinstance(edit, RemoveLine) else AskingQuantity(edit, product)
        case LineGone():
            return (fact("no-such-line"),), None


def _option_refused(refused: OptionRefused, edit: CartEdit | None) -> tuple[tuple[Fact, ...], Doubt | None]:
    """Name what can be had instead; where the product takes no such option at all, offer it without."""
    product, option = refused.product, refused.chosen
    bare = _without_group(edit, option.group) if edit else None
    if refused.allowed:
        said = fact("option-refused", product=Named("product", product), option=option)
        asking = AskingOption(bare, product, option.group, refused.allowed, needed=False) if bare else None
        return (said,), asking
    said = takes_no(product, option.group)
    if not isinstance(bare, AddLine):
        return (said,), None
    return (said,), Confirming(bare, fact("ask-without", goods=Goods(product, bare.quantity, bare.options)))


def _without_group(edit: CartEdit, group: str) -> CartEdit:
    match edit:
        case AddLine() | ReplaceLine() | SetLineOptions():
            return replace(edit, options=tuple(each for each in edit.options if each.group != group))
        case _:
            return edit


def _edit_of(command: Command, product: str, scene: Scene, option: Chosen | None = None) -> CartEdit | None:
    """The edit of the command that concerns this product, and this option if there is one."""
    if not isinstance(command, ChangeCart):
        return None
    for edit in command.edits:
        about = getattr(edit, "product", None)
        if about is None and (line := scene.cart.line(getattr(edit, "line", -1))):
            about = line.product
        if about == product and (option is None or option in getattr(edit, "options", ())):
            return edit
    return None


def _offered(product: str, edit: CartEdit, offer: Instead) -> tuple[tuple[Fact, ...], Doubt | None]:
    """One thing in its place, with what it costs more or less; it is added only on "yes"."""
    assert isinstance(edit, AddLine)
    other = replace(edit, product=offer.product)
    said = fact("sold-out", products=Listed((Named("product", product),)))
    asked = fact(
        "ask-substitute",
        goods=Goods(offer.product, edit.quantity, edit.options),
        how=offer.price,
        price=offer.difference,
        n=int(edit.quantity != 1),
    )
    return (said,), Confirming(other, asked)


def _out_of_stock(
    product: str, available: Decimal, command: Command, scene: Scene
) -> tuple[tuple[Fact, ...], Doubt | None]:
    edit = _edit_of(command, product, scene)
    held = scene.cart.held(product)
    if available <= 0:
        return (fact("sold-out", products=Listed((Named("product", product),))),), None
    short = fact("only-left", goods=Goods(product, available))
    if isinstance(edit, AddLine) and available > held:
        return (short,), rest_of(replace(edit, quantity=available - held), product, available - held)
    if isinstance(edit, SetLineQuantity) and available > scene.cart.held(product, apart_from=edit.line):
        most = available - scene.cart.held(product, apart_from=edit.line)
        return (short,), rest_of(SetLineQuantity(edit.line, most), product, most)
    return (fact("no-more-left", goods=Goods(product, available)),), None


def rest_of(edit: CartEdit, product: str, quantity: Decimal) -> Confirming:
    return Confirming(edit, fact("ask-rest", goods=Goods(product, quantity)))
