"""The program's own log: where it goes, what one record looks like, what never is in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.talk import PIN, Talk, add
from voice.recognizer import Transcript
from voxcart.logs import configure_logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


def test_a_record_is_one_line_of_json_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    evil = 'x\r\n{"event": "forged"}\x1b[2J"\x00\u2028'
    structlog.get_logger("t").warning("heard", turn_id="call-1/2", words=evil)
    shown = capsys.readouterr()
    assert shown.out == ""
    [line] = shown.err.splitlines()
    found = json.loads(line)
    assert (found["event"], found["words"], found["level"]) == ("heard", evil, "warning")
    assert line.isprintable()


@pytest.mark.parametrize(("verbose", "lines"), [(False, 0), (True, 1)])
def test_verbose_shows_what_is_merely_worth_knowing(
    verbose: bool, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(verbose)
    structlog.get_logger("t").info("models loaded", ms=3)
    logging.getLogger("faster_whisper").info("the words of a caller")
    assert len(capsys.readouterr().err.splitlines()) == lines


def test_secrets_are_masked_whoever_hands_them_over(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(verbose=True)
    structlog.get_logger("t").info("checked", pin=PIN, digits=PIN)
    found = json.loads(capsys.readouterr().err)
    assert (found["pin"], found["digits"]) == ("•••", "•••")


def test_a_library_warns_in_the_same_form_and_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    try:
        int(f"{PIN} or so")
    except ValueError:
        logging.getLogger("library").warning("it\nfailed", exc_info=True)
    [line] = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert (found["event"], found["error"], found["logger"]) == ("it\nfailed", "ValueError", "library")
    assert f"{PIN} or so" not in line


async def test_a_turn_that_fails_is_told_without_the_callers_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure_logs()
    talk = Talk(parse=lambda *_: add("latte"))
    await talk.mind.greet()

    def fail(*_: object) -> None:
        raise ValueError(f"invalid: 'my pin is {PIN}'")

    monkeypatch.setattr(talk.shop, "execute", fail)
    prompt = await talk.mind.act(talk.mind.understand(Transcript(f"my pin is {PIN}", "typed")))
    assert not prompt.hang_up
    [record] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (record["event"], record["turn_id"], record["error"]) == ("turn failed", "call-1/1", "ValueError")
    assert "my pin" not in json.dumps(record)
