"""No PIN stays anywhere: typed, keyed, spoken, right, wrong or blurted out, as digits or words."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nlu.redaction import MASK
from tests.commandline import Run, runner, typed
from tests.spoken import PHONE as SPOKEN_PHONE
from tests.spoken import PIN as SPOKEN_PIN
from tests.spoken import Line, says

PHONE, PIN = "15550100", "4719"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PAIRS = {PIN: "forty seven nineteen", SPOKEN_PIN: "forty seven thirty nine", "8252": "eighty two fifty two"}
CALLS = [
    ("a large latte", "that's all", "yes", f":keys {PIN}", "bye"),
    ("two mochas", "that's all", "yes", "four seven one nine", "bye"),
    ("a mocha", "that's all", "yes", "forty seven nineteen", "bye"),
    ("a latte", "that's all", "yes", "my pin is 4 7 1 9", "bye"),
    ("a latte", "that's all", "yes", ":keys 8252", "eight two five two", f":keys {PIN}", "bye"),
    (f"my pin is {PIN}", "a latte and my pin is four seven one nine", "forty seven nineteen", f":keys {PIN}", "bye"),
    ("a latte", "that's all", f"yes and my pin is {PIN}", f":over {PIN}", "say that again", "human"),
    ("a latte", "that's all", "yes", "four seven one", "four seven um nine", "help", "human"),
]
ORDERS = 5


def forms(pin: str) -> list[str]:
    words = [WORDS[int(digit)] for digit in pin]
    return [pin, " ".join(pin), f"{pin[:2]} {pin[2:]}", " ".join(words), PAIRS[pin], ", ".join(words), "".join(words)]


def found(data: bytes, pins: tuple[str, ...]) -> list[str]:
    """The forms that stand alone in the data: digits inside a longer number or a hash give nothing away."""
    text = data.decode("utf-8", "replace")
    every = [form for pin in pins for form in forms(pin)]
    return [form for form in every if re.search(rf"(?<![0-9A-Za-z.]){form}(?![0-9A-Za-z])", text, re.IGNORECASE)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PIN)
    return runner(monkeypatch, capsys)


@pytest.mark.parametrize("form", [form for pin in PAIRS for form in forms(pin)])
def test_the_search_finds_a_pin_that_is_there(form: str) -> None:
    assert form in found(f'{{"text": "{form.upper()}"}}'.encode(), tuple(PAIRS))
    assert not found(b"0x4719a 147190 $argon2$4719abc", tuple(PAIRS))


def test_typed_purchases_leave_no_pin_anywhere(run: Run, tmp_path: Path) -> None:
    assert run("customer", "add", "Ada", PHONE, "--choose-pin").code == 0
    shown = ""
    with closing(sqlite3.connect(tmp_path / "var" / "voxcart.db")) as reader:
        # As long as somebody reads, the write-ahead log stays, with every page that was ever written.
        reader.execute("SELECT * FROM events").fetchall()
        for lines in CALLS:
            done = run("--verbose", "chat", "--caller", PHONE, lines=typed(*lines))
            assert done.code == 0
            shown += done.out + done.err
        for call in re.findall(r"call-\w+", run("log").out):
            shown += run("log", call).out
        shown += run("orders", "--json").out + run("orders").out + run("customer", "list", "--json").out
        files = files_of(tmp_path)
    assert {"voxcart.db", "voxcart.db-wal", "pepper"} <= files.keys()
    assert len(re.findall("Your order number|order_placed|OrderPlaced", shown)) >= ORDERS
    assert run("orders", "--json").out.count('"number"') == ORDERS
    assert MASK in shown
    assert b"latte" in files["voxcart.db-wal"]
    for name, data in {**files, "standard output": shown.encode()}.items():
        assert found(data, (PIN, "8252")) == [], name


@pytest.mark.audio
async def test_spoken_purchases_leave_no_pin_anywhere(
    line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = "A large latte please.", "That's all.", "Yes please."
    pins = ("four, seven, three, nine.", "forty seven, thirty nine.", f"#{SPOKEN_PIN}")
    for pin in pins:
        await line.take(says(*order, "eight, two, five, two.", pin, "Thank you, goodbye."), record=True)
    assert len(line.goods) == len(pins)
    shown = capsys.readouterr()
    files = {name: data for name, data in files_of(tmp_path).items() if not name.startswith("script-")}
    assert any(name.endswith(".wav") for name in files)
    assert any(name.endswith("-wal") for name in files)
    for name, data in {**files, "out": shown.out.encode(), "err": shown.err.encode()}.items():
        if not name.endswith(".wav"):
            assert found(data, (SPOKEN_PIN, "8252")) == [], name
    for call in line.calls:
        assert call.recording is not None
        heard = line.engines.recognizer.listen(())
        heard.accept(call.caller.tobytes())
        words = heard.finish().text
        assert "latte" in words
        assert found(words.encode(), (SPOKEN_PIN, "8252")) == []
    assert SPOKEN_PHONE.encode() in files["calls.db"] + files["calls.db-wal"]


@pytest.mark.audio
@pytest.mark.slow
async def test_no_card_that_was_spoken_stays_anywhere(line: Line) -> None:
    """Asked for a telephone number, a caller says a card instead; then their number, and the order goes on."""
    card = "four five three nine, one four eight eight, zero three four three, six four six seven"
    steps = says("A large latte, please.", "That's all.", "Yes.", card, "human", "No, thank you. Goodbye.")
    call = await line.take(steps, record=True, caller=None)
    assert "Please don't tell me a card number." in call.said
    files = files_of(line.folder)
    for name, data in files.items():
        if not name.endswith((".wav", ".toml")):
            text = re.sub(r"[\s,]", "", data.decode("utf-8", "replace").lower())
            for trace in ("45391488", "03436467", "fourfivethree", "sixfoursix"):
                assert trace not in text, name
    heard = line.engines.recognizer.listen(())
    heard.accept(call.caller.tobytes())
    words = heard.finish().text
    assert "latte" in words
    for trace in ("three nine", "eight eight", "three four", "four six"):
        assert trace not in words
