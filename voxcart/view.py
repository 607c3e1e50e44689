"""Knows how a conversation on the counter looks on a terminal while it runs. Decides nothing in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any, Literal, Protocol, TypeAlias

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from commerce.cart import Cart
from commerce.catalog import Catalog
from voice import events
from voxcart.orders import goods_of, written

State: TypeAlias = Literal["asleep", "waiting", "thinking", "speaking"]

PER_SECOND = 5
LAST = 6
MOST_LINES, MOST_GOODS = 3, 8
QUIETEST_DBFS = -60.0
BAR, NAME = 24, 11
WIDEST = 100
PRIVATE = "(private)"
STYLES = {"asleep": "dim", "waiting": "", "listening": "bold green", "thinking": "bold yellow", "speaking": "bold cyan"}


class Device(Protocol):
    """What is looked at several times a second."""

    @property
    def state(self) -> State: ...

    @property
    def level_dbfs(self) -> float: ...

    @property
    def trouble(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """All that stands on the screen."""

    state: str
    level_dbfs: float
    trouble: str | None = None
    partial: str = ""
    goods: tuple[tuple[str, str], ...] = ()
    total: str = ""
    talk: tuple[tuple[str, str], ...] = ()


@dataclass
class View:
    """Takes what `Screen` takes."""

    console: Console
    device: Device | None = None
    _partial: str = ""
    _goods: tuple[tuple[str, str], ...] = ()
    _total: str = ""
    _talk: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=LAST))

    @contextmanager
    def running(self, device: Device) -> Iterator[None]:
        """It is drawn as long as this is held."""
        self.device = device
        with Live(
            console=self.console,
            get_renderable=lambda: drawn(self.shown(device), self.console),
            refresh_per_second=PER_SECOND,
            vertical_overflow="crop",
        ):
            yield

    def shown(self, device: Device) -> Shown:
        state = "listening" if device.state == "waiting" and self._partial else device.state
        level, trouble = device.level_dbfs, device.trouble
        return Shown(state, level, trouble, self._partial, self._goods, self._total, tuple(self._talk))

    def watch(self, event: events.CallEvent) -> None:
        match event:
            case events.HearingWords(partial):
                self._partial = partial
                return
            case events.Saying(prompt) if prompt.text:
                self._talk.append(("assistant", prompt.text))
            case events.HeardWords(None) | events.PressedKeys(None):
                self._talk.append(("caller", PRIVATE))
            case events.HeardWords(transcript) if transcript is not None:
                self._talk.append(("caller", transcript.text or "(unintelligible)"))
            case events.Ended():
                self._goods, self._total = (), ""
            case _:
                return
        self._partial = ""

    def log(self, kind: str, payload: Mapping[str, Any]) -> None:
        """What was understood is not shown here."""

    def cart(self, cart: Cart, catalog: Catalog) -> None:
        self._goods = tuple((goods_of(line, catalog), written(line.total, catalog)) for line in cart.lines)
        self._total = written(cart.total, catalog) if cart.lines else ""


def drawn(shown: Shown, console: Console) -> RenderableType:
    """At any width; in ASCII where the terminal knows no more."""
    is_ascii = console.options.ascii_only
    width = min(console.width, WIDEST)
    parts: list[RenderableType] = [_head(shown, is_ascii), _line(shown.partial or " ", "green")]
    if shown.goods:
        parts += [_rule(width, is_ascii), _cart(shown, width)]
    if shown.talk:
        parts += [_rule(width, is_ascii), *(_said(who, text, width) for who, text in shown.talk)]
    return Group(*parts)


def _head(shown: Shown, is_ascii: bool) -> Text:
    full, empty = ("#", ".") if is_ascii else ("█", "░")
    loud = round(BAR * (1 - max(QUIETEST_DBFS, min(0.0, shown.level_dbfs)) / QUIETEST_DBFS))
    line = _line(f"{shown.state:<{NAME}}", STYLES[shown.state])
    line.append(f"{full * loud}{empty * (BAR - loud)} {max(QUIETEST_DBFS, shown.level_dbfs):4.0f} dBFS", style="dim")
    if shown.trouble:
        line.append(f"  {shown.trouble}", style="bold red")
    return line


def _cart(shown: Shown, width: int) -> Table:
    table = Table.grid(expand=False, padding=(0, 1))
    table.width = width
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    hidden = len(shown.goods) - MOST_GOODS
    if hidden > 0:
        table.add_row(Text(f"{hidden} more"), "")
    for goods, price in shown.goods[-MOST_GOODS:]:
        table.add_row(Text(goods), Text(price))
    table.add_row(Text("total", style="bold"), Text(shown.total, style="bold"))
    return table


def _said(who: str, text: str, width: int) -> Table:
    table = Table.grid(padding=0)
    table.width = width
    table.add_column(width=NAME)
    table.add_column(ratio=1, overflow="fold")
    style = "bold cyan" if who == "assistant" else "bold green"
    most = MOST_LINES * (width - NAME) - 2 * MOST_LINES
    table.add_row(Text(who, style=style), Text(shorten(text, most, placeholder=" ...")))
    return table


def _line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


def _rule(width: int, is_ascii: bool) -> Text:
    return Text(("-" if is_ascii else "─") * width, style="dim")
