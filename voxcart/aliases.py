"""Knows which aliases would let a shop understand what was heard in place of its names. Writes no file. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from commerce.catalog import Catalog
from nlu.intent import Meaning
from nlu.language import Language
from nlu.saying import Saying
from nlu.text import words_of
from nlu.vocabulary import Name, OptionGroup, Vocabulary
from voxcart.hearing_back import Spoken
from voxcart.verdict import BEST_FIRST, Verdict, judge

Parse: TypeAlias = Callable[[str], Meaning | None]
Reader: TypeAlias = Callable[[Vocabulary], Parse]
"""What reads the sentences of a shop with these names."""

LONGEST = 6
MOST = 20
"""Each proposal is tried on everything that was heard, with tables of its own."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`alias` for the `product`, or for the value `choice`, which was heard where `name` was said."""

    alias: str
    name: str
    product: str
    choice: tuple[str, str] | None


def propose(
    spoken: Sequence[Spoken], shop: Vocabulary, language: Language, reader: Reader, catalog: Catalog
) -> list[Proposal]:
    """Aliases that mean nothing else in the shop, of which each mends a name and none spoils another."""
    parse = reader(shop)
    found = list(dict.fromkeys(each for one in spoken if (each := _proposal(one, language))))
    times = Counter(each.alias for each in found)
    found = [each for each in found if times[each.alias] == 1 and _means_nothing(each, parse, catalog)]
    kept: list[Proposal] = []
    before = _verdicts(spoken, parse, catalog)
    for proposal in found[:MOST]:
        wider = with_alias(shop, proposal)
        after = _verdicts(spoken, reader(wider), catalog)
        changes = list(zip((*spoken, *spoken), before, after, strict=True))
        mended = any(now == "right" != then and _is_for(proposal, one.saying) for one, then, now in changes)
        if mended and all(BEST_FIRST.index(now) <= BEST_FIRST.index(then) for _, then, now in changes):
            kept.append(proposal)
            shop, before = wider, after
    return kept


def with_alias(shop: Vocabulary, proposal: Proposal) -> Vocabulary:
    if proposal.choice is None:
        products = (
            replace(each, spoken=(*each.spoken, proposal.alias)) if each.id == proposal.product else each
            for each in shop.products
        )
        return replace(shop, products=tuple(products))
    group, value = proposal.choice
    return replace(
        shop, groups=tuple(_wider(each, value, proposal) if each.id == group else each for each in shop.groups)
    )


def heard_name(saying: Saying, text: str, language: Language) -> str:
    """What was heard in the place of the name; "" where the words around it were not heard as they were said."""
    said, name, heard = saying.sentence.split(), saying.name.split(), text.split()
    at = next(at for at in range(len(said)) if said[at : at + len(name)] == name)
    before, after = said[:at], said[at + len(name) :]
    if after:
        if heard[-len(after) :] != after:
            return ""
        heard = heard[: -len(after)]
    articles = language.articles
    plain = [word for word in before if word not in articles]
    while plain and heard and (heard[0] == plain[0] or heard[0] in articles):
        if heard[0] == plain[0]:
            plain.pop(0)
        heard = heard[1:]
    while heard and heard[0] in articles:
        heard = heard[1:]
    return "" if plain else " ".join(heard)


def _wider(group: OptionGroup, value: str, proposal: Proposal) -> OptionGroup:
    def wider(each: Name) -> Name:
        return replace(each, spoken=(*each.spoken, proposal.alias)) if each.id == value else each

    return replace(group, values=tuple(map(wider, group.values)))


def _proposal(one: Spoken, language: Language) -> Proposal | None:
    if one.is_fine:
        return None
    words = words_of(heard_name(one.saying, one.text, language), language)
    nameable = [word for word in words if word not in language.stop_words and word not in language.numbers]
    if not nameable or len(words) > LONGEST or " ".join(words) == one.saying.name:
        return None
    return Proposal(" ".join(words), one.saying.name, one.saying.product, one.saying.choice)


def _means_nothing(proposal: Proposal, parse: Parse, catalog: Catalog) -> bool:
    saying = Saying(proposal.alias, proposal.alias, proposal.product, proposal.choice)
    return judge(parse(proposal.alias), saying, catalog) in ("asked", "lost")


def _is_for(proposal: Proposal, saying: Saying) -> bool:
    mine = proposal.choice is not None or proposal.product == saying.product
    return mine and proposal.choice == saying.choice


def _verdicts(spoken: Sequence[Spoken], parse: Parse, catalog: Catalog) -> list[Verdict]:
    """On what was heard, and on what was said."""
    heard = [judge(parse(one.text), one.saying, catalog) for one in spoken]
    return heard + [judge(parse(one.saying.sentence), one.saying, catalog) for one in spoken]
