"""The command line as its users meet it: exit codes, messages that name the remedy, JSON that programs can read."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from commerce.schema import MIGRATIONS
from tests.commandline import Done, Run, runner, typed
from voxcart.__main__ import app

FIXTURES = Path(__file__).parent.parent / "audio_fixtures"
PHONE, PIN = "15550100", "4719"
BUY = ["two lattes", "that's all", "yes", f":keys {PIN}", "bye"]
PROGRAM = [sys.executable, "-m", "voxcart"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs commands in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def enrolled(run: Run, name: str = "Ada", phone: str = PHONE) -> str:
    """The PIN of a new customer."""
    return re.search(r"PIN (\d+)", run("customer", "add", name, phone).out).group(1)  # type: ignore[union-attr]


def commands(group: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not hasattr(group, "commands"):
        return [path]
    return [path, *(each for name, inner in group.commands.items() for each in commands(inner, (*path, name)))]


COMMANDS = commands(typer.main.get_command(app))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.code == 0
    assert "Usage:" in done.out
    assert len(done.out.splitlines()) > 5


def test_the_commands_of_commands_are_among_them() -> None:
    assert {("customer", "add"), ("shop", "import"), ("models", "fetch"), ("hear",)} <= set(COMMANDS)


def refused(done: Done, *says: str) -> None:
    """It ended with code 2 and one message, not with a traceback."""
    assert done.code == 2, done
    assert done.err.startswith("voxcart: ")
    assert "Traceback" not in done.err
    for words in says:
        assert words in done.err.replace("\n", " ")


# ---- what cannot be done ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["chat", "orders", "log", "parse", "hear x.wav", "customer list", "shop check nope"]
)
def test_an_unknown_shop_is_named_with_the_samples(run: Run, command: str) -> None:
    words = command.split()
    done = run(*words) if "nope" in words else run(*words, "--shop", "nope")
    refused(done, "'nope'", "coffee, grocery")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = [", "not valid TOML"),
        ('name = "A"\ncurrency = "USD"\nproducts = [{ name = "tea", prise = 1 }]', "prise"),
        ('name = "A\\u001b[31m"\ncurrency = "USD"\nproducts = [{ name = "tea", price = 1 }]', "control characters"),
    ],
)
def test_a_broken_shop_file_is_named(run: Run, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    done = run("orders", "--shop", "bad.toml")
    refused(done, "bad.toml", says)
    assert "\x1b" not in done.err


def test_a_wrong_config_key_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[nlu]\nfuzy_cutoff = 1.0\n")
    refused(run("orders"), "config.toml", "nlu.fuzy_cutoff", "fuzzy_cutoff")
    refused(run("orders", "--config", "nothere.toml"), "nothere.toml")


@pytest.mark.parametrize("command", ["hear x.wav", "demo", "replay call.toml"])
def test_a_missing_model_is_named_with_the_command_that_fetches_it(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "config.toml").write_text('[voice.models]\nfolder = "none"\n')
    (tmp_path / "call.toml").write_text('[[step]]\nkeys = "1"\n')
    refused(run(*command.split()), "voxcart models fetch")


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"no sound at all " * 99, None], ids=["empty", "cut", "text", "gone"]
)
def test_what_is_no_recording_cannot_be_replayed(run: Run, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "call.wav").write_bytes(content)
    refused(run("replay", "call.wav"), "call.wav", "WAV or FLAC")


def database(folder: Path, path: str) -> Path:
    (folder / "config.toml").write_text(f'[store]\ndatabase = "{path}"\n')
    return folder / path


def of_a_newer_version(folder: Path) -> str:
    with sqlite3.connect(database(folder, "new.db")) as connection:
        connection.execute("CREATE TABLE orders (number TEXT)")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {0x566F7863}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    return "Install that version"


def of_another_program(folder: Path) -> str:
    with sqlite3.connect(database(folder, "other.db")) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    return "Name another database"


def that_is_a_folder(folder: Path) -> str:
    database(folder, "folder.db").mkdir()
    return "permissions of its folder"


def where_nothing_can_be_written(folder: Path) -> str:
    database(folder, "/sys/voxcart.db")
    return "permissions of its folder"


def that_is_no_database(folder: Path) -> str:
    database(folder, "text.db").write_bytes(b"a list of orders, by hand\n" * 99)
    return "Restore a backup"


Spoil = Callable[[Path], str]


@pytest.mark.parametrize(
    "spoil",
    [of_a_newer_version, of_another_program, that_is_a_folder, where_nothing_can_be_written, that_is_no_database],
    ids=lambda spoil: spoil.__name__,
)
def test_a_database_that_cannot_be_used(run: Run, tmp_path: Path, spoil: Spoil) -> None:
    remedy = spoil(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.db") if path.is_file()}
    refused(run("orders"), remedy)
    refused(run("customer", "add", "Ada", PHONE), remedy)
    assert {path: path.read_bytes() for path in before} == before


def test_no_room_to_write_is_told(tmp_path: Path) -> None:
    """A process that may write files of 16 KiB at most."""
    limited = ["bash", "-c", 'ulimit -f 16; exec "$@"', "-", *PROGRAM, "customer", "add", "Ada", PHONE]
    done = subprocess.run(limited, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    refused(Done(done.returncode, done.stdout, done.stderr), "voxcart.db", "disk")
    assert "PIN" not in done.stdout


def test_two_processes_share_a_database(tmp_path: Path) -> None:
    """Customers added by two processes at a time: all finish, none is lost."""
    numbers = [f"155501{number:02}" for number in range(4)]
    for pair in zip(numbers[::2], numbers[1::2], strict=True):
        both = [subprocess.Popen([*PROGRAM, "customer", "add", "Ada", n], cwd=tmp_path, stdout=-3) for n in pair]
        assert [each.wait(60) for each in both] == [0, 0]
    listed = subprocess.run([*PROGRAM, "customer", "list"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert all(number in listed.stdout for number in numbers)


# ---- what can be done ----------------------------------------------------------------------------------------------


def test_an_import_does_not_replace_a_shop(run: Run, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("name,price\nrye loaf,4.20\ntea,2.10\n")
    assert "2 products" in run("shop", "import", "table.csv", "shop.toml").out
    (tmp_path / "shop.toml").write_text("mine")
    refused(run("shop", "import", "table.csv", "shop.toml"), "exists already", "--overwrite")
    assert (tmp_path / "shop.toml").read_text() == "mine"
    assert run("shop", "import", "table.csv", "shop.toml", "--overwrite").code == 0
    refused(run("shop", "import", "gone.csv", "new.toml"), "gone.csv")
    assert not (tmp_path / "new.toml").exists()


def test_a_customer_is_added_once(run: Run) -> None:
    enrolled(run)
    refused(run("customer", "add", "Bob", PHONE), PHONE, "already")
    refused(run("customer", "add", "Bob", "15550101", "--limit", "lots"), "'lots'")
    refused(run("customer", "unlock", "999"), "'999'")
    assert run("customer", "unlock", PHONE).code == 0
    assert run("customer", "list").out.count("Ada") == 1


def test_names_in_brackets_are_names(run: Run) -> None:
    for number, name in enumerate(("[/b]", "[red]Ada", "[link=x]")):
        assert run("customer", "add", name, f"1555010{number}").code == 0
        assert name in run("customer", "list").out
    refused(run("customer", "unlock", "[/b]"), "'[/b]'")


@pytest.mark.filterwarnings("ignore::getpass.GetPassWarning")
def test_a_weak_pin_is_refused_without_being_repeated(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "1234")
    done = run("customer", "add", "Bob", "15550101", "--choose-pin")
    refused(done, "too easy")
    assert "1234" not in done.out + done.err
    assert "No customers" in run("customer", "list").out


@pytest.fixture
def bought(run: Run, monkeypatch: pytest.MonkeyPatch) -> Done:
    """A typed call that ended with an order."""
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PIN)
    assert run("customer", "add", "Ada", PHONE, "--choose-pin").code == 0
    return run("chat", "--caller", PHONE, lines=typed(*BUY))


def test_orders_are_listed(run: Run, bought: Done) -> None:
    assert bought.code == 0
    shown = run("orders").out
    assert "2 latte" in shown
    [order] = [json.loads(line) for line in run("orders", "--json").out.splitlines()]
    assert [(each["product"], each["quantity"]) for each in order["lines"]] == [("latte", 2)]
    assert order["number"] in shown


def test_without_orders_it_is_said(run: Run) -> None:
    assert run("orders").out == "No orders yet.\n"
    assert run("orders", "--json").out == ""
    assert run("log").out == ""


@pytest.mark.usefixtures("bought")
def test_the_log_lists_calls_and_shows_one(run: Run) -> None:
    [call] = re.findall(r"call-\w+", run("log").out)
    events = [json.loads(line) for line in run("log", call).out.splitlines()]
    assert {each["kind"] for each in events} >= {"call", "turn"}
    assert [each["turn"] for each in events if each["kind"] == "turn"] == [f"{call}/{n}" for n in range(len(BUY) + 1)]
    refused(run("log", "call-none"), "call-none", "voxcart log")


@pytest.mark.usefixtures("bought")
def test_the_log_can_be_pruned_but_orders_stay(run: Run) -> None:
    calls, orders = run("log").out, run("orders", "--json").out
    assert run("log", "--prune", "1").out == "0 events removed.\n"
    assert run("log").out == calls
    assert re.fullmatch(r"[1-9]\d* events removed\.\n", run("log", "--prune", "0").out)
    assert run("log").out == ""
    assert run("orders", "--json").out == orders
    assert run("log", "--prune", "-1").code == 2


@pytest.mark.usefixtures("bought")
def test_json_of_customers_and_models_parses(run: Run) -> None:
    assert json.loads(run("customer", "list", "--json").out)["phone"] == PHONE
    decoder, text, names = json.JSONDecoder(), run("models", "list", "--json").out.strip(), []
    while text:
        row, end = decoder.raw_decode(text)
        names.append(row["name"])
        text = text[end:].strip()
    assert names == ["vosk-en", "whisper-base", "piper-joe", "piper-kristin"]


# ---- understanding -------------------------------------------------------------------------------------------------


def test_every_typed_line_gives_one_line(run: Run) -> None:
    lines = [b"two lattes", b"", b"\xff\xfe a latte", b"  ", b'"}{\x1b[2J', "zażółć 茶".encode(), b"x " * 5000]
    done = run("parse", "--shop", "coffee", "--json", lines=b"\n".join(lines) + b"\n")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert len(found) == len(lines)
    assert [each["transcript"] == "" for each in found] == [not line.strip() for line in lines]
    assert found[0]["items"] == [{"product": "latte", "quantity": 2, "options": {}}]
    assert found[1]["intent"] is None
    assert set(found[0]) == {"transcript", "intent", "items", "digits", "engine", "ms"}
    assert "\x1b" not in done.out


def test_a_line_is_answered_before_the_next_is_there(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "parse", "--shop", "coffee", "--json"], cwd=tmp_path, stdin=-1, stdout=-1, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for words in ("a latte", "two mochas"):
            process.stdin.write(f"{words}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["transcript"] == words
        process.stdin.close()
        assert process.wait(20) == 0


def test_digits_keep_their_zeros(run: Run) -> None:
    done = run("parse", "--expecting", "digits", "--json", lines=b"zero zero seven one\n")
    assert json.loads(done.out)["digits"] == "0071"
    refused(run("parse", "--expecting", "poems"), "order, yes_no, choice, digits", "'poems'")


@pytest.mark.audio
def test_one_bad_file_does_not_spoil_the_others(run: Run, tmp_path: Path) -> None:
    good = sorted((FIXTURES / "orders").glob("*.flac"))
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("no sound")
    files = [tmp_path / "empty.wav", good[0], tmp_path / "text.wav", tmp_path / "gone.wav", tmp_path, *good[1:]]
    done = run("hear", "--shop", "coffee", "--json", *files)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 2
    assert [each["file"] for each in lines] == [str(each) for each in files]
    assert ["error" in each for each in lines] == [each not in good for each in files]
    assert done.err.count("voxcart: ") == 4
    heard = [each for each in lines if "error" not in each]
    for each in heard:
        assert set(each) >= {"file", "transcript", "intent", "items", "digits", "engine", "ms"}
        assert each["engine"] in ("vosk", "whisper")
        for item in each["items"]:
            assert set(item) >= {"product", "quantity", "options"}
    assert sum(bool(each["items"]) for each in heard) >= len(heard) - 1


def test_tickets_wait_until_they_are_done(run: Run) -> None:
    assert "Nobody waits" in run("ticket", "list").out
    run("chat", "--caller", "+15550100", lines=typed("two lattes", "a person please"))
    [waiting] = [json.loads(line) for line in run("ticket", "list", "--json").out.splitlines()]
    assert waiting["caller"] == "+15550100"
    assert waiting["reason"] == "asked"
    number = waiting["number"]
    assert number in run("ticket", "list").out
    shown = json.loads(run("ticket", "show", number).out)
    assert shown["summary"]["cart"]["lines"][0]["product"] == "latte"
    assert run("ticket", "done", number).code == 0
    assert "Nobody waits" in run("ticket", "list").out
    assert number in run("ticket", "list", "--all").out
    refused(run("ticket", "done", "999"), "'999'", "voxcart ticket list")
    refused(run("ticket", "show", "999"), "'999'")
