"""Knows how the wordings of experiments become messages beside the language's own. Does not know who hears them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluent.syntax import FluentParser
from fluent.syntax.ast import BaseNode, Message, VariableReference

from voxcart.errors import ConfigError
from voxcart.experiments import Experiment, message_of


def trial_messages(messages: str, experiments: Mapping[str, Experiment]) -> str:
    """In the same format. Raises ConfigError for what cannot be said in place of the message."""
    if not experiments:
        return ""
    known = {each.id.name: each for each in FluentParser().parse(messages).body if isinstance(each, Message)}
    return "".join(f"\n{line}\n" for name, each in experiments.items() for line in _lines(name, each, known))


def _lines(name: str, experiment: Experiment, known: Mapping[str, Message]) -> Iterator[str]:
    at = f"experiments.{name}"
    replaced = known.get(experiment.message)
    if replaced is None:
        raise ConfigError(f"{at}.message: there is no message {experiment.message!r} in the replies.")
    needed = _variables(replaced)
    for arm, wordings in experiment.arms.items():
        for number, wording in enumerate(wordings, 1):
            key = message_of(name, arm) + ("" if number == 1 else f"-{number}")
            line = f"{key} = {wording}"
            read = FluentParser().parse(line).body
            if len(read) != 1 or not isinstance(read[0], Message) or "\n" in wording:
                raise ConfigError(f"{at}.arms.{arm}: {wording!r} is no sentence in Fluent's syntax on one line.")
            if _variables(read) != needed:
                told = ", ".join(f"{{ ${each} }}" for each in sorted(needed)) or "none"
                raise ConfigError(f"{at}.arms.{arm}: {wording!r} must hold the placeables of its message: {told}.")
            yield line


def _variables(part: object) -> set[str]:
    """The names of the placeables anywhere in it."""
    match part:
        case VariableReference():
            return {part.id.name}
        case BaseNode():
            return _variables(list(vars(part).values()))
        case list():
            return {name for each in part for name in _variables(each)}
        case _:
            return set()
