"""Knows how people speak of the terms of an order: a coupon and its code. Knows no price and no shop. PURE."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlu.grammar import Grammar
from nlu.intent import Ambiguous, AskUnknown, Coupon, Intent, Meaning, Order, Several, Spelled
from nlu.language import Language
from nlu.phrasebook import Words
from nlu.spelling import read_spelling, same_code

Understand = Callable[[str, str], Meaning | None]
"""What words that say nothing of terms mean, as an answer to a kind of question."""
LEAST_SPELLED = 2
"""A lone "why" or "oh" is no spelling."""


def about_terms(words: Sequence[str], grammar: Grammar, expecting: str, understand: Understand) -> Meaning | None:
    """What is said of terms, or spelled where that was asked for (`expecting` "code"); None = something else."""
    language, codes = grammar.language, grammar.vocabulary.codes
    if found := _coupon(words, language, codes, lambda said: understand(said, expecting)):
        return found
    return _dictated(words, language, codes, understand) if expecting == "code" else None


def _dictated(words: Sequence[str], language: Language, codes: Sequence[str], understand: Understand) -> Meaning | None:
    """What is not all letters and digits may be something else; if it is not, it was meant to be the answer."""
    code = _spelled(words, language, codes)
    if code and code.clear and len(code.text) >= LEAST_SPELLED:
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
