"""The same conversation typed, without audio. Knows the terminal; whatever is said comes from the mind."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable
from typing import TextIO

from voice.call import CallInput, HungUp, Mind, Silence
from voice.channels import Keys
from voice.prompt import Prompt
from voice.recognizer import Transcript

SILENCE, KEYS, OVER = ":silence", ":keys", ":over"
"""What a line can say beside words: silence, pressed keys, words spoken over the prompt."""
ENGINE = "typed"

ReadLine = Callable[[Prompt], str | None]
"""The caller's next line; None when there will be no more."""


def input_of(line: str | None) -> CallInput:
    """What a typed line stands for."""
    if line is None:
        return HungUp()
    directive, _, rest = line.strip().partition(" ")
    if directive == SILENCE or not line.strip():
        return Silence()
    if directive == KEYS:
        return Keys(rest.strip(), 0)
    if directive == OVER:
        return Transcript(rest.strip().lower(), ENGINE, over_prompt=True)
    return Transcript(line.strip().lower(), ENGINE)


async def chat(mind: Mind, read_line: ReadLine, write: Callable[[str], object] = print) -> None:
    """Hold the conversation until the assistant or the caller hangs up."""
    prompt = await mind.greet()
    write(prompt.text)
    while not prompt.hang_up:
        line = await asyncio.to_thread(read_line, prompt)
        prompt = await mind.act(mind.understand(input_of(line)))
        if prompt.text:
            write(prompt.text)


def terminal_line(prompt: Prompt, source: TextIO | None = None) -> str | None:
    """A line from the terminal, or from a pipe; private answers are not shown while they are typed."""
    lines = source or sys.stdin
    try:
        if lines.isatty():
            return getpass.getpass("> ") if prompt.private else input("> ")
    except EOFError:
        return None
    line = lines.readline()
    return line.rstrip("\n") if line else None
