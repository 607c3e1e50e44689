"""Knows what people tell in their own words, and why; and what counts only after a question for it. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from nlu.intent import Person, Reason, Said, Simple, SimpleName
from nlu.language import Language
from nlu.people import person
from nlu.phrasebook import Phrases, Words

FREE = "told"
"""The kind of question that is answered in one's own words."""
ABOUT_THE_CALL = (
    *("yes", "no", "none", "help", "human", "cancel", "stop", "goodbye", "pause", "thanks", "backchannel", "checkout"),
    "no_recording",
)
"""What is meant for the assistant, even where anything may be told."""
_REASONS: dict[str, Reason] = {each: each for each in get_args(Reason)}
_OPENINGS: tuple[SimpleName, ...] = ("return_order", "complain")


def answered(
    words: Sequence[str], text: str, expecting: str, focus: Sequence[str], language: Language
) -> Person | Said | Simple | None:
    """A name, free words, or "all of it" where that was asked for, and wishes known by how they begin; else None."""
    match expecting:
        case "who":
            return person(words, focus, language)
        case "told":
            return _said(words, text, language)
        case "digits":
            return None
    if focus and _plain(words, language) in language.told["answers.everything"]:
        return Simple("all")
    return next((Simple(name) for name in _OPENINGS if _wishes(words, name, language)), None)


def _wishes(words: Sequence[str], name: str, language: Language) -> bool:
    return _begins(words, language.told[f"openings.{name}"]) or tuple(words) in language.told.get(
        f"whole.{name}", Phrases(())
    )


def _begins(words: Sequence[str], openings: Phrases) -> bool:
    """And goes on: the beginning alone asks for nothing yet."""
    return any(len(words) > len(each) for each in openings.starting(words))


def _said(words: Sequence[str], text: str, language: Language) -> Said | None:
    reason = _reason(words, language)
    if reason is None and (not _plain(words, language) or _is_about_the_call(words, language)):
        return None
    return Said(" ".join(text.split()), reason)


def _is_about_the_call(words: Sequence[str], language: Language) -> bool:
    tables = [each for each in language.phrases if each.startswith("repeat.")]
    tables += [f"simple.{name}" for name in ABOUT_THE_CALL]
    ways = {tuple(words), _plain(words, language)}
    return any(way in language.phrases[table] for table in tables for way in ways)


def _plain(words: Sequence[str], language: Language) -> Words:
    """Without the fillers before and after."""
    fillers = {each for each in language.phrases["words.fillers"] if len(each) == 1}
    kept = list(words)
    while kept and (kept[0],) in fillers:
        del kept[0]
    while kept and (kept[-1],) in fillers:
        del kept[-1]
    return tuple(kept)


def _reason(words: Sequence[str], language: Language) -> Reason | None:
    """The one that is named; of several the one named in most words, then first."""
    named = list(_named(words, language))
    return min(named, key=lambda each: (-each[0], each[1]))[2] if named else None


def _named(words: Sequence[str], language: Language) -> Iterator[tuple[int, int, Reason]]:
    """(words, place, reason) of each that is named."""
    for name, reason in _REASONS.items():
        for said in language.told.get(f"reasons.{name}", ()):
            for at in range(len(words) - len(said) + 1):
                if tuple(words[at : at + len(said)]) == said:
                    yield len(said), at, reason
