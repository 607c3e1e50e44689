"""Knows the notation of sentences: [optional], (one|of|these), <rule>. Knows no language. PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from nlu.errors import SentencesError

_TOKEN = re.compile(r"[\[\]()|]|<\w+>|[^\s\[\]()|<>]+")


@dataclass(frozen=True, slots=True)
class Word:
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Node, ...]


Node: TypeAlias = Word | Sequence | Choice
NOTHING = Sequence(())


def parse_template(text: str, rules: Mapping[str, str]) -> Node:
    """The template as a tree. Raises SentencesError that quotes it."""
    tokens = _TOKEN.findall(text)
    node, rest = _alternatives(tokens, 0, rules, text)
    if rest != len(tokens):
        raise SentencesError(f"{text!r}: unexpected {tokens[rest]!r}")
    return node


def _alternatives(tokens: list[str], at: int, rules: Mapping[str, str], text: str) -> tuple[Node, int]:
    options: list[Node] = []
    parts: list[Node] = []
    while at < len(tokens) and tokens[at] not in ("]", ")"):
        token = tokens[at]
        at += 1
        if token == "|":
            options.append(Sequence(tuple(parts)))
            parts = []
        elif token in ("[", "("):
            inner, at = _alternatives(tokens, at, rules, text)
            if at >= len(tokens) or tokens[at] != {"[": "]", "(": ")"}[token]:
                raise SentencesError(f"{text!r}: {token!r} is not closed")
            at += 1
            parts.append(Choice((inner, NOTHING)) if token == "[" else inner)
        elif token.startswith("<") and len(token) > 1:
            if token[1:-1] not in rules:
                raise SentencesError(f"{text!r}: there is no rule {token}")
            parts.append(parse_template(rules[token[1:-1]], rules))
        else:
            parts.append(Word(token))
    options.append(Sequence(tuple(parts)))
    return (options[0] if len(options) == 1 else Choice(tuple(options))), at


def expand(node: Node) -> list[tuple[str, ...]]:
    """Every word sequence that the template stands for, in its order."""
    match node:
        case Word(text):
            return [(text,)]
        case Choice(options):
            return [words for option in options for words in expand(option)]
        case Sequence(parts):
            found: list[tuple[str, ...]] = [()]
            for part in parts:
                found = [before + after for before in found for after in expand(part)]
            return found
