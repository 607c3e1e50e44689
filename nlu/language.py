"""Knows one language's sentence file, compiled. Knows no shop."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from nlu.errors import SentencesError
from nlu.phrasebook import Phrases, Words
from nlu.templates import expand, parse_template

SENTENCES = Path(__file__).parent / "sentences"

Endings: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """`phrases` holds every table of templates as `table.key` -> word sequences; the rest are the plain tables."""

    name: str
    phrases: Mapping[str, Phrases]
    lists: Mapping[str, Phrases]
    """What is said of a shopping list: how it is named ("to", "off"), and whole sentences."""
    told: Mapping[str, Phrases]
    """What is known by a part of it: `reasons.late` names a reason wherever it is said, `openings.complain` begins a
    wish, and `answers.everything` is an answer only where parts were offered."""
    terms: Mapping[str, Phrases]
    """What is said of how an order is paid less for and received: the beginnings of sentences, and whole ones."""
    spelling_links: Phrases
    times: Mapping[str, Phrases]
    """How a time of the day is said, but for its numbers."""
    """The "as in" of "K as in Karol"."""
    spelling_fillers: frozenset[str]
    numbers: Mapping[str, int]
    close_numbers: frozenset[Decimal]
    """Those that are taken for each other by ear."""
    numbers_said: Mapping[Words, Decimal]
    number_parts: Mapping[str, tuple[str, ...]]
    ordinals: Mapping[Words, int]
    digits: Mapping[str, str]
    digit_repeats: Mapping[str, int]
    digit_words: Mapping[str, frozenset[str]]
    mail_words: Mapping[str, frozenset[str]]
    idle: Phrases
    """What says nothing at both ends of what is said: "okay ... please"."""
    idle_among_digits: Phrases
    """The same where digits and letters are dictated, of which "oh" is one."""
    choosing: Mapping[str, Phrases]
    """How goods are asked for by what they are, and compared."""
    choosing_without: tuple[tuple[Words, Words], ...]
    """ "without" and the "free" of "lactose free"."""
    unfinished: Phrases
    """What nobody ends with who has said all."""
    units: Mapping[str, str]
    containers: frozenset[str]
    paired: frozenset[str]
    """What is always two and called a pair: "trousers"."""
    pieces: frozenset[str]
    """What things in a pack are counted by, whatever they are."""
    stop_words: frozenset[str]
    articles: frozenset[str]
    """Words that may be left out at the beginning of a name."""
    symbols: Mapping[str, str]
    abbreviations: Mapping[str, str]
    """What stands written after a number, as it is said."""
    homophones: tuple[tuple[str, str], ...]
    endings: tuple[Endings, Endings]
    irregular: Mapping[str, str]
    days: Mapping[Words, str]
    letters: Mapping[str, str]
    sounds: tuple[tuple[str, str], ...]
    plurals: tuple[tuple[str, str], ...]
    amends: tuple[tuple[str, str], ...]
    samples: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, str]
    number_hint: str
    """A written example of dictated numbers, which makes a speech recogniser write digits."""


_TEMPLATES = ("words", "actions", "links", "simple", "repeat", "questions")


@cache
def load_language(name: str) -> Language:
    """Read sentences/`name`.toml. Raises SentencesError that names file, table and sentence."""
    path = SENTENCES / f"{name}.toml"
    try:
        return compile_language(name, tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        known = ", ".join(sorted(found.stem for found in SENTENCES.glob("*.toml")))
        raise SentencesError(f"There are no sentences for the language {name!r}. Known: {known}.") from error
    except (SentencesError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise SentencesError(f"{path}: {error}") from error


def compile_language(name: str, tree: Mapping[str, Any]) -> Language:
    """The tables of a sentence file as a Language."""
    rules: Mapping[str, str] = tree["rules"]
    phrases: dict[str, Phrases] = {}
    for table in _TEMPLATES:
        for key, templates in tree[table].items():
            phrases[f"{table}.{key}"] = _expanded(templates, rules)
    idle = phrases["words.fillers"] + phrases["words.and"]
    letters = {said: letter for letter, ways in tree["letters"].items() for said in ways}
    digits = {said: digit for digit, ways in tree["digits"].items() for said in ways}
    return Language(
        name=name,
        idle=idle,
        idle_among_digits=Phrases(each for each in idle if not (each[0] in digits or each[0] in letters)),
        phrases=phrases,
        lists={key: _expanded(templates, rules) for key, templates in tree["lists"].items()},
        told={
            f"{part}.{key}": _expanded(each, rules) for part, keys in tree["told"].items() for key, each in keys.items()
        },
        terms={key: _expanded(templates, rules) for key, templates in tree["terms"].items()},
        times={key: _expanded(templates, rules) for key, templates in tree["times"].items()},
        spelling_links=_expanded(tree["spelling"]["links"], rules),
        spelling_fillers=frozenset(tree["spelling"]["fillers"]),
        numbers=tree["numbers"],
        close_numbers=frozenset(map(Decimal, tree["close_numbers"])),
        numbers_said={tuple(said.split()): Decimal(str(value)) for said, value in tree["numbers_said"].items()},
        number_parts={key: tuple(said) for key, said in tree["number_parts"].items()},
        ordinals={tuple(said.split()): value for said, value in tree["ordinals"].items()},
        digits=digits,
        digit_repeats=tree["digit_repeats"],
        digit_words={key: frozenset(said) for key, said in tree["digit_words"].items()},
        choosing={key: _expanded(said, rules) for key, said in tree["choosing"].items() if key != "without"},
        choosing_without=tuple((tuple(a.split()), tuple(b.split())) for a, b in tree["choosing"]["without"]),
        unfinished=_expanded(tree["unfinished"]["ends"], rules),
        mail_words={key: frozenset(said) for key, said in tree["mail_words"].items()},
        units={said: unit for unit, ways in tree["units"].items() for said in ways},
        containers=frozenset(tree["containers"]["words"]),
        paired=frozenset(tree["containers"]["paired"]),
        pieces=frozenset(tree["containers"]["pieces"]),
        stop_words=frozenset(tree["words"]["stop"]),
        articles=frozenset(
            (*tree["words"]["definite"], *(said for said, value in tree["numbers_said"].items() if value == 1))
        ),
        symbols=tree["symbols"],
        abbreviations=tree["abbreviations"],
        homophones=_endings(tree["homophones"]["rules"]),
        endings=(_endings(tree["stems"]["endings"]), _endings(tree["stems"]["then"])),
        irregular=tree["irregular"],
        days={tuple(said.split()): day for day, ways in tree["days"].items() for said in ways},
        letters=letters,
        sounds=_endings(tree["sounds"]["rules"]),
        plurals=_endings(tree["plurals"]["rules"]),
        synonyms={said: word for word, ways in tree["synonyms"].items() for said in ways},
        number_hint=tree["number_hint"],
        amends=_endings(tree["samples"]["amends"]),
        samples={key: tuple(said) for key, said in tree["samples"].items() if key != "amends"},
    )


def _expanded(templates: Sequence[str], rules: Mapping[str, str]) -> Phrases:
    return Phrases(each for template in templates for each in expand(parse_template(template, rules)))


def _endings(rows: list[list[str]]) -> Endings:
    return tuple((old, new) for old, new in rows)
