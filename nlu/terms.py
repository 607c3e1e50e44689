"""Knows how people speak of the terms of an order: a coupon, where it goes, how it is paid. Knows no price. PURE."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlu.grammar import Grammar
from nlu.intent import (
    Ambiguous,
    AskUnknown,
    Coupon,
    Intent,
    Meaning,
    Number,
    OnList,
    Order,
    Pick,
    Several,
    Simple,
    SimpleName,
    Spelled,
    Text,
    When,
)
from nlu.language import Language
from nlu.numbers import read_number
from nlu.phrasebook import Words
from nlu.spelling import read_spelling, same_code
from nlu.times import read_time

Understand = Callable[[str, str], Meaning | None]
"""What words that say nothing of terms mean, as an answer to a kind of question."""
WAYS: tuple[SimpleName, ...] = ("deliver", "pickup", "my_address")
PAYING: tuple[SimpleName, ...] = ("pay_delivery", "pay_invoice", "pay_card", "pay_link")
AGREED = (Simple("yes"), Simple("checkout"))
"""What may be said before the way, beside an order."""
LEAST_NAMED, LEAST_SPELLED, LEAST_CODE = 2, 2, 4
"""A lone "why" or "oh" is no spelling."""


def about_terms(words: Sequence[str], grammar: Grammar, expecting: str, understand: Understand) -> Meaning | None:
    """What is said of terms, or spelled where that was asked for (`expecting` "code"); None = something else."""
    language, codes = grammar.language, grammar.vocabulary.codes
    if found := _coupon(words, language, codes, lambda said: understand(said, expecting)):
        return found
    if grammar.vocabulary.pays and (paid := _paid(words, language, lambda said: understand(said, expecting))):
        return paid
    if grammar.vocabulary.delivers and (way := _way(words, language, lambda said: understand(said, expecting))):
        return way
    match expecting:
        case "code":
            return _dictated(words, language, codes, understand)
        case "postcode":
            return _address(words, language) or _postcode(_said_of_postcode(words, language), language, understand)
        case "house":
            return _numbered(words, language, understand)
        case "address":
            return _mended(language.idle.stripped(words), language, codes)
        case "street":
            return _street(words, language, understand)
        case "slot":
            return _time(words, language)
        case _:
            return None


def _way(
    words: Sequence[str], language: Language, understand: Callable[[str], Meaning | None]
) -> Simple | Several | None:
    """How the order is to be received, and when, after something else or not: "that's all, deliver it at six"."""
    if found := _received(words, language):
        return found
    for at in range(1, len(words)):
        found = _received(words[at:], language)
        before = understand(" ".join(words[:at])) if found else None
        parts = before.intents if isinstance(before, Several) else (before,)
        beside = [each for each in parts if isinstance(each, Order | Simple) and _goes_beside(each)]
        if found and len(beside) == len(parts):
            return Several((*beside, *(found.intents if isinstance(found, Several) else (found,))))
    return None


def _paid(
    words: Sequence[str], language: Language, understand: Callable[[str], Meaning | None]
) -> Simple | Several | None:
    """How the order is paid, after something else or not: "that's all, I'll pay by card". A question stays one."""
    if language.idle.stripped(words) in language.phrases["questions.payment"]:
        return None
    if found := _way_to_pay(words, language):
        return found
    for at in range(1, len(words)):
        found = _way_to_pay(words[at:], language)
        before = understand(" ".join(language.idle.stripped(words[:at]))) if found else None
        parts = before.intents if isinstance(before, Several) else (before,)
        beside = [each for each in parts if isinstance(each, Order | Simple | When | Text) and _goes_before(each)]
        if found and before and len(beside) == len(parts):
            return Several((*beside, found))
    return None


def _way_to_pay(words: Sequence[str], language: Language) -> Simple | None:
    said = language.terms["instead"].stripped(language.idle.stripped(words))
    ways = (tuple(words), language.idle.stripped(words), said, language.terms["pay_beside"].stripped(said))
    name = next((name for name in PAYING if any(each in language.terms[name] for each in ways)), None)
    return Simple(name) if name else None


def _goes_before(said: Order | Simple | When | Text) -> bool:
    handed = isinstance(said, When | Text) or (isinstance(said, Simple) and said.name in WAYS)
    return handed or _goes_beside(said)


def _goes_beside(said: Order | Simple | When | Text) -> bool:
    return not said.not_sold if isinstance(said, Order) else said in AGREED


def _received(words: Sequence[str], language: Language) -> Simple | Several | None:
    bare, instead = language.idle.stripped(words), language.terms["instead"]
    if name := next(
        (name for name in WAYS if tuple(words) in language.terms[name] or bare in language.terms[name]), None
    ):
        return Simple(name)
    said = instead.stripped(bare)
    for name in WAYS:
        for lead in language.terms[name].starting(said):
            rest = said[len(lead) :]
            if not rest:
                return Simple(name)
            if name == "deliver" and (when := read_time(rest, language)) and when != When():
                return Several((Simple(name), when))
            if name == "deliver" and (where := _towards(rest, language)):
                return Several((Simple(name), *where))
    return None


def _towards(words: Words, language: Language) -> tuple[Intent, ...]:
    """ "to fourteen Oak Street, one oh oh oh one"; "to my office" names no street."""
    lead = language.terms["towards"].leading(words)
    rest = words[len(lead) :]
    if not lead or language.terms["mine"].leading(rest):
        return ()
    code = _spelled(_said_of_postcode(rest, language), language, ())
    if code and code.clear and len(code.text) >= LEAST_CODE:
        return (code,)
    match _address(rest, language):
        case Several(parts):
            return parts
        case Text() as street:
            return (street,)
    number, name = _house(rest, language)
    return (Text(" ".join(name), number),) if len(name) >= LEAST_NAMED else ()


def _mended(words: Words, language: Language, codes: Sequence[str]) -> Text | Spelled | None:
    """Which part of an address is another: "no, it's number fourteen", "the street is Elm Road"."""
    terms = language.terms
    said = terms["wrong"].stripped(words)
    if lead := terms["postcode"].leading(said):
        return _spelled(said[len(lead) :], language, codes)
    if lead := terms["house"].leading(said):
        spelled = _spelled(said[len(lead) :], language, codes)
        read = read_number(said, len(lead), language)
        number = str(int(read[0])) if read and read[1] == len(said) else spelled.text if spelled else None
        return Text("", number) if number else None
    if lead := terms["street"].leading(said):
        number, name = _house(said[len(lead) :], language)
        return Text(" ".join(name), number) if name else None
    read = read_number(said, 0, language)
    return Text("", str(int(read[0]))) if read and read[1] == len(said) else None


def _time(words: Sequence[str], language: Language) -> When | Simple | None:
    bare = language.idle.stripped(words)
    if bare in language.terms["later"]:
        return Simple("more")
    return When(how="before") if bare in language.terms["earlier"] else read_time(words, language)


def _numbered(words: Sequence[str], language: Language, understand: Understand) -> Meaning | None:
    """The number of a house: "twelve", "one oh four", "twelve B"."""
    said = language.terms["house"].stripped(language.idle_among_digits.stripped(words))
    read = read_number(said, 0, language)
    if read and read[0] == int(read[0]):
        letter = language.letters.get(" ".join(said[read[1] :])) if read[1] < len(said) else ""
        if letter is not None:
            return Spelled(f"{int(read[0])}{letter}".upper())
    return _dictated(said, language, (), understand)


def _street(words: Sequence[str], language: Language, understand: Understand) -> Meaning | None:
    """A street may be called anything; only what is said everywhere is no street."""
    meant = understand(" ".join(words), "yes_no")
    if meant is not None and not isinstance(meant, Order | OnList | Several | Ambiguous | AskUnknown | Number | Pick):
        return meant
    spelled = _spelled(words, language, ())
    if spelled and spelled.clear and len(words) > LEAST_SPELLED:
        return Text(spelled.text)
    said = language.terms["wrong"].stripped(language.idle.stripped(words))
    number, name = _house(said, language)
    return Text(" ".join(name), number) if name else None


def _said_of_postcode(words: Sequence[str], language: Language) -> Words:
    """Without "my zip code is"."""
    said = language.terms["towards_address"].stripped(language.idle_among_digits.stripped(words))
    return said[len(language.terms["postcode"].leading(said)) :]


def _postcode(words: Words, language: Language, understand: Understand) -> Meaning | None:
    """What has whole words in it is no postcode: heard again, it may be a street."""
    meant = _dictated(words, language, (), understand)
    return None if isinstance(meant, Spelled) and not meant.clear else meant


def _address(words: Sequence[str], language: Language) -> Text | Several | None:
    """A street, where a postcode was asked for, with the postcode before or after it, or without."""
    said = _said_of_postcode(words, language)
    for at in sorted(range(1, len(said)), key=lambda place: len(said[place]) < LEAST_CODE):
        for code, rest in ((said[at:], said[:at]), (said[:at], said[at:])):
            spelled, street = _spelled(_said_of_postcode(code, language), language, ()), _street_named(rest, language)
            if street and spelled and spelled.clear and len(spelled.text) >= LEAST_CODE:
                return Several((spelled, street))
    return _street_named(said, language)


def _street_named(words: Words, language: Language) -> Text | None:
    """What ends as streets do, with a number or not."""
    said = language.terms["postcode"].stripped(language.idle.stripped(words))
    number, name = _house(said, language)
    places = language.terms["places"]
    found = len(name) > 1 and (name[-1:] in places or name[:1] in places)
    return Text(" ".join(name), number) if found else None


def _house(said: Words, language: Language) -> tuple[str | None, Words]:
    """The number before or after the name of a street, and the name."""
    first = read_number(said, 0, language)
    if first and first[0] == int(first[0]) and said[0] not in language.articles and first[1] < len(said):
        return str(int(first[0])), said[first[1] :]
    for at in range(1, len(said)):
        last = read_number(said, at, language)
        if last and last[1] == len(said) and last[0] == int(last[0]):
            return str(int(last[0])), said[:at]
    return None, said


def _dictated(words: Sequence[str], language: Language, codes: Sequence[str], understand: Understand) -> Meaning | None:
    """What is not all letters and digits may be something else; if it is not, it was meant to be the answer."""
    code = _spelled(words, language, codes)
    if code and code.clear and (len(code.text) >= LEAST_SPELLED or code.text.isdigit()):
        return code
    meant = understand(" ".join(words), "yes_no")
    return code if meant is None or _is_lost(meant) else meant


def _is_lost(meaning: Meaning) -> bool:
    parts = meaning.intents if isinstance(meaning, Several) else (meaning,)
    return any(isinstance(part, AskUnknown) or (isinstance(part, Order) and part.not_sold) for part in parts)


def _coupon(
    words: Sequence[str], language: Language, codes: Sequence[str], understand: Callable[[str], Meaning | None]
) -> Meaning | None:
    """A coupon, with what was said before it; None = none is spoken of, or the rest makes no sense."""
    said = tuple(words)
    bare = language.idle.stripped(said)
    if bare in language.terms["no_coupon"]:
        return Coupon(None, wanted=False)
    for at in range(len(said)):
        lead = language.terms["coupon"].leading(said, at)
        if not lead or (len(lead) == 1 and language.idle.stripped(said[:at])):
            continue
        coupon = Coupon(_code(said[at + len(lead) :], language, codes))
        before = language.idle.stripped(said[:at])
        return _after(before, coupon, understand) if before else coupon
    return None


def _spelled(words: Sequence[str], language: Language, codes: Sequence[str]) -> Spelled | None:
    read = read_spelling(language.idle_among_digits.stripped(words), language)
    known = same_code(read.text, codes)
    return Spelled(known or read.text, read.spelled or known is not None) if read.text else None


def _code(words: Words, language: Language, codes: Sequence[str]) -> str | None:
    found = _spelled(words, language, codes)
    return found.text if found else None


def _after(before: Words, coupon: Coupon, understand: Callable[[str], Meaning | None]) -> Meaning | None:
    match understand(" ".join(before)):
        case None | Ambiguous():
            return None
        case Several(parts):
            return Several((*parts, coupon))
        case meant:
            found: Intent = meant
            return Several((found, coupon))
