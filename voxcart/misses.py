"""Commands for what callers said in vain: list it, try an alias, accept it. A person decides; nothing is learned."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import tomlkit
import typer
from rich.markup import escape
from rich.table import Table
from tomlkit.exceptions import TOMLKitError

from commerce.errors import CommerceError
from commerce.shop_file import load_shop, slug
from nlu.grammar import Grammar
from nlu.parse import parse
from nlu.redaction import MASK
from nlu.saying import sayings
from voxcart.aliases import Proposal, with_alias
from voxcart.build import Front, open_shop
from voxcart.config import SHOPS, load_config
from voxcart.earnings import read_stories
from voxcart.errors import ConfigError
from voxcart.hear import described
from voxcart.mining import Effect, Read, effects
from voxcart.terminal import ConfigOption, ShopOption, out, plain

misses_app = typer.Typer(no_args_is_help=True, help="What callers said in vain, and aliases that would mend it.")

Alias = Annotated[str, typer.Argument(help="The words, as callers say them.")]
For = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product's name or id.")]
ORDER = "order"
MOST_SHOWN = 20


@misses_app.command("list")
def misses_list(shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Show what was not sold or not understood, most often first, with the product that comes nearest."""
    with closing(open_shop(load_config(config), shop)) as front:
        counted = Counter(
            text
            for story in read_stories(front.shop.store, front.catalog, None, None)
            for text in (*story.unsold, *story.missed)
            if MASK not in text
        )
        nearest = front.grammar.second_chance.nearest
        rows = [(str(times), text, _name(front, nearest(text))) for text, times in counted.most_common()]
    table = Table("times", "said", "perhaps", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table if rows else "Nothing was said in vain.")


@misses_app.command("try")
def misses_try(alias: Alias, product: For, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Show what an alias would change. Exit code 1: something that is understood now would be lost."""
    with closing(open_shop(load_config(config), shop)) as front:
        found = _effects(front, alias, _product(front, product))
    _show(found)
    if any(each.harm for each in found):
        raise typer.Exit(1)


@misses_app.command("accept")
def misses_accept(alias: Alias, product: For, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Write an alias into the shop file, if nothing that is understood now would be lost."""
    settings = load_config(config)
    path = settings.shop_file(shop)
    if SHOPS in path.parents:
        raise ConfigError(f"{path} is a sample. Copy it, and name the copy in config.toml: [shop] file = ...")
    with closing(open_shop(settings, shop)) as front:
        chosen = _product(front, product)
        found = _effects(front, alias, chosen)
    _show(found)
    if any(each.harm for each in found):
        raise typer.Exit(1)
    write_alias(path, alias, chosen)
    plain(f"{path}: {alias!r} is an alias of {chosen} now. Lines that run see it with their next call.")


def _product(front: Front, wanted: str) -> str:
    by_id = front.catalog.by_id
    found = wanted if wanted in by_id else next((each.id for each in by_id.values() if each.name == wanted), None)
    if found is None:
        near = _name(front, front.grammar.second_chance.nearest(wanted))
        hint = f" Did you mean {near!r}?" if near else ""
        raise ConfigError(f"The shop has no product {wanted!r}.{hint}")
    return found


def _name(front: Front, ids: tuple[str, ...]) -> str:
    return front.catalog.by_id[ids[0]].name if ids else ""


def _effects(front: Front, alias: str, product: str) -> list[Effect]:
    """On every name of the shop in a sentence, on all that callers have said, and on the alias itself."""
    grammar = front.grammar
    wider = with_alias(grammar.vocabulary, Proposal(alias, alias, product, None))
    after = Grammar(grammar.language, wider, front.config.nlu, grammar.ear)
    return effects(_sentences(front, alias), _reader(front, grammar), _reader(front, after))


def _sentences(front: Front, alias: str) -> Iterable[str]:
    yield alias
    yield from (each.sentence for each in sayings(front.grammar.lexicon, front.config.nlu.seed))
    store = front.shop.store
    for call in store.calls():
        for event in store.events(call.call):
            heard = event.payload.get("heard", {}) if event.kind == "turn" else {}
            if heard.get("kind") == "speech" and MASK not in heard["text"]:
                yield heard["text"]


def _reader(front: Front, grammar: Grammar) -> Read:
    return lambda text: described(parse(text, grammar, ORDER), front.catalog)


def _show(found: list[Effect]) -> None:
    for each in found[:MOST_SHOWN]:
        plain(f"{'LOST  ' if each.harm else '      '}{each.text}: {each.before} -> {each.after}")
    if len(found) > MOST_SHOWN:
        plain(f"      and {len(found) - MOST_SHOWN} more")


def write_alias(path: Path, alias: str, product: str) -> None:
    """Everything else in the file stays as it is written. Raises ConfigError; then the file is as it was."""
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
        tables = [each for each in document["products"] if each.get("id", slug(each["name"])) == product]
        tables[0].setdefault("aliases", tomlkit.array()).append(alias)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(tomlkit.dumps(document), "utf-8")
        try:
            load_shop(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, TOMLKitError, CommerceError, LookupError) as error:
        raise ConfigError(f"{path}: the alias was not written ({error}). Add it by hand: aliases = [...]") from error
