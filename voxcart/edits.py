"""Knows which line of the cart is meant and how much of a product. Does not know whether the shop can do it. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from commerce.cart import Cart, Chosen, Line
from commerce.catalog import Catalog, Product
from commerce.commands import AddLine, CartEdit, RemoveLine, ReplaceLine, SetLineOptions, SetLineQuantity
from nlu import intent
from voxcart.facts import Fact, Goods, Listed, Measure, Named, fact
from voxcart.quantities import MEASURES as MEASURES
from voxcart.quantities import Quantity as Quantity
from voxcart.quantities import convert as convert
from voxcart.quantities import pack_of, unit_meant
from voxcart.quantities import packs_for as packs_for
from voxcart.quantities import quantity_of as quantity_of
from voxcart.states import (
    AskingQuantity,
    Choosing,
    ChoosingLine,
    Confirming,
    ConfirmingGuess,
    ItemQuestion,
    Scene,
)


@dataclass(slots=True)
class Resolved:
    """What an utterance comes to: edits that can be sent, things to say, questions to ask first."""

    edits: list[CartEdit] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    asks: list[ItemQuestion] = field(default_factory=list)
    left: dict[int, Decimal] = field(default_factory=dict)
    """What earlier parts of the utterance left of lines that they divided."""


def resolve(
    edits: tuple[intent.Edit, ...], scene: Scene, topic: intent.Item | None = None, removed: tuple[Goods, ...] = ()
) -> Resolved:
    """Turn the caller's edits into the shop's.

    `topic` is what was just asked about, which "it" may mean; `removed` is what was just taken off.
    """
    resolved = Resolved()
    for edit in edits:
        match edit:
            case intent.Add(item) | intent.Replace(_, item) if item.guessed:
                resolved.asks.append(ConfirmingGuess(edit))
            case intent.Add(item) | intent.Replace(_, item) if item.alternatives:
                resolved.asks.append(choosing(edit, scene))
            case intent.Add(item) if item.only and _restrict(resolved, item, scene.cart):
                continue
            case intent.Add(item):
                _add(resolved, item, scene.catalog)
            case intent.Remove(ref, None) if ref == intent.Ref() and _has_removed(resolved):
                continue  # "I don't like croissants, take it off" takes off one thing
            case intent.Keep(ref):
                _keep(resolved, ref, scene, removed)
            case intent.Replace(ref, item) if ref == intent.Ref() and not (scene.cart.lines or resolved.edits):
                _add(resolved, item, scene.catalog)
            case intent.Replace(ref, item) if ref.product and not _is_there(ref, resolved, scene.cart):
                resolved.facts += [_absent(ref, scene.cart)] if scene.cart.lines else []
                _add(resolved, item, scene.catalog)
            case intent.SetQuantity(ref, quantity, unit) if (
                ref.product and quantity > 0 and not ref.alternatives and not _is_there(ref, resolved, scene.cart)
            ):
                _add(resolved, intent.Item(ref.product, quantity, unit, ref.options), scene.catalog)
            case intent.SetOptions(ref, options, some) if (
                topic is not None and ref == intent.Ref() and some is not None
            ):
                _add(resolved, replace(topic, quantity=some, options=options), scene.catalog)
            case intent.SetOptions(ref, options, None) if (
                topic is not None and ref == intent.Ref() and not resolved.edits and _is_of(topic, options, scene)
            ):
                _add(resolved, replace(topic, options=options), scene.catalog)
            case intent.AddSame(ref, quantity, unit) if topic is not None and ref == intent.Ref():
                _add(resolved, replace(topic, quantity=quantity, unit=unit), scene.catalog)
            case intent.SetQuantity(ref, quantity, unit) if topic is not None and ref == intent.Ref() and quantity > 0:
                _add(resolved, replace(topic, quantity=quantity, unit=unit), scene.catalog)
            case pointing:
                _point(resolved, pointing, scene)
    return resolved


def _restrict(resolved: Resolved, item: intent.Item, cart: Cart) -> bool:
    """ "Just two lattes" of three, and "only the latte" of what is in the cart; False = it is something new."""
    lines = lines_of(intent.Ref(item.product), cart)
    if len(lines) != 1 or item.options or resolved.edits:
        return False
    if item.quantity is None:
        resolved.edits += [RemoveLine(line.id) for line in cart.lines if line is not lines[0]]
    elif item.quantity < lines[0].quantity and item.unit is None:
        resolved.edits.append(SetLineQuantity(lines[0].id, item.quantity))
    return bool(resolved.edits)


def _is_of(topic: intent.Item, options: tuple[intent.Choice, ...], scene: Scene) -> bool:
    """Whether options are those of what was just asked about, and that is not there yet: "large and black, please"."""
    if any(line.product == topic.product for line in scene.cart.lines):
        return False
    takes = scene.catalog.by_id[topic.product].options
    return all(each.wanted and each.group in takes for each in options)


def product_of(edit: intent.Edit) -> str | None:
    """What is to be so many or so much by this edit."""
    match edit:
        case intent.Add(item):
            return item.product
        case intent.SetQuantity(ref):
            return ref.product
        case _:
            return None


def _is_there(ref: intent.Ref, resolved: Resolved, cart: Cart) -> bool:
    added = {edit.product for edit in resolved.edits if isinstance(edit, AddLine)}
    return bool(lines_of(ref, cart)) or not added.isdisjoint((ref.product, *ref.alternatives))


def _has_removed(resolved: Resolved) -> bool:
    return bool(resolved.edits) and isinstance(resolved.edits[-1], RemoveLine)


def choosing(edit: intent.Add | intent.Replace, scene: Scene) -> Choosing:
    products = tuple(dict.fromkeys((edit.item.product, *edit.item.alternatives)))
    some = scene.settings.options_at_a_time
    return Choosing(products[:some], products[some:], edit, "which")


def instead_of(lost: intent.NotSold, scene: Scene) -> Choosing | None:
    """What the shop offers in place of what it has not."""
    some = scene.settings.options_at_a_time
    near = tuple(each for each in lost.nearest if each in scene.catalog.by_id)
    return Choosing(near[:some], near[some:], intent.Add(intent.Item(near[0])), "instead") if near else None


def chosen(options: tuple[intent.Choice, ...]) -> tuple[Chosen, ...]:
    return tuple(Chosen(each.group, each.value, each.amount, each.wanted) for each in options)


# ---- quantities ----------------------------------------------------------------------------------------------


def _add(resolved: Resolved, item: intent.Item, catalog: Catalog) -> None:
    product = catalog.by_id[item.product]
    edit = AddLine(item.product, Decimal(1), chosen(item.options))
    _with_quantity(resolved, edit, quantity_of(product, item.quantity, item.unit), product)


def _with_quantity(
    resolved: Resolved, edit: AddLine | SetLineQuantity | ReplaceLine, quantity: Quantity, product: Product
) -> None:
    match quantity:
        case None:
            resolved.asks.append(AskingQuantity(edit, product.id))
        case Measure() as measure:
            pack = pack_of(product)
            packs = packs_for(measure, pack) if pack else None
            if pack is None or packs is None:
                resolved.facts.append(fact("sold-by-piece", product=Named("product", product.id)))
                resolved.asks.append(AskingQuantity(edit, product.id))
            else:
                asked = fact("ask-packs", product=Named("product", product.id), pack=pack, n=packs)
                resolved.asks.append(Confirming(with_quantity(edit, packs), asked))
        case number:
            resolved.edits.append(with_quantity(edit, number))


def with_quantity(edit: CartEdit, quantity: Decimal) -> CartEdit:
    match edit:
        case AddLine() | SetLineQuantity() | ReplaceLine():
            return replace(edit, quantity=quantity)
        case RemoveLine() | SetLineOptions():
            return edit


# ---- references ----------------------------------------------------------------------------------------------


def lines_of(ref: intent.Ref, cart: Cart) -> tuple[Line, ...]:
    """The lines that a reference may mean; more than one only where the caller must be asked, or said "all"."""
    if ref == intent.Ref():
        touched = cart.line(cart.touched) if cart.touched is not None else None
        return (touched,) if touched else cart.lines
    fitting = tuple(line for line in cart.lines if fits(line, ref))
    if ref.position is None:
        return fitting
    at = ref.position - 1 if ref.position > 0 else ref.position
    return (fitting[at],) if -len(fitting) <= at < len(fitting) else ()


def fits(line: Line, ref: intent.Ref) -> bool:
    has = {(each.group, each.value) for each in line.options if each.wanted}
    return (ref.product is None or line.product in (ref.product, *ref.alternatives)) and all(
        ((each.group, each.value) in has) == each.wanted for each in ref.options
    )


def just_removed(said: tuple[Fact, ...]) -> tuple[Goods, ...]:
    """What the caller was just told was taken off."""
    listed = (value for each in said if each.key == "removed" for _, value in each.args)
    return tuple(item for each in listed if isinstance(each, Listed) for item in each.items if isinstance(item, Goods))


def just_added(said: tuple[Fact, ...]) -> bool:
    """Whether one thing was put in a moment before, so that a number alone tells how many it should be."""
    added = [value for each in said if each.key == "added" for _, value in each.args]
    items = [item for each in added if isinstance(each, Listed) for item in each.items]
    return len(items) == 1 and isinstance(items[0], Goods) and items[0].quantity == 1


def _keep(resolved: Resolved, ref: intent.Ref, scene: Scene, removed: tuple[Goods, ...]) -> None:
    spared = {line.id for line in lines_of(ref, scene.cart)}
    left = [edit for edit in resolved.edits if not (isinstance(edit, RemoveLine) and edit.line in spared)]
    if len(left) < len(resolved.edits):
        resolved.edits = left
        return
    if not spared:  # "just the latte", where there is none, takes nothing off
        resolved.edits = [edit for edit in resolved.edits if not isinstance(edit, RemoveLine)]
    back = tuple(each for each in removed if ref.product is None or each.product in (ref.product, *ref.alternatives))
    resolved.edits += [AddLine(each.product, each.quantity or Decimal(1), each.options) for each in back]
    if not back and lines_of(ref, scene.cart):
        resolved.facts.append(fact("unchanged"))
    elif not back:
        resolved.facts.append(_absent(ref, scene.cart))


def _absent(ref: intent.Ref, cart: Cart, added: bool = False) -> Fact:
    """`added`: something was put in by the same utterance."""
    if ref.product and (cart.lines or added):
        return fact("not-in-cart", product=Named("product", ref.product))
    return fact("no-such-line" if cart.lines else "cart-empty")


def _point(resolved: Resolved, edit: intent.Edit, scene: Scene) -> None:
    """An edit of something that is already there: in the cart, or earlier in the same utterance."""
    assert not isinstance(edit, intent.Add)
    if _fold(resolved, edit, scene.catalog):
        return
    if isinstance(edit, intent.Replace):
        edit = _at_its_own_line(edit, scene.cart)
    ref, cart = edit.ref, scene.cart
    lines = lines_of(ref, cart)
    if not lines:
        absent = _absent(ref, cart, any(isinstance(each, AddLine) for each in resolved.edits))
        resolved.facts += [absent] if absent not in resolved.facts else []
    elif len(lines) == 1 or ref.every:
        for line in lines:
            apply(resolved, edit, line, scene.catalog)
    else:
        resolved.asks.append(ChoosingLine(tuple(line.id for line in lines), edit))


def _at_its_own_line(edit: intent.Replace, cart: Cart) -> intent.Replace:
    """ "make that two cappuccinos" means the cappuccino of the cart where there is one, whatever was touched last."""
    if edit.ref != intent.Ref() or edit.item.quantity is None or cart.touched is None:
        return edit
    own = intent.Ref(edit.item.product)
    touched = {line.product for line in lines_of(edit.ref, cart)}
    return edit if edit.item.product in touched or not lines_of(own, cart) else replace(edit, ref=own)


def apply(resolved: Resolved, edit: intent.Edit, line: Line, catalog: Catalog) -> None:
    """Make the edit on this line."""
    match edit:
        case intent.AddSame(_, quantity, unit):
            product = catalog.by_id[line.product]
            more = quantity if product.unit == "each" else line.quantity
            amount = quantity_of(product, quantity, unit) if unit else more
            _with_quantity(resolved, AddLine(line.product, Decimal(1), line.options), amount, product)
        case intent.Remove(_, quantity):
            resolved.edits.append(RemoveLine(line.id, quantity))
        case intent.SetQuantity(_, quantity, unit) if quantity > 0:
            product = catalog.by_id[line.product]
            amount = quantity_of(product, quantity, unit or unit_meant(product, quantity, line))
            _with_quantity(resolved, SetLineQuantity(line.id, Decimal(1)), amount, product)
        case intent.SetQuantity():
            resolved.edits.append(RemoveLine(line.id))
        case intent.SetOptions(_, options, some) if some is not None:
            _divide(resolved, line, options, some, catalog)
        case intent.SetOptions(_, options, None, instead):
            other = _other(line, options[0], catalog) if instead else ()
            resolved.edits.append(_set_options(line, (*other, *options), catalog))
        case intent.Replace(_, item):
            product = catalog.by_id[item.product]
            whole = ReplaceLine(line.id, item.product, None, chosen(item.options))
            if item.quantity is None:
                resolved.edits.append(whole)
            else:
                _with_quantity(resolved, whole, quantity_of(product, item.quantity, item.unit), product)
        case intent.Add(item):
            _add(resolved, item, catalog)


def _divide(
    resolved: Resolved, line: Line, options: tuple[intent.Choice, ...], some: Decimal, catalog: Catalog
) -> None:
    """Give only so many of the line these options; the rest stays as it is."""
    left = resolved.left.get(line.id, line.quantity)
    if some < left:
        mended = with_choices(line.options, options, catalog)
        resolved.edits += [RemoveLine(line.id, some), AddLine(line.product, some, mended)]
        resolved.left[line.id] = left - some
    elif some == left or line.id not in resolved.left:
        resolved.edits.append(_set_options(line, options, catalog))
        resolved.edits += [SetLineQuantity(line.id, some)] if some > left else []
        resolved.left[line.id] = Decimal(0)
    else:
        resolved.facts.append(fact("no-such-line"))


def with_choices(old: tuple[Chosen, ...], new: tuple[intent.Choice, ...], catalog: Catalog) -> tuple[Chosen, ...]:
    """The options with the new ones in the place of those that they exclude or take off."""
    gone = _taken_off(new, old, catalog)
    single = {each.group for each in new if each.wanted and catalog.group_by_id[each.group].choose == "one"}
    named = {(each.group, each.value) for each in new}
    left = (each for each in old if each.group not in single and (each.group, each.value) not in (*gone, *named))
    return (*left, *_put_on(new, old, catalog))


def _other(line: Line, new: intent.Choice, catalog: Catalog) -> tuple[intent.Choice, ...]:
    """What the new choice takes the place of where many can be chosen: the only one that was."""
    chosen = [each for each in line.options if each.group == new.group and each.wanted]
    if len(chosen) != 1 or chosen[0].value == new.value or catalog.group_by_id[new.group].choose == "one":
        return ()
    return (intent.Choice(new.group, chosen[0].value, wanted=False),)


def _set_options(line: Line, options: tuple[intent.Choice, ...], catalog: Catalog) -> SetLineOptions:
    old = line.options
    return SetLineOptions(line.id, _put_on(options, old, catalog), _taken_off(options, old, catalog))


def _taken_off(
    options: tuple[intent.Choice, ...], old: tuple[Chosen, ...], catalog: Catalog
) -> tuple[tuple[str, str], ...]:
    """What "without" takes off: the named value, or the other one of its group ("no milk" of oat milk)."""
    off: list[tuple[str, str]] = []
    for unwanted in (each for each in options if not each.wanted):
        of_group = [(each.group, each.value) for each in old if each.group == unwanted.group and each.wanted]
        named = (unwanted.group, unwanted.value)
        single = catalog.group_by_id[unwanted.group].choose == "one"
        off += [named] if named in of_group else of_group if single else []
    return tuple(dict.fromkeys(off))


def _put_on(options: tuple[intent.Choice, ...], old: tuple[Chosen, ...], catalog: Catalog) -> tuple[Chosen, ...]:
    """What is wanted; and what is refused, unless that only takes back what was chosen: the kitchen must know of it."""

    def is_taken_back(each: intent.Choice) -> bool:
        default = catalog.group_by_id[each.group].default
        return each.value != default and bool(_taken_off((each,), old, catalog))

    return chosen(tuple(each for each in options if each.wanted or not is_taken_back(each)))


def _fold(resolved: Resolved, edit: intent.Edit, catalog: Catalog) -> bool:
    """ "it", just after something was added in the same utterance, is that thing and not a line of the cart."""
    last = resolved.edits[-1] if resolved.edits else None
    if isinstance(edit, intent.SetOptions) and resolved.left:
        return False
    if not isinstance(last, AddLine) or isinstance(edit, intent.Add) or edit.ref != intent.Ref():
        return False
    match edit:
        case intent.AddSame(_, quantity):
            resolved.edits[-1] = replace(last, quantity=last.quantity + quantity)
        case intent.SetQuantity(_, quantity):
            resolved.edits[-1] = replace(last, quantity=quantity)
        case intent.Remove(_, quantity) if quantity is not None and quantity < last.quantity:
            resolved.edits[-1] = replace(last, quantity=last.quantity - quantity)
        case intent.SetOptions(_, options, some) if some is not None and some < last.quantity:
            part = replace(last, quantity=some, options=with_choices(last.options, options, catalog))
            resolved.edits[-1:] = [part, replace(last, quantity=last.quantity - some)]
        case intent.SetOptions(_, options):
            resolved.edits[-1] = replace(last, options=with_choices(last.options, options, catalog))
        case _:
            resolved.edits.pop()
            if isinstance(edit, intent.Replace):
                resolved.edits.append(
                    AddLine(edit.item.product, edit.item.quantity or last.quantity, chosen(edit.item.options))
                )
    return True
