"""Menus written down for tests, with what people say to them and what that means."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from commerce.cart import Line
from commerce.catalog import Catalog
from commerce.shop_file import load_shop
from nlu import vocabulary
from nlu.intent import Add, Ambiguous, Choice, Item, Meaning, Order, SetOptions, Several
from voxcart.vocabulary import vocabulary_of

FOLDER = Path(__file__).parent / "typed_orders"
MENUS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
SPOKEN_TO_SHOPS = tuple(sorted(path.stem for path in (FOLDER / "shops").glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    turns: tuple[str, ...]
    cart: tuple[str, ...]


def load_menu(name: str) -> tuple[vocabulary.Vocabulary, tuple[Said, ...]]:
    tree = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    said = tuple(Said(text, tuple(items)) for text, *items in tree["orders"]["said"])
    return _vocabulary_in(tree), said


def load_talks(name: str) -> tuple[Catalog, tuple[Conversation, ...]]:
    """The shop of a menu that has a file of its own, and the conversations written down for it."""
    tree = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    talks = tuple(Conversation(tuple(turns), tuple(cart)) for turns, *cart in tree["orders"]["talks"])
    return load_shop(FOLDER / tree["shop"]), talks


def elsewhere() -> list[str]:
    """What nobody says who wants to order from one of the menus."""
    return (FOLDER / "elsewhere.txt").read_text("utf-8").splitlines()


def id_of(name: str) -> str:
    return name.replace(" ", "_").replace("'", "")


def _vocabulary_in(tree: dict[str, Any]) -> vocabulary.Vocabulary:
    """The menu written in the file itself, or that of the shop file it names."""
    if "shop" in tree:
        return vocabulary_of(load_shop(FOLDER / tree["shop"]))
    products = [
        vocabulary.Product(
            id_of(name),
            (name, *tree.get("aliases", {}).get(name, ())),
            category,
            tree.get("brands", {}).get(name),
            tuple(table.get("options", ())),
            tree.get("units", {}).get(name, "each"),
            tree.get("packs", {}).get(name),
        )
        for category, table in tree["categories"].items()
        for name in table["products"]
    ]
    groups = [
        vocabulary.OptionGroup(
            id_of(name),
            (name, *table.get("aliases", ())),
            table.get("choose", "one"),
            tuple(vocabulary.Name(id_of(value), (value,)) for value in table["values"]),
            tuple(vocabulary.Name(id_of(amount), (amount,)) for amount in table.get("amounts", ())),
        )
        for name, table in tree.get("groups", {}).items()
    ]
    categories = [
        vocabulary.Name(id_of(name), (name, *table.get("aliases", ()))) for name, table in tree["categories"].items()
    ]
    return vocabulary.Vocabulary("en", tuple(products), tuple(groups), tuple(categories))


def written(item: Item) -> str:
    """The item in the notation of the menus."""
    quantity = format((item.quantity if item.quantity is not None else Decimal(1)).normalize(), "f")
    unit = item.unit if item.unit not in (None, "pack") else ""
    return " ".join([f"{quantity}{unit}", item.product, *sorted(map(written_choice, item.options))])


def written_choice(choice: Choice) -> str:
    value = f"{choice.amount}/{choice.value}" if choice.amount else choice.value
    return f"{'' if choice.wanted else '-'}{choice.group}={value}"


def written_line(line: Line, catalog: Catalog) -> str:
    """A line of a cart in the same notation, without what is so by default."""
    chosen = [
        written_choice(Choice(each.group, each.value, each.amount, each.wanted))
        for each in line.options
        if not each.wanted or each.value != catalog.group_by_id[each.group].default
    ]
    unit = catalog.by_id[line.product].unit
    quantity = format(line.quantity.normalize(), "f")
    return " ".join([f"{quantity}{'' if unit == 'each' else unit}", line.product, *sorted(chosen)])


def outcome(meaning: Meaning | None, menu: vocabulary.Vocabulary) -> tuple[str, ...]:
    """What a meaning puts into the cart; ("?",) where the caller would be asked or refused first, or not understood."""
    takes = {product.id: product.options for product in menu.products}
    units = {product.id: product.unit for product in menu.products}
    match meaning:
        case Several(parts):
            orders = [part for part in parts if isinstance(part, Order)]
            return outcome(orders[0], menu) if len(orders) == 1 else ("?",)
        case None | Ambiguous():
            return ("?",)
        case Order(edits, _, not_sold):
            added = [edit.item for edit in edits if isinstance(edit, Add)]
            if any(choice.group not in takes[item.product] for item in added for choice in item.options):
                return ("?",)
            if not_sold or any(item.guessed or item.alternatives for item in added):
                return ("?",)
            if any(units[item.product] != "each" and (item.quantity is None or item.unit is None) for item in added):
                return ("?",)
            if len(added) < len(edits):
                return ("?",) if all(isinstance(edit, SetOptions) for edit in edits) else ("edit",)
            return tuple(written(item) for item in added)
        case _:
            return ("?",)


def expected(items: tuple[str, ...]) -> tuple[str, ...]:
    """The items with their options in the order that `written` gives them."""
    return tuple(" ".join([*item.split()[:2], *sorted(item.split()[2:])]) for item in items)
