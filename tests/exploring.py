"""Goes through a conversation breadth first: each state once, from each everything that may be said. Knows no rule."""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest import mock

from tests.talk import Talk
from tests.worlds import NOT_TAKEN, TAKEN, Utter, World
from voice.prompt import Prompt
from voxcart.states import (
    Aside,
    AwaitingCustomer,
    AwaitingPin,
    Buying,
    DialogueState,
    HandingOver,
    Phase,
    Secret,
    Shopping,
    without_aside,
)

KEPT = ("_state", "_cart", "_turn", "_done", "_history", "_used", "_over")
"""What a mind remembers."""


@dataclass(frozen=True)
class Ghost:
    """What an honest witness has noted: quotes read out, agreed to, ordered; PINs given and not used up.

    `quotes`: id, total in minor units, whether there is more of something than is usual. `agreed`: quotes, and when;
    `proofs`: authorizations of PINs that were right, and when; `used`: those that orders have used up. `happened`: what
    did so meanwhile. `named`: the caller has said the customer's name.
    """

    quotes: tuple[tuple[str, int, bool], ...] = ()
    agreed: tuple[tuple[str, datetime], ...] = ()
    ordered: frozenset[str] = frozenset()
    proofs: tuple[tuple[str, datetime], ...] = ()
    used: frozenset[str] = frozenset()
    happened: frozenset[str] = frozenset()
    named: bool = False
    wrong: int = 0
    long_list: bool = False


@dataclass
class Node:
    """A place in a conversation, with the way there."""

    before: Node | None
    utter: Utter | None
    prompt: Prompt
    depth: int
    ghost: Ghost
    over: bool
    state: DialogueState
    memory: dict[str, Any] = field(repr=False)
    base: bytes = field(repr=False)
    now: datetime

    @property
    def said(self) -> str:
        return self.prompt.text

    def way(self) -> Iterator[Node]:
        if self.before is not None:
            yield from self.before.way()
        yield self


class Violated(AssertionError):
    """A rule was broken; tells the shortest conversation that leads there."""

    def __init__(self, rule: str, why: str, node: Node) -> None:
        self.rule = rule
        self.length = node.depth
        lines = [f"rule {rule}, {why}"]
        for each in node.way():
            lines += [f"  caller: {each.utter.label}"] if each.utter else []
            lines += [f"  shop:   {each.said}"]
        super().__init__("\n".join(lines))


@dataclass
class Found:
    """What an exploration has seen. `whole`: every state that could be reached was gone on from."""

    states: int = 0
    edges: int = 0
    depth: int = 0
    whole: bool = True
    phases: Counter[str] = field(default_factory=Counter)

    def add(self, other: Found) -> None:
        self.states, self.edges = self.states + other.states, self.edges + other.edges
        self.depth, self.whole = max(self.depth, other.depth), self.whole and other.whole
        self.phases.update(other.phases)


async def at_once(function: Callable[..., Any], *arguments: Any) -> Any:
    """In place of `asyncio.to_thread`: one state after another needs no threads."""
    return function(*arguments)


@contextmanager
def quickly() -> Iterator[None]:
    """Without what only costs time: threads, and the memory a PIN's hash takes."""
    with mock.patch("asyncio.to_thread", at_once), mock.patch("commerce.pin.MEMORY_KIB", 64):
        yield


