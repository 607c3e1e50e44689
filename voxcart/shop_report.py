"""Knows how the check of a shop file is shown, as tables and as JSON. Checks nothing itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commerce.catalog import Catalog
from voxcart.aliases import Proposal
from voxcart.hearing_back import Spoken, confirmed
from voxcart.shop_check import Aloud, Compiled
from voxcart.terminal import visible
from voxcart.verdict import Verdict

MOST_ROWS = 40
BECOMES: dict[Verdict, str] = {
    "right": "heard right",
    "asked": "asked about",
    "lost": "not understood",
    "wrong": "heard as something else",
}

Json = dict[str, Any]


def show_compiled(compiled: Compiled, seconds: float, console: Console) -> None:
    counts = f"{compiled.products} products, {compiled.options} option values, {compiled.phrases} phrases to listen for"
    console.print(visible(f"{compiled.shop}: {counts}, compiled in {seconds:.1f} s"), markup=False)
    spelled = [(word, spelling or "cannot be heard") for word, spelling in compiled.spellings.items()]
    spelled.sort(key=lambda row: (compiled.spellings[row[0]] is not None, row[0]))
    if spelled:
        _table(console, f"Words that the recogniser lacks: {len(spelled)}", ("word", "heard as"), spelled)
    else:
        console.print("The recogniser knows every word.")
    if compiled.unread:
        rows = [(each.name, each.sentence, BECOMES[verdict]) for each, verdict in compiled.unread]
        _table(
            console, f"Names that are not understood even as written: {len(rows)}", ("name", "said so", "becomes"), rows
        )


def show_alike(compiled: Compiled, aloud: Aloud | None, console: Console) -> None:
    if not compiled.alike:
        console.print("No two names sound alike.")
        return
    spoken = aloud.spoken if aloud else []
    told = {True: "yes", False: "no", None: "not spoken"}
    rows = [
        (pair.one.said, pair.other.said, "number" if pair.why == "number" else f"{pair.cost:.2f}", told[is_so])
        for pair in compiled.alike
        for is_so in (confirmed(pair, spoken),)
    ]
    _table(
        console,
        f"Pairs of names that sound alike: {len(rows)}",
        ("name", "like", "apart", "confused when spoken"),
        rows,
    )


def show_aloud(aloud: Aloud, catalog: Catalog, console: Console) -> None:
    counts = Counter(one.verdict for one in aloud.spoken)
    parts = ", ".join(f"{counts[verdict]} {words}" for verdict, words in BECOMES.items() if counts[verdict])
    left = f"; {aloud.left_out} were left out (--limit)" if aloud.left_out else ""
    console.print(f"{len(aloud.spoken)} names spoken: {parts}{left}")
    rows = [
        (one.saying.name, one.saying.sentence, one.text or "(nothing)", BECOMES[one.verdict], one.instead)
        for one in aloud.spoken
        if not one.is_fine
    ]
    if rows:
        _table(console, "Not heard right:", ("name", "said", "heard", "becomes", "understood as"), rows)
    if aloud.proposals:
        console.print("Aliases that mend it, as lines for the shop file:")
    for name, line in alias_lines(aloud.proposals, catalog):
        console.print(visible(f"  {name}: {line}"), markup=False)


def alias_lines(proposals: Sequence[Proposal], catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(name of the product or value, its line of aliases with those that it has already)."""
    added: dict[tuple[str, str] | str, list[str]] = {}
    for proposal in proposals:
        added.setdefault(proposal.choice or proposal.product, []).append(proposal.alias)
    for thing, aliases in added.items():
        match thing:
            case str(product):
                name, has = catalog.by_id[product].name, catalog.by_id[product].aliases
            case group, value_id:
                value = next(each for each in catalog.group_by_id[group].values if each.id == value_id)
                name, has = value.name, value.aliases
        yield name, f"aliases = {json.dumps([*has, *aliases], ensure_ascii=False)}"


def as_json(compiled: Compiled, seconds: float, aloud: Aloud | None, catalog: Catalog) -> Json:
    """Everything, whole."""
    spoken = aloud.spoken if aloud else []
    unread = [
        {"name": saying.name, "sentence": saying.sentence, "becomes": verdict} for saying, verdict in compiled.unread
    ]
    alike = [
        {
            "names": [pair.one.said, pair.other.said],
            "apart": pair.cost,
            "by": pair.why,
            "confused": confirmed(pair, spoken),
        }
        for pair in compiled.alike
    ]
    return {
        "shop": compiled.shop,
        "products": compiled.products,
        "option_values": compiled.options,
        "phrases": compiled.phrases,
        "compiled_s": round(seconds, 2),
        "unknown_words": compiled.spellings,
        "not_understood_as_written": unread,
        "alike": alike,
        "spoken": _aloud(aloud, catalog) if aloud else None,
    }


def _aloud(aloud: Aloud, catalog: Catalog) -> Json:
    return {
        "names": len(aloud.spoken),
        "left_out": aloud.left_out,
        **{verdict: sum(one.verdict == verdict for one in aloud.spoken) for verdict in BECOMES},
        "rows": [_row(one) for one in aloud.spoken],
        "aliases": [{"of": name, "line": line} for name, line in alias_lines(aloud.proposals, catalog)],
    }


def _row(one: Spoken) -> Json:
    return {
        "name": one.saying.name,
        "sentence": one.saying.sentence,
        "heard": one.text,
        "engine": one.engine,
        "becomes": one.verdict,
        "as_written": one.typed,
        "understood_as": one.instead,
    }


def _table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(
        title=f"{title}:", title_justify="left", title_style="", box=None, pad_edge=False, header_style="bold"
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(escape(visible(cell)) for cell in row))
    console.print(table)
    if len(rows) > MOST_ROWS:
        console.print(f"... and {len(rows) - MOST_ROWS} more: --json shows all.")
