"""Knows the steps of checking a shop: compile it, compare its names, speak them, propose aliases. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from nlu.grammar import Grammar
from nlu.intent import Meaning
from nlu.parse import parse
from nlu.saying import Saying, sayings
from nlu.vocabulary import Vocabulary
from voice.pronunciations import Pronunciations
from voice.soundalike import SoundAlikeRecognizer, open_table
from voice.synthesizer import phonemes
from voxcart.aliases import Proposal, propose
from voxcart.build import Front, open_caller, open_ears, said_words
from voxcart.config import Config
from voxcart.hear import Ears
from voxcart.hearing_back import ORDER, Say, Spoken, chosen, hear_back, unread
from voxcart.likeness import Alike, alike_names
from voxcart.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a shop file comes to. `spellings`: by each word that the model lacks, the words it is heard by. `unread`:
    names that are not understood even as they are written, with what becomes of them."""

    shop: str
    products: int
    options: int
    phrases: int
    sayings: list[Saying]
    spellings: dict[str, str | None]
    alike: list[Alike]
    unread: list[tuple[Saying, Verdict]]

    @property
    def is_fine(self) -> bool:
        return not self.unread and None not in self.spellings.values()

    def at_risk(self) -> set[str]:
        """The names that are like another, or have a word that the model lacks."""
        twins = {name.said for pair in self.alike for name in (pair.one, pair.other)}
        return twins | {each.name for each in self.sayings if not self.spellings.keys().isdisjoint(each.name.split())}


@dataclass(frozen=True, slots=True)
class Aloud:
    """What came of the names that were spoken; `left_out`: how many were not."""

    spoken: list[Spoken]
    left_out: int
    proposals: list[Proposal]

    @property
    def is_fine(self) -> bool:
        return all(one.is_fine for one in self.spoken)


def compile_shop(front: Front, recognizer: SoundAlikeRecognizer) -> Compiled:
    """What can be told without a sound."""
    table = open_table()
    catalog, grammar = front.catalog, front.grammar
    said = sayings(grammar.lexicon, front.config.nlu.seed)
    return Compiled(
        shop=catalog.name,
        products=len(catalog.products),
        options=sum(len(group.values) for group in catalog.groups),
        phrases=len(grammar.phrases(ORDER)),
        sayings=said,
        spellings=recognizer.spellings(sorted(said_words(front))),
        alike=alike_names(grammar.lexicon, Pronunciations((), table, phonemes).find, table),
        unread=unread(said, partial(_parse, grammar), catalog),
    )


async def speak_names(
    front: Front, ears: Ears, say: Say, compiled: Compiled, sayings: list[Saying], tell: Callable[[Spoken], None]
) -> Aloud:
    """Speak the sentences to the shop, and look for aliases that mend what it did not understand."""
    spoken = await hear_back(sayings, ears, say, tell)
    proposals = propose(
        spoken, front.grammar.vocabulary, front.grammar.language, partial(_reader, front), front.catalog
    )
    return Aloud(spoken, len(compiled.sayings) - len(sayings), proposals)


def to_speak(compiled: Compiled, most: int, seed: int) -> list[Saying]:
    return chosen(compiled.sayings, compiled.at_risk(), most, seed)


@contextmanager
def mouth_and_ears(config: Config, front: Front, recognizer: SoundAlikeRecognizer) -> Iterator[tuple[Say, Ears]]:
    """A caller's voice, and what the shop hears with. Raises ModelMissing or ModelCorrupt."""
    caller = open_caller(config)
    try:
        yield caller.say, open_ears(config, front, recognizer)
    finally:
        caller.close()


def _parse(grammar: Grammar, text: str, expecting: str = ORDER) -> Meaning | None:
    return parse(text, grammar, expecting)


def _reader(front: Front, shop: Vocabulary) -> Callable[[str], Meaning | None]:
    return partial(_parse, Grammar(front.grammar.language, shop, front.config.nlu, front.grammar.ear))