class Booth:
    """One telephone, and the shop behind it, that can be put back to how they were at any node."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self._connection = self.talk.shop.store._database.conn
        self._connection.execute("PRAGMA page_size = 1024")
        self._connection.execute("VACUUM")
        self._shelf = sqlite3.connect(":memory:")
        self._is_at: tuple[bytes, int] = (b"", -1)

    @property
    def changes(self) -> int:
        """Rows written since the beginning: equal means that nothing was."""
        return int(self._connection.total_changes)

    def memory(self) -> dict[str, Any]:
        mind = vars(self.talk.mind)
        return {name: _copied(mind[name]) for name in KEPT if name in mind}

    def node(self, before: Node | None, utter: Utter | None, ghost: Ghost) -> Node:
        base, changes = self._is_at
        if before is None or changes != self.changes:
            base = bytes(self._connection.serialize())
            self._is_at = base, self.changes
        prompt, depth = self.talk.last, 0 if before is None else before.depth + 1
        state = self.talk.state
        return Node(before, utter, prompt, depth, ghost, prompt.hang_up, state, self.memory(), base, self.talk.clock())

    def go_to(self, node: Node, only_mind: bool = False) -> None:
        vars(self.talk.mind).update({name: _copied(value) for name, value in node.memory.items()})
        self.talk.clock.time = node.now
        del self.talk.log[:]
        self.talk.prompts[:] = [node.prompt]
        if not only_mind and self._is_at != (node.base, self.changes):
            self._shelf.deserialize(node.base)
            self._shelf.backup(self._connection)
            self._is_at = node.base, self.changes

    async def hear(self, utter: Utter) -> list[dict[str, Any]]:
        """What the shop was asked to do."""
        if utter.deed is not None:
            utter.deed(self.talk)
            return []
        if utter.meaning is not None:
            self.talk._meanings[utter.label] = utter.meaning
        await self.talk.hear(utter.heard)
        did: list[dict[str, Any]] = self.talk.log[-1][3]["did"]
        return did

    def one(self, sql: str, *values: Any) -> list[Any]:
        return list(self._connection.execute(sql, values).fetchall())


def _copied(value: Any) -> Any:
    return Counter(value) if isinstance(value, Counter) else list(value) if isinstance(value, list) else value


# ---- what counts as one state --------------------------------------------------------------------------------


def phase_names(phase: Phase) -> tuple[str, ...]:
    """The open question and those beneath it."""
    names = [type(phase).__name__]
    while isinstance(phase, Aside):
        phase = phase.back
        names.append(type(phase).__name__)
    return tuple(names)


def gist(node: Node, booth: Booth, fine: bool) -> tuple[object, ...]:
    """Two nodes of one gist are taken for the same state. Coarse: what is asked, and what an order depends on."""
    state, cart, ghost = node.state, node.memory["_cart"], node.ghost
    asked, beneath = state.phase, without_aside(state.phase)
    limit, second = booth.talk.shop.till.pin_free_limit, booth.talk.shop.till.second_factor_above
    over = tuple(bool(each is not None and cart.total > each) for each in (limit, second))
    listed = ghost.long_list and not cart.lines and state.proof is None
    so_far = (ghost.happened, min(len(cart.lines), 2), over, state.proof is not None, bool(ghost.ordered), listed)
    if not fine and not isinstance(asked, Shopping | Buying):
        under = phase_names(beneath) if isinstance(beneath, Buying) else ()
        return (
            type(asked).__name__,
            under,
            getattr(asked, "change", None),
            bool(cart.lines),
            listed,
            ghost.happened,
            node.over,
        )
    quote = getattr(beneath, "quote", None)
    buying = (
        quote is not None,
        quote is not None and (quote.id in dict(ghost.agreed), quote.needs_pin, quote.cart == cart, quote.payment),
    )
    errand = state.errand if isinstance(beneath, AwaitingCustomer | AwaitingPin) and quote is None else None
    captured = tuple(bool(getattr(asked, part, "")) for part in ("postcode", "street", "wish"))
    coarse = (
        phase_names(asked),
        captured,
        so_far,
        buying,
        errand,
        ghost.wrong if isinstance(beneath, Secret) else 0,
        node.over,
    )
    if not fine:
        return coarse
    rest = (bool(state.waiting), state.checking_out, state.rated, state.customer is not None, state.by_keys)
    return (*coarse, rest, min(state.silences, 2), min(state.misses, 2), getattr(asked, "why", None), ghost.wrong)


# ---- the exploration -----------------------------------------------------------------------------------------


class Rules:
    """What must hold: at each step, and at each state that is gone on from. Raises Violated."""

    def first(self, node: Node) -> None: ...

    async def step(self, booth: Booth, before: Node, utter: Utter, did: Sequence[dict[str, Any]]) -> Node:
        raise NotImplementedError

    async def state(self, booth: Booth, node: Node) -> None: ...

    async def end(self, booth: Booth, node: Node) -> None: ...


async def explore(world: World, utters: Sequence[Utter], rules: Rules, most: int, fine: bool = False) -> Found:
    """Go on from at most so many states, those nearest to the beginning first."""
    with quickly():
        booth = Booth(await world.begin())
        await booth.talk.greet()
        first = booth.node(None, None, Ghost())
        rules.first(first)
        found = Found()
        queue, seen = deque([first]), {gist(first, booth, fine)}
        while queue and found.states < most:
            node = queue.popleft()
            await _go_on(booth, node, utters, rules, found, queue, seen, fine)
            node.base, node.memory = b"", {}
        found.whole = not queue
        booth.talk.shop.close()
        return found


async def _go_on(
    booth: Booth,
    node: Node,
    utters: Sequence[Utter],
    rules: Rules,
    found: Found,
    queue: deque[Node],
    seen: set[tuple[object, ...]],
    fine: bool,
) -> None:
    found.states += 1
    found.depth = max(found.depth, node.depth)
    found.phases.update(phase_names(node.state.phase))
    if node.over:
        await rules.end(booth, node)
        return
    is_ringing = isinstance(node.state.phase, HandingOver)
    for utter in (TAKEN, NOT_TAKEN) if is_ringing else utters:
        if utter.deed and (utter.label in node.ghost.happened or not isinstance(node.state.phase, Buying)):
            continue
        booth.go_to(node)
        did = await booth.hear(utter)
        after = await rules.step(booth, node, utter, did)
        found.edges += 1
        key = gist(after, booth, fine)
        if key not in seen:
            seen.add(key)
            queue.append(after)
    if not is_ringing:
        await rules.state(booth, node)
