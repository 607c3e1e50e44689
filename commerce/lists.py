"""Knows the shopping list of a household: how it is kept, changed and taken to a cart. Knows no customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from commerce.baskets import keep
from commerce.cart import Cart, Line, differences
from commerce.codec import from_json, to_json
from commerce.commands import ChangeList, ListToCart
from commerce.edits import AddLine, CartEdit
from commerce.outcomes import Change, Discontinued, ListChanged, ListKnown, ListMoved, Refusal, ShoppingList
from commerce.shelf import Shelf, apply_edit
from commerce.till import Till, open_cart


@dataclass(frozen=True, slots=True)
class _Kept:
    list: ShoppingList
    next_line: int


def read(till: Till, household: str) -> ListKnown:
    return ListKnown(_open(till, household).list)


def change(till: Till, command: ChangeList) -> ListChanged:
    return edit_list(till, command.household, command.edits, command.sure)


def edit_list(till: Till, household: str, edits: Iterable[CartEdit], sure: bool = True) -> ListChanged:
    kept = _open(till, household)
    cart, next_line = kept.list.cart, kept.next_line
    shelf = _shelf(till)
    refusals: list[Refusal] = []
    for edit in edits:
        after = apply_edit(cart, edit, shelf, next_line, sure)
        if isinstance(after, Cart):
            next_line += after.line(next_line) is not None
            cart = after
        else:
            refusals.append(after)
    changed = replace(kept.list, cart=cart)
    return ListChanged(changed, _keep(till, kept, changed, next_line), tuple(refusals))


def clear(till: Till, household: str) -> ListChanged:
    """What the shop has no more goes as well."""
    kept = _open(till, household)
    empty = ShoppingList(household, Cart(household, till.catalog.currency))
    return ListChanged(empty, _keep(till, kept, empty, kept.next_line))


def to_cart(till: Till, command: ListToCart) -> ListMoved:
    """Whole lines only: of what there is too little, all stays on the list."""
    kept, basket = _open(till, command.household), open_cart(till, command.cart)
    wanted = kept.list.cart.lines
    cart, next_line = basket.cart, basket.next_line
    shelf = till.shelf(line.product for line in (*wanted, *cart.lines))
    moved: list[Line] = []
    refusals: list[Refusal] = []
    for line in wanted:
        after = apply_edit(cart, AddLine(line.product, line.quantity, line.options), shelf, next_line, sure=True)
        if isinstance(after, Cart):
            next_line += after.line(next_line) is not None
            cart = after
            moved.append(line)
        else:
            refusals.append(after)
    rest = replace(kept.list.cart, lines=tuple(line for line in wanted if line not in moved), touched=None)
    left = replace(kept.list, cart=rest)
    if moved:
        _keep(till, kept, left, kept.next_line)
        keep(till, basket, cart, next_line, ())
        till.store.keep_moved(command.cart, command.household, to_json(tuple(moved)))
    return ListMoved(cart, tuple(moved), tuple(refusals), left)


def _shelf(till: Till) -> Shelf:
    """Everything the shop sells, with no end to it and at no price that counts."""
    return Shelf(till.catalog, {product.id: product.price for product in till.catalog.products}, {})


def _open(till: Till, household: str) -> _Kept:
    row = till.store.shopping_list(till.shop, household)
    empty = Cart(household, till.catalog.currency)
    if row is None:
        return _Kept(ShoppingList(household, empty), 1)
    cart, names = from_json(row["body"])
    called = dict(names)
    shelf = _shelf(till)
    known = tuple(line for line in cart.lines if shelf.price_of(line) is not None)
    lost = (line for line in cart.lines if line not in known)
    touched = cart.touched if any(line.id == cart.touched for line in known) else None
    discontinued = tuple(Discontinued(line, called[line.product]) for line in lost)
    return _Kept(ShoppingList(household, replace(empty, lines=known, touched=touched), discontinued), row["next_line"])


def _keep(till: Till, kept: _Kept, after: ShoppingList, next_line: int) -> tuple[Change, ...]:
    """The names are kept too: they are all that is left of a product that goes out of the shop file."""
    changes = tuple(Change(old, new) for old, new in differences(_whole(kept.list), _whole(after)))
    if changes:
        names = {line.product: till.catalog.by_id[line.product].name for line in after.cart.lines}
        names |= {each.line.product: each.name for each in after.discontinued}
        body = to_json((_whole(after), tuple(names.items())))
        till.store.keep_list(till.shop, after.household, body, next_line)
    return changes


def _whole(listed: ShoppingList) -> Cart:
    lost: Iterable[Line] = (each.line for each in listed.discontinued)
    return replace(listed.cart, lines=(*listed.cart.lines, *lost))
