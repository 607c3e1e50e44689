"""Knows which digits of a PIN are asked for, so that one that was overheard does not help. Knows no call."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from commerce.proofs import AskPin, PinAsked, Positions
from commerce.till import Till


def ask_pin(till: Till, command: AskPin) -> PinAsked:
    """A question that was not answered yet is asked again: nobody gets a better one by hanging up."""
    size = till.settings.pin_challenge
    parts = till.store.pin_parts(command.customer) if size else {}
    choices = [each for each in map(read_positions, parts) if len(each) == size]
    if not choices:
        return PinAsked(command.customer)
    standing = till.store.pin_question(command.customer)
    asked = read_positions(standing) if standing else ()
    if asked not in choices:
        asked = choices[till.draw(len(choices))]
        till.store.set_pin_question(command.customer, write_positions(asked))
    return PinAsked(command.customer, asked)


def hashes_of_parts(till: Till, pin: str) -> dict[str, str]:
    """A hash for every question that can be asked about this PIN; {} where whole PINs are asked for, or it is short."""
    size = till.settings.pin_challenge
    if not 0 < size < len(pin):
        return {}
    places = combinations(range(1, len(pin) + 1), size)
    return {write_positions(each): till.hasher.hash(spelled(each, _digits_at(pin, each))) for each in places}


def next_question(till: Till, asked: Positions, answer: str, parts: Mapping[str, str]) -> Positions | None:
    """Other digits than those just given, and none that the same answer would fit."""
    left = [each for each in map(read_positions, parts) if len(each) == len(asked) and each != asked]
    while left:
        drawn = left.pop(till.draw(len(left)))
        if not till.hasher.matches(spelled(drawn, answer), parts[write_positions(drawn)]):
            return drawn
    return None


def spelled(positions: Positions, digits: str) -> str:
    """What is hashed: a part never has the hash of the same digits elsewhere, nor that of a whole PIN."""
    return f"{write_positions(positions)}:{digits}" if positions else digits


def write_positions(positions: Positions) -> str:
    return ",".join(map(str, positions))


def read_positions(text: str) -> Positions:
    return tuple(map(int, text.split(",")))


def _digits_at(pin: str, positions: Positions) -> str:
    return "".join(pin[each - 1] for each in positions)
