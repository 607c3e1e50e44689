"""Knows how an order is received: address, slot and fee are kept with the cart, and checked again. Knows no PIN."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from commerce.after import ProofNeeded
from commerce.cart import Cart
from commerce.catalog import Delivery
from commerce.codec import from_json, to_json
from commerce.delivery import (
    AddressesKnown,
    FindAddresses,
    HandoverKept,
    HandoverNeeded,
    ReceiveAtShop,
    ReceiveByDelivery,
    fee_of,
    postcode,
    zone_of,
)
from commerce.money import Money
from commerce.outcomes import BelowMinimum
from commerce.pin_tries import proof
from commerce.slots import offered
from commerce.terms import Address, Handover, Slot
from commerce.till import Till, open_cart

MOST_ADDRESSES = 3


def handover_of(till: Till, cart: Cart) -> Handover | None:
    """As it was chosen, with the fee of today; None where the shop does not ask, or nothing was chosen yet."""
    row = till.store.terms_of(cart.id)
    terms = till.catalog.delivers
    if terms is None or row is None or row["handover"] is None:
        return None
    chosen: Handover = from_json(row["handover"])
    zone = zone_of(chosen.address.postcode, terms) if chosen.address else None
    fee = fee_of(zone, cart.total) if zone else Money(0, cart.currency)
    return Handover(chosen.way, fee, chosen.address, chosen.slot, chosen.is_new)


def receive_by_delivery(till: Till, command: ReceiveByDelivery, key: str) -> HandoverKept | HandoverNeeded:
    terms = till.catalog.delivers
    code = postcode(command.address.postcode, terms) if terms else None
    if terms is None or code is None or zone_of(code, terms) is None:
        return HandoverNeeded("outside")
    cart = open_cart(till, command.cart).cart
    address = Address(code, command.address.street, command.address.house)
    chosen = Handover("delivery", Money(0, cart.currency), address, command.slot, _is_new(till, command, address, key))
    if not _is_offered(till, command.slot, terms):
        return HandoverNeeded("late", chosen)
    return _keep(till, cart, chosen)


def receive_at_shop(till: Till, command: ReceiveAtShop) -> HandoverKept | HandoverNeeded:
    if till.catalog.delivers is None or not till.catalog.delivers.pickup:
        return HandoverNeeded("unasked")
    cart = open_cart(till, command.cart).cart
    return _keep(till, cart, Handover("pickup", Money(0, cart.currency)))


def find_addresses(till: Till, command: FindAddresses, key: str) -> AddressesKnown | ProofNeeded:
    if proof(till, command.customer, command.authorization, key) is None:
        return ProofNeeded()
    rows = till.store.addresses(command.customer, MOST_ADDRESSES)
    return AddressesKnown(tuple(Address(**row) for row in rows))


def hindrance(till: Till, cart: Cart) -> HandoverNeeded | BelowMinimum | None:
    """Why the cart cannot be handed over as it was chosen, or that nothing was chosen."""
    terms = till.catalog.delivers
    if terms is None:
        return None
    chosen = handover_of(till, cart)
    if chosen is None:
        return HandoverNeeded("unasked")
    if chosen.address is None or chosen.slot is None:
        return None if terms.pickup else HandoverNeeded("unasked")
    zone = zone_of(chosen.address.postcode, terms)
    if zone is None:
        return HandoverNeeded("outside")
    if zone.minimum_order and cart.total < zone.minimum_order:
        return BelowMinimum(cart.total, zone.minimum_order)
    return None if _is_offered(till, chosen.slot, terms) else HandoverNeeded("late", chosen)


def remember_address(till: Till, customer: str | None, chosen: Handover | None) -> None:
    """For the next time; only of a customer who has proved to be one."""
    if customer and chosen and chosen.address:
        where = chosen.address
        till.store.keep_address(customer, where.postcode, where.street, where.house)


def local_time(till: Till) -> datetime:
    return till.clock().astimezone(ZoneInfo(till.catalog.time_zone))


def _keep(till: Till, cart: Cart, chosen: Handover) -> HandoverKept:
    till.store.set_handover(cart.id, to_json(chosen))
    kept = handover_of(till, cart)
    assert kept is not None
    return HandoverKept(kept)


def _is_new(till: Till, command: ReceiveByDelivery, address: Address, key: str) -> bool:
    if proof(till, command.customer, command.authorization, key) is None:
        return True
    return address not in [Address(**row) for row in till.store.addresses(command.customer or "", MOST_ADDRESSES)]


def _is_offered(till: Till, slot: Slot, terms: Delivery) -> bool:
    return slot in offered(terms, local_time(till))
