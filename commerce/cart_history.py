"""Knows how changes of a cart are taken back and made again, and what came from a list with them. Knows no wording."""

from __future__ import annotations

from collections.abc import Iterable

from commerce.cart import Line, differences
from commerce.codec import from_json
from commerce.commands import RedoCart, UndoCart
from commerce.edits import AddLine, CartEdit, RemoveLine, SetLineQuantity
from commerce.lists import edit_list
from commerce.outcomes import CartChanged, Change, NothingToUndo
from commerce.till import Till, open_cart


def undo(till: Till, command: UndoCart) -> CartChanged | NothingToUndo:
    return _move(till, command.cart, -1)


def redo(till: Till, command: RedoCart) -> CartChanged | NothingToUndo:
    return _move(till, command.cart, +1)


def _move(till: Till, cart_id: str, by: int) -> CartChanged | NothingToUndo:
    before = open_cart(till, cart_id).cart
    moved = till.store.moved_with(cart_id, ahead=max(by, 0))
    if not till.store.move_cart(cart_id, by):
        return NothingToUndo(before)
    after = open_cart(till, cart_id).cart
    changes = tuple(Change(*pair) for pair in differences(before, after))
    if moved is None:
        return CartChanged(after, changes)
    lines: tuple[Line, ...] = from_json(moved["lines"])
    edit_list(till, moved["household"], _back(lines) if by < 0 else _off(till, moved["household"], lines))
    return CartChanged(after, changes, relisted=by < 0)


def _back(lines: Iterable[Line]) -> list[CartEdit]:
    return [AddLine(line.product, line.quantity, line.options) for line in lines]


def _off(till: Till, household: str, lines: Iterable[Line]) -> list[CartEdit]:
    """So much as is on the list of each, others may have taken something off it."""
    edits: list[CartEdit] = []
    on_list = edit_list(till, household, ()).list.cart.lines
    for line in lines:
        for each in on_list:
            if (each.product, each.options) == (line.product, line.options):
                left = each.quantity - line.quantity
                edits.append(SetLineQuantity(each.id, left) if left > 0 else RemoveLine(each.id))
    return edits
