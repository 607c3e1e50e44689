"""Knows what follows where the merchant's own systems give no answer: it is said, nothing is made up. PURE."""

from __future__ import annotations

from dataclasses import replace

from commerce.after import FindLatest
from commerce.commands import CheckStock, Command, FindOrder, IdentifyCustomer, PlaceOrder, QuoteCart
from commerce.connectors import Kind, Unavailable
from commerce.pricing import CheckPrices
from voxcart.decisions import Decision
from voxcart.facts import Fact, fact
from voxcart.moves import offer_human
from voxcart.states import DialogueState, Shopping

SAID: dict[Kind, Fact] = {
    "stock": fact("unavailable-stock"),
    "catalogue": fact("unavailable-catalogue"),
    "orders": fact("unavailable-orders"),
    "customers": fact("unavailable-customers"),
}


def unavailable(state: DialogueState, command: Command, outcome: Unavailable) -> Decision:
    """What cannot be known now, what that means for what was asked, and a call back."""
    said = SAID[outcome.what]
    state = replace(state, errand=None)
    match command:
        case CheckStock() | CheckPrices() | FindOrder() | FindLatest():
            return offer_human(state, said, fact("no-guess"))
        case QuoteCart() | PlaceOrder() | IdentifyCustomer():
            state = replace(state, phase=Shopping(), waiting=(), checking_out=False)
            return offer_human(state, said, fact("order-not-placed"))
        case _:
            return offer_human(state, said, fact("nothing-changed"))
