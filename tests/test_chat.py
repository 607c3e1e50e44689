"""The typed conversation: lines in, answers out."""

from __future__ import annotations

import io

import pytest

from nlu.intent import Simple
from tests.talk import PHONE, Talk, add
from voice.call import HungUp, Silence
from voice.channels import Keys
from voice.prompt import Listening, Prompt
from voice.recognizer import Transcript
from voxcart.chat import chat, input_of, terminal_line


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("A Latte", Transcript("a latte", "typed")),
        (":silence", Silence()),
        ("", Silence()),
        (":keys 1234#", Keys("1234#", 0)),
        (":over Yes", Transcript("yes", "typed", over_prompt=True)),
        (None, HungUp()),
    ],
)
def test_what_a_line_stands_for(line: str | None, heard: object) -> None:
    assert input_of(line) == heard


MEANINGS = {"a latte": add("latte"), "that's all": Simple("checkout"), "yes": Simple("yes"), "bye": Simple("goodbye")}


async def test_a_conversation_ends_when_the_assistant_hangs_up() -> None:
    talk = Talk(caller=PHONE, parse=lambda text, _kind, _focus: MEANINGS.get(text))
    lines = iter(["a latte", "that's all", "yes", "bye", "not read any more"])
    written: list[str] = []
    await chat(talk.mind, lambda _prompt: next(lines), written.append)
    assert len(talk.shop.orders()) == 1
    assert len(written) == 5
    assert written[-1].endswith("Goodbye!")
    assert next(lines) == "not read any more"


async def test_the_end_of_the_input_hangs_up() -> None:
    talk = Talk(parse=lambda *_: None)
    await chat(talk.mind, lambda _prompt: None, lambda _text: None)
    assert talk.log[-1][3]["heard"] == {"kind": "hung up"}


def test_lines_of_a_pipe() -> None:
    source = io.StringIO("a latte\n\nyes")
    prompt = Prompt("?", Listening("order"))
    assert [terminal_line(prompt, source) for _ in range(4)] == ["a latte", "", "yes", None]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_private_answers_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "4719")
    monkeypatch.setattr("builtins.input", lambda _prompt: "shown")
    assert terminal_line(Prompt("?", Listening("digits"), private=True), Terminal()) == "4719"
    assert terminal_line(Prompt("?", Listening("order")), Terminal()) == "shown"
