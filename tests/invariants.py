"""Knows what must hold at every step of every conversation. Looks at what was said, done and written, not at why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from commerce.money import Money
from tests.exploring import Booth, Ghost, Node, Rules, Violated
from tests.worlds import (
    BOUGHT_BEFORE,
    CARD_ENDING,
    CORNER,
    GONE,
    HUMAN,
    KEY_0,
    NAME,
    NONSENSE,
    SAID_YES,
    SILENCE,
    WENT_BEFORE,
    Utter,
)
from voxcart.patience import DialogueSettings
from voxcart.records import record
from voxcart.states import CallingBack, Closed, ConfirmingOrder, HandingOver

LINES_IN_FULL = DialogueSettings().lines_in_full
MOST_RUNGS = 15
"""So often at most the same silence, or the same nonsense, is answered before the call ends."""
RULES = {
    "a": "no order without its total spoken to the end, an explicit yes after it, and a PIN where one is due",
    "b": "a person can be asked for everywhere",
    "c": "no state without a way out, and what is over stays over",
    "d": "the total spoken, agreed to, kept and made of the lines is one",
    "e": "nothing of a person is said before they have proved to be it",
    "f": "the same turn once more changes nothing more",
}


def broken(rule: str, why: str, node: Node) -> Violated:
    return Violated(rule, f"{RULES[rule]}: {why}", node)


class Invariants(Rules):
    """`only`: the rules that are looked at; all of them unless said otherwise."""

    def __init__(self, only: str = "abcdef") -> None:
        self._only = only

    def first(self, node: Node) -> None:
        self._private(node, proved=False)

    async def step(self, booth: Booth, before: Node, utter: Utter, did: Sequence[dict[str, Any]]) -> Node:
        happened = before.ghost.happened | ({utter.label} if utter.deed else set())
        ghost = replace(before.ghost, named=before.ghost.named or NAME in utter.label, happened=happened)
        why = ""
        for done in did:
            ghost, wrong = _witness(ghost, done, before, utter, booth)
            why = why or wrong
        node = booth.node(before, utter, ghost)
        if "a" in self._only and why:
            raise broken("a", why, node)
        if "d" in self._only:
            _one_total(booth, node, did)
        if "b" in self._only and utter in (HUMAN, KEY_0):
            _hands_over(booth, node, did)
        self._private(node, proved=bool(ghost.proofs))
        if "f" in self._only and did:
            await _once_more(booth, before, utter, node)
        return node

    async def state(self, booth: Booth, node: Node) -> None:
        if "c" in self._only:
            for utter in (SILENCE, NONSENSE):
                await _has_an_end(booth, node, utter)

        if "c" in self._only:
            await _hangs_up(booth, node)

    async def end(self, booth: Booth, node: Node) -> None:
        if "c" not in self._only:
            return
        for utter in (SAID_YES, HUMAN, SILENCE):
            booth.go_to(node)
            changes, did = booth.changes, await booth.hear(utter)
            if did or booth.changes != changes or not booth.talk.last.hang_up:
                raise broken("c", "it goes on after the end", booth.node(node, utter, node.ghost))

    def _private(self, node: Node, proved: bool) -> None:
        if "e" not in self._only or proved:
            return
        if BOUGHT_BEFORE in node.said:
            raise broken("e", "what was bought before is told to whoever calls", node)
        if WENT_BEFORE in node.said:
            raise broken("e", "where an order went before is told to whoever calls", node)
        if CARD_ENDING in node.said:
            raise broken("e", "there is a card, and that is told to whoever calls", node)
        if NAME in node.said and not node.ghost.named:
            raise broken("e", "the customer's name is told to whoever calls", node)


# ---- a: how an order comes about -----------------------------------------------------------------------------


def _witness(ghost: Ghost, done: dict[str, Any], before: Node, utter: Utter, booth: Booth) -> tuple[Ghost, str]:
    """What is known after this was done; and what is wrong with it."""
    command, outcome, now = done["command"], done["outcome"], booth.talk.clock()
    match outcome["type"]:
        case "Quoted" | "PriceChanged":
            return _read_out(ghost, outcome["quote"]), ""
        case "Confirmed":
            agreed = replace(ghost, agreed=(*ghost.agreed, (command["quote"], now)))
            return agreed, _not_agreed(ghost, outcome["quote"], before, utter, booth)
        case "PinAccepted":
            accepted = replace(ghost, proofs=(*ghost.proofs, (outcome["authorization"], now)), wrong=0)
            return accepted, "" if utter.pin else "a PIN was accepted that nobody gave"
        case "PinRejected" | "PinLocked":
            return replace(ghost, wrong=min(ghost.wrong + 1, 2)), ""
        case "OrderPlaced":
            return _ordered(ghost, command), _not_due(ghost, command, outcome, booth)
        case "ListChanged":
            return replace(ghost, long_list=len(outcome["list"]["cart"]["lines"]) > LINES_IN_FULL), ""
        case _:
            return ghost, ""


def _read_out(ghost: Ghost, quote: dict[str, Any]) -> Ghost:
    total = quote["total"]["minor"]
    odd = any(int(line["quantity"]) > _most(line["product"]) for line in quote["cart"]["lines"]) or _on_trust(quote)
    return replace(ghost, quotes=(*ghost.quotes, (quote["id"], total, odd)))


def _on_trust(quote: dict[str, Any]) -> bool:
    """Paid later or by card: never without a PIN."""
    return bool(quote.get("payment")) and quote["payment"]["way"] in ("invoice", "card")


def _most(product: str) -> int:
    return CORNER.by_id[product].max_quantity or CORNER.max_quantity


def _not_agreed(ghost: Ghost, confirmed: dict[str, Any], before: Node, utter: Utter, booth: Booth) -> str:
    quote, lines = confirmed["id"], confirmed["cart"]["lines"]
    known = {each[0]: each[1] for each in ghost.quotes}
    if quote not in known:
        return "a quote was agreed to that was never made"
    if _spoken(booth, known[quote]) not in before.said:
        return "the yes answers a prompt in which its total was not said"
    if lines != record(before.memory["_cart"])["lines"]:
        return "what was agreed to is not what is in the cart"
    return "" if utter.agrees else "what agreed to the order was no clear yes after the whole prompt"


def _ordered(ghost: Ghost, command: dict[str, Any]) -> Ghost:
    used = {command["authorization"]} - {None}
    return replace(ghost, ordered=ghost.ordered | {command["quote"]}, used=ghost.used | used)


def _not_due(ghost: Ghost, command: dict[str, Any], outcome: dict[str, Any], booth: Booth) -> str:
    """Why this must not have been ordered."""
    settings = booth.talk.shop.till.settings
    [(_, total, odd)] = [each for each in ghost.quotes if each[0] == command["quote"]] or [("", -1, False)]
    if total != outcome["total"]["minor"]:
        return "what was ordered costs another total than was read out"
    agreed = dict(ghost.agreed).get(command["quote"])
    if agreed is None:
        return "nobody agreed to this order"
    if booth.talk.clock() >= agreed + timedelta(seconds=settings.confirmation_s):
        return "it was agreed to too long ago"
    if command["quote"] in ghost.ordered:
        return "one yes made two orders"
    limit = booth.talk.shop.till.pin_free_limit
    if limit is None or (total <= limit.minor and not odd):
        return ""
    given = dict(ghost.proofs).get(command["authorization"])
    if given is None or command["authorization"] in ghost.used:
        return "above the limit no PIN was given for this order"
    is_stale = booth.talk.clock() >= given + timedelta(seconds=settings.session_idle_s)
    return "its PIN was given too long ago" if is_stale else ""


# ---- b, c: ways out ------------------------------------------------------------------------------------------


def _hands_over(booth: Booth, node: Node, did: Sequence[dict[str, Any]]) -> None:
    """At once, or once it is known where to call back: a ticket is there in any case."""
    told = any(done["outcome"]["type"] == "TicketOpened" for done in did)
    waits = node.before is not None and isinstance(node.before.state.phase, CallingBack)
    asked = told and isinstance(node.state.phase, CallingBack)
    prompt = booth.talk.last
    if not (told or waits) or not (prompt.hang_up or prompt.transfer or asked):
        raise broken("b", "a person was asked for, and nobody is told", node)


async def _has_an_end(booth: Booth, start: Node, utter: Utter) -> None:
    booth.go_to(start)
    node = start
    for _ in range(MOST_RUNGS):
        await booth.hear(utter)
        node = booth.node(node, utter, start.ghost)
        if node.over or isinstance(node.state.phase, HandingOver | Closed):
            return
    raise broken("c", f"{utter.label} is answered for ever", node)


async def _hangs_up(booth: Booth, start: Node) -> None:
    """Nothing is done for who is gone, and nothing is left half done."""
    booth.go_to(start)
    changes = booth.changes
    if await booth.hear(GONE) or booth.changes != changes or not booth.talk.last.hang_up:
        raise broken("c", "something is done for a caller who has hung up", booth.node(start, GONE, start.ghost))


# ---- d: money ------------------------------------------------------------------------------------------------


def _spoken(booth: Booth, minor: int) -> str:
    return booth.talk.replies.money(Money(minor, CORNER.currency))


def _one_total(booth: Booth, node: Node, did: Sequence[dict[str, Any]]) -> None:
    for done in did:
        outcome = done["outcome"]
        if outcome["type"] in ("Quoted", "PriceChanged"):
            quote = outcome["quote"]
            [[kept]] = booth.one("SELECT json_extract(body, '$.total.minor') FROM quotes WHERE id = ?", quote["id"])
            total, lines = quote["total"]["minor"], quote["cart"]["lines"]
            made_of = sum(int(line["quantity"]) * line["unit_price"]["minor"] for line in lines) - _off(quote)
            if not total == made_of == kept:
                raise broken("d", f"the lines make {made_of}, the total is {total}, kept is {kept}", node)
            asked = node.state.phase
            is_asked = isinstance(asked, ConfirmingOrder) and asked.quote.id == quote["id"]
            if is_asked and _spoken(booth, total) not in node.said:
                raise broken("d", f"the total is {total}, but that is not what is said", node)
        if outcome["type"] == "OrderPlaced":
            _books_agree(booth, node, outcome)


def _off(quote: dict[str, Any]) -> int:
    """What a coupon takes off, less what the delivery costs."""
    off = int(quote["discount"]["amount"]["minor"]) if quote.get("discount") else 0
    return off - (int(quote["handover"]["fee"]["minor"]) if quote.get("handover") else 0)


def _books_agree(booth: Booth, node: Node, outcome: dict[str, Any]) -> None:
    number = outcome["number"]
    [[kept, made_of]] = booth.one(
        "SELECT total, (SELECT sum(total) FROM order_lines WHERE number = orders.number)"
        " - coalesce((SELECT discount - fee FROM order_terms WHERE number = orders.number), 0)"
        " FROM orders WHERE number = ?",
        number,
    )
    if not kept == made_of == outcome["total"]["minor"]:
        raise broken("d", f"{outcome['total']['minor']} was ordered, {kept} is kept, its lines make {made_of}", node)


# ---- f: once only --------------------------------------------------------------------------------------------


async def _once_more(booth: Booth, before: Node, utter: Utter, node: Node) -> None:
    """As if the answer had been lost: the same turn, under the same keys, on the shop as it is by now."""
    changes = booth.changes
    booth.go_to(before, only_mind=True)
    await booth.hear(utter)
    if booth.changes != changes:
        raise broken("f", "the same turn once more is done once more", node)
    if booth.talk.last.text != node.said:
        raise broken("f", f"the same turn once more is answered: {booth.talk.last.text}", node)
