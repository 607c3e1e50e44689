"""Knows how a shopping list is spoken of: "two oat milks on the list". Knows no list and no shop. PURE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nlu.intent import (
    Add,
    AddSame,
    Ambiguous,
    AskOptions,
    AskProducts,
    AskStock,
    AskUnknown,
    Edit,
    Intent,
    Meaning,
    OnList,
    Order,
    Ref,
    Remove,
    Several,
    Simple,
    SimpleName,
)
from nlu.language import Language
from nlu.phrasebook import Words
from nlu.sampling import Sampler

Understand = Callable[[str], Meaning | None]
"""What words mean that say nothing of a list."""

WHOLE: dict[str, SimpleName] = {"read": "read_list", "clear": "clear_list", "order": "order_list"}
LOOKING = (AskStock, AskProducts, AskOptions, AskUnknown)
"""Questions that the whole list answers."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the words stand that name the list; `off`: what is said goes from it."""

    start: int
    end: int
    off: bool


def about_list(words: Sequence[str], language: Language) -> bool:
    words = _named(words, language)
    return _set_phrase(words, language) is not None or _place(words, language) is not None


def list_meaning(words: Sequence[str], language: Language, understand: Understand) -> Meaning | None:
    """What is said before the list is named belongs on it, what follows does not; None = not understood."""
    words = _named(words, language)
    if name := _set_phrase(words, language):
        return Simple(name)
    place = _place(words, language)
    if place is None:
        return None
    idle = language.idle
    before, after = idle.stripped(words[: place.start]), idle.stripped(words[place.end :])
    if not before:
        before, after = after, ()
    aside, noted = _divided(before, language)
    meanings = [understand(" ".join(aside))] if aside else []
    kept_off, noted = _without_verb(noted, language)
    meanings.append(_noted(noted, words[place.start], place.off or kept_off, understand))
    if after:
        rest = list_meaning(after, language, understand) if about_list(after, language) else understand(" ".join(after))
        meanings.append(rest)
    return _joined(meanings)


def _noted(words: Words, link: str, off: bool, understand: Understand) -> Meaning | None:
    """The order that the words would be, as one for the list."""
    found = understand(" ".join(words))
    if off and found is None:
        found = understand(" ".join((*words, link)))
    match found:
        case Several(parts):
            placed = [_placed(part, off) for part in parts]
            return _joined(placed) if all(placed) else None
        case Ambiguous(readings):
            several = tuple(each for each in (_placed(reading, off) for reading in readings) if each)
            return Ambiguous(several) if len(several) == len(readings) else None
        case None:
            return None
        case single:
            return _placed(single, off)


def _placed(meant: Intent, off: bool) -> Intent | None:
    match meant:
        case Order(edits):
            return OnList(replace(meant, edits=tuple(map(_taken_off, edits)) if off else edits))
        case Simple("yes" | "no"):
            return meant
        case _:
            return Simple("read_list") if isinstance(meant, LOOKING) and not off else None


def _taken_off(edit: Edit) -> Edit:
    match edit:
        case Add(item):
            return Remove(Ref(item.product, item.options, alternatives=item.alternatives), item.quantity)
        case AddSame(ref):
            return Remove(ref)
        case other:
            return other


def _joined(meanings: Sequence[Meaning | None]) -> Meaning | None:
    parts: list[Intent] = []
    for each in meanings:
        if each is None or (isinstance(each, Ambiguous) and len(meanings) > 1):
            return None
        if isinstance(each, Ambiguous):
            return each
        parts += each.intents if isinstance(each, Several) else (each,)
    return parts[0] if len(parts) == 1 else Several(tuple(parts))


# ---- where the list is named -------------------------------------------------------------------------------------


def _named(words: Sequence[str], language: Language) -> Words:
    """With the first of its names for the list, whichever was said."""
    names = language.lists["name"]
    first = next(iter(names))
    named: list[str] = []
    at = 0
    while at < len(words):
        said = names.leading(words, at)
        named += first if said else words[at : at + 1]
        at += len(said) or 1
    return tuple(named)


def _set_phrase(words: Sequence[str], language: Language) -> SimpleName | None:
    bare = language.idle.stripped(words)
    return next((name for key, name in WHOLE.items() if bare in language.lists[key]), None)


def _place(words: Sequence[str], language: Language) -> _Place | None:
    for start in range(len(words)):
        for key in ("off", "to"):
            if found := language.lists[key].leading(words, start):
                return _Place(start, start + len(found), key == "off")
    return None


def _divided(words: Words, language: Language) -> tuple[Words, Words]:
    """Where another verb follows an "and", what comes before it is not for the list."""
    joints, verbs = language.phrases["words.and"], _verbs(language)
    for at in range(len(words) - 1, 0, -1):
        for joint in joints.starting(words, at):
            rest = words[at + len(joint) :]
            if any(rest[: len(verb)] == verb for verb in verbs):
                return words[:at], rest
    return (), words


def _verbs(language: Language) -> list[Words]:
    ordinary = [verb for name in ("actions.add", "actions.take", "actions.remove") for verb in language.phrases[name]]
    return [*ordinary, *language.lists["verbs"], *language.lists["refusals"]]


def _without_verb(words: Words, language: Language) -> tuple[bool, Words]:
    """Whether the thing is not to be on the list ("don't put"), and the words without what only lists are told."""
    for key in ("refusals", "verbs"):
        if verb := language.lists[key].leading(words):
            return key == "refusals", words[len(verb) :]
    return False, words


# ---- what is said of lists ---------------------------------------------------------------------------------------


def sampled(sampler: Sampler) -> tuple[str, OnList]:
    """Something to be put on the list."""
    said, item = sampler.item()
    sentence = sampler.amended(sampler.frame("listing").replace("{item}", said))
    return sentence, OnList(Order((Add(item),)))


def set_phrases(language: Language) -> list[str]:
    return [" ".join(phrase) for key in WHOLE for phrase in language.lists[key]]


def taking_off(sampler: Sampler) -> str:
    """Something to be taken from the list."""
    frame, product = sampler.frame("unlisting"), sampler.product().said
    return sampler.amended(frame.replace("{product}", product))
