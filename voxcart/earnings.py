"""The command that shows what the line earns. Knows how to show figures as table, JSON, CSV and page; computes none."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from html import escape as escaped
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from commerce.catalog import Catalog
from commerce.money import Money
from commerce.store import Store
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.experiments import Comparison, Verdict, verdicts
from voxcart.figures import CallStory, Figures, figures_of, story_of
from voxcart.orders import written
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain, print_json, visible

PAGE = Path(__file__).parent / "report.html"
NOTHING = "-"


def report(
    since: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD; default: all.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Name and value, for a spreadsheet.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with plots to this file.")] = None,
    shop: ShopOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the calls of a period came to (docs/report.md)."""
    first, last = _day("--from", since), _day("--to", until)
    settings = load_config(config)
    with closing(open_shop(settings, shop)) as front:
        catalog = front.catalog
        stories = read_stories(front.shop.store, catalog, first, last)
    found, tried = figures_of(stories), verdicts(stories, settings.experiments)
    if html is not None:
        _write(html, page(found, catalog, _period(first, last), tried))
        plain(f"The report: {html}")
    elif as_json:
        print_json(as_plain(found, catalog, tried))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([*rows_of(found, catalog), *trial_rows(tried)])
    else:
        _show(found, catalog, _period(first, last), tried)


def read_stories(store: Store, catalog: Catalog, first: date | None, last: date | None) -> list[CallStory]:
    """Of the calls that began on these days in the shop's time zone, oldest first."""
    zone = ZoneInfo(catalog.time_zone)
    begins = datetime.combine(first, time(0), zone) if first else None
    ends = datetime.combine(last + timedelta(days=1), time(0), zone) if last else None
    calls = [
        each.call
        for each in reversed(store.calls())
        if (begins is None or each.began >= begins) and (ends is None or each.began < ends)
    ]
    return [story_of([replace(event, at=event.at.astimezone(zone)) for event in store.events(call)]) for call in calls]


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ConfigError(f"{option} must be a day such as 2026-11-01, not {text!r}.") from error


def _period(first: date | None, last: date | None) -> str:
    return f"{first or 'the beginning'} to {last or 'today'}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}). Name another file.") from error


# ---- numbers as people read them -----------------------------------------------------------------------------


def as_plain(found: Figures, catalog: Catalog, tried: Sequence[Verdict] = ()) -> dict[str, Any]:
    """For programs: money in minor units, shares from 0 to 1, times in seconds or milliseconds, as the names say."""
    shop = {"shop": catalog.name, "currency": catalog.currency}
    return {**shop, **asdict(found), "experiments": [asdict(each) for each in tried]}


def rows_of(found: Figures, catalog: Catalog) -> list[tuple[str, str]]:
    """Name and value of each figure that is one number, as the table and the page show them."""

    def money(minor: float | None) -> str:
        return NOTHING if minor is None else written(Money(round(minor), catalog.currency), catalog)

    def share(part: float | None) -> str:
        return NOTHING if part is None else f"{100 * part:.1f} %"

    def number(value: float | None, unit: str) -> str:
        return NOTHING if value is None else f"{value:.0f} {unit}"

    return [
        ("conversations", str(found.conversations)),
        ("orders", str(found.orders)),
        ("revenue", money(found.revenue)),
        ("completed", share(found.completion)),
        ("with an order", share(found.conversion)),
        ("without a person", share(found.automation)),
        ("revenue per conversation", money(found.revenue_per_conversation)),
        ("basket", money(found.basket)),
        ("time to resolution, median", number(found.resolution_s, "s")),
        ("turns per conversation", NOTHING if found.turns is None else f"{found.turns:.1f}"),
        ("rating, of 5", NOTHING if found.rating is None else f"{found.rating:.2f} ({found.ratings})"),
        ("diversity of what was recommended", share(diversity(found, catalog))),
        ("wait for an answer, p50", number(found.wait_ms_p50, "ms")),
        ("wait for an answer, p95", number(found.wait_ms_p95, "ms")),
    ]


def recommended_of(found: Figures, catalog: Catalog) -> tuple[tuple[str, int], ...]:
    """How often something of each category was recommended, most often first. What has left the shop does not count."""
    names = {each.id: each.name for each in catalog.categories}
    counted: Counter[str] = Counter()
    for product, times in found.recommended:
        if product in catalog.by_id:
            category = catalog.by_id[product].category
            counted[names.get(category, category) or NOTHING] += times
    return tuple(counted.most_common())


