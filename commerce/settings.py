"""Knows every tunable of selling. Does not know the file they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommerceSettings:
    """Money limits are decimal strings in the shop's currency; empty = no limit."""

    pin_free_limit: str = "0.00"
    """Orders up to this total need no PIN."""
    voice_limit: str = "500.00"
    """Orders above this total are not taken by voice."""
    quote_s: int = 300
    confirmation_s: int = 60
    session_idle_s: int = 300
    resume_minutes: int = 30
    """So long after a call its cart is offered to the number that called; 0 = never."""
    pin_tries: int = 3
    pin_lock_minutes: tuple[int, ...] = (15, 30)
    """First lock, second lock; after the last one only the operator unlocks."""
    unclear_pin_per_call: int = 5
    pin_challenge: int = 0
    """So many digits of the PIN are asked for, others each time ("the second and the fourth"); 0 = the whole PIN."""
    pin_on_odd_quantity: bool = True
    """More of something than is usual needs a PIN, however small the total."""
    second_factor_above: str = ""
    """Above this total, customers who have a second factor give its code, too; empty = never."""
    pepper_file: str = ""
    """File with the secret mixed into PIN hashes; empty = `pepper` beside the database, made at first use."""
    busy_timeout_ms: int = 5000
