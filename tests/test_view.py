"""What stands on the terminal while people talk to the device."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal

import pytest
from rich.console import Console

from commerce.cart import Cart, Line
from commerce.money import Money
from tests.called import Talk
from tests.fakes import FakeMind, FakeVoice, farewell, says
from tests.small_shop import kiosk
from voice import events
from voice.prompt import Listening, Prompt
from voice.recognizer import Transcript
from voxcart.view import Shown, State, View, drawn


@dataclass
class Still:
    state: State = "waiting"
    level_dbfs: float = -30.0
    trouble: str | None = None


def terminal(width: int, encoding: str = "utf-8") -> Console:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    return Console(file=file, width=width, force_terminal=False, highlight=False, soft_wrap=False)


def lines(shown: Shown, width: int = 80, encoding: str = "utf-8") -> list[str]:
    console = terminal(width, encoding)
    with console.capture() as captured:
        console.print(drawn(shown, console))
    return captured.get().rstrip("\n").split("\n")


FULL = Shown(
    "listening",
    -30.0,
    partial="and a blueberry",
    goods=(("2 latte, large", "$9.00"), ("1 cheese cake", "$4.00")),
    total="$13.00",
    talk=(("assistant", "Two large lattes. Anything else?"), ("caller", "and a cheese cake")),
)


def test_it_reads_well_at_eighty_columns() -> None:
    assert lines(FULL) == [
        "listening  ████████████░░░░░░░░░░░░  -30 dBFS",
        "and a blueberry",
        "─" * 80,
        "2 latte, large" + " " * 61 + "$9.00",
        "1 cheese cake" + " " * 62 + "$4.00",
        "total" + " " * 69 + "$13.00",
        "─" * 80,
        "assistant  Two large lattes. Anything else?" + " " * 37,
        "caller     and a cheese cake" + " " * 52,
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = "four hundred and twelve extra large half decaf caramel macchiatos with oat milk " * 9
    shown = Shown(
        "speaking", -3.0, "the sound device is gone", long, ((long, "$1.00"),) * 12, "$9.00", (("caller", long),) * 6
    )
    drawn_lines = lines(shown, width)
    assert max(map(len, drawn_lines)) <= width
    assert len(drawn_lines) <= 2 + 1 + 10 + 1 + 6 * 4, "it fits on a screen"


def test_a_terminal_that_knows_only_ascii_gets_ascii() -> None:
    text = "\n".join(lines(FULL, encoding="ascii"))
    assert text.isascii()
    assert "############............" in text


def test_trouble_is_told() -> None:
    assert "the sound device is gone" in lines(Shown("asleep", -120.0, "the sound device is gone"))[0]


def test_a_conversation_is_followed() -> None:
    view, device = View(terminal(80)), Still()
    view.watch(events.Saying(Prompt("What would you like?", Listening("order")), 0))
    view.watch(events.HearingWords("two"))
    assert (view.shown(device).state, view.shown(device).partial) == ("listening", "two")
    view.watch(events.HeardWords(Transcript("two lattes", "fake")))
    view.cart(Cart("c", "USD", (Line(1, "latte", Decimal(2), (), Money(300, "USD")),)), kiosk())
    view.watch(events.Saying(Prompt("Anything else?", Listening("order")), 0))
    device.state = "speaking"
    shown = view.shown(device)
    assert (shown.state, shown.partial, shown.total) == ("speaking", "", "$6.00")
    assert shown.goods == (("2 latte", "$6.00"),)
    assert shown.talk == (
        ("assistant", "What would you like?"),
        ("caller", "two lattes"),
        ("assistant", "Anything else?"),
    )
    view.watch(events.Ended("caller", 0))
    assert view.shown(device).goods == ()


def test_nothing_of_a_private_answer_is_shown() -> None:
    view = View(terminal(80))
    view.watch(events.HeardWords(None))
    view.watch(events.PressedKeys(None))
    assert view.shown(Still()).talk == (("caller", "(private)"),) * 2


def test_it_is_drawn_while_it_runs() -> None:
    file = io.StringIO()
    with View(Console(file=file, width=80, force_terminal=True, color_system=None)).running(Still()):
        pass
    assert "waiting" in file.getvalue()


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


async def test_partial_words_are_told_while_they_are_spoken(voice: FakeVoice) -> None:
    talk = Talk(FakeMind({"*": farewell()}), voice, says(voice, "a latte", ms=1500))
    await talk()
    partials = [each.partial for each in talk.of(events.HearingWords) if isinstance(each, events.HearingWords)]
    assert "a latte" in partials
    assert partials[-1] == ""


async def test_nothing_of_a_pin_is_told(voice: FakeVoice) -> None:
    asks = Prompt("Your PIN?", Listening("digits"), private=True)
    talk = Talk(FakeMind({"*": farewell()}, greeting=asks), voice, says(voice, "four seven", ms=1500))
    await talk()
    assert talk.of(events.HearingWords) == []