def diversity(found: Figures, catalog: Catalog) -> float | None:
    """How likely two recommendations are of different categories (Gini-Simpson): 0 = all of one."""
    counts = [times for _, times in recommended_of(found, catalog)]
    return 1 - sum((times / sum(counts)) ** 2 for times in counts) if counts else None


def trial_rows(tried: Sequence[Verdict]) -> list[tuple[str, str]]:
    """Each arm's share of callers who did what is hoped for, and by how much it differs from the first arm's."""
    rows = []
    for each in tried:
        told = {compared.arm: _difference(compared) for compared in each.comparisons}
        for arm in each.arms:
            share = NOTHING if arm.share is None else f"{100 * arm.share:.1f} %"
            said = f"{share} {each.success} ({arm.callers} callers)"
            rows.append((f"{each.name}, {arm.name}", ": ".join([said, told[arm.name]] if arm.name in told else [said])))
    return rows


def _difference(found: Comparison) -> str:
    settled = "settled" if found.is_settled else "not settled"
    return (
        f"{100 * found.difference:+.1f} points, between {100 * found.low:+.1f} and {100 * found.high:+.1f}, {settled}"
    )


def lists_of(found: Figures, catalog: Catalog) -> list[tuple[str, Sequence[tuple[str, int]]]]:
    """What is counted by kind, most often first."""
    lost = tuple((f"{_words(step)}, {ended}", times) for step, ended, times in found.abandoned)
    return [
        ("handed to a person, by reason", found.hand_overs),
        ("left with something in the cart: open question, how it ended", lost),
        ("asked for and not sold", found.unsold),
        ("recommended, by category", recommended_of(found, catalog)),
        ("not understood", found.missed),
    ]


def _words(step: str) -> str:
    """ConfirmingOrder: confirming order."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", step).lower()


def _show(found: Figures, catalog: Catalog, period: str, tried: Sequence[Verdict]) -> None:
    out.print(f"{escape(catalog.name)}, {period}", style="bold")
    table = Table(show_header=False, box=None, pad_edge=False)
    for row in (*rows_of(found, catalog), *trial_rows(tried)):
        table.add_row(*row)
    out.print(table)
    for title, counted in lists_of(found, catalog):
        if counted:
            out.print(f"\n[bold]{title}[/bold]")
            for text, times in counted:
                out.print(f"{times:>5}  ", end="")
                plain(text)


# ---- the page ------------------------------------------------------------------------------------------------


def page(found: Figures, catalog: Catalog, period: str, tried: Sequence[Verdict] = ()) -> str:
    """One file that needs nothing else."""
    rows = [*rows_of(found, catalog), *trial_rows(tried)]
    parts = {
        "shop": escaped(visible(catalog.name)),
        "period": escaped(period),
        "figures": "".join(f"<tr><th>{escaped(name)}</th><td>{escaped(value)}</td></tr>" for name, value in rows),
        "plots": _plots(found, catalog),
        "lists": "".join(_list(title, counted) for title, counted in lists_of(found, catalog) if counted),
    }
    return re.sub(r"<!--(\w+)-->", lambda place: parts[place[1]], PAGE.read_text("utf-8"))


def _list(title: str, counted: Sequence[tuple[str, int]]) -> str:
    rows = "".join(f"<tr><td>{times}</td><td>{escaped(visible(text))}</td></tr>" for text, times in counted)
    return f"<h2>{escaped(title)}</h2><table>{rows}</table>"


def _plots(found: Figures, catalog: Catalog) -> str:
    days = [day for day, *_ in found.days]
    if not days:
        return ""
    try:
        from voxcart.plots import bars
    except ImportError as error:
        raise ConfigError("The page's plots need matplotlib. Install it: pip install 'voxcart[report]'") from error
    calls = {"conversations": [each[1] for each in found.days], "orders": [each[2] for each in found.days]}
    minor = Money(1, catalog.currency).decimal
    revenue = {catalog.currency: [float(each[3] * minor) for each in found.days]}
    return bars("conversations and orders per day", days, calls) + bars("revenue per day", days, revenue)
