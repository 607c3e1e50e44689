"""What the documents promise exists: commands, targets, links, tests, and the shop of the README."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from commerce.shop_file import parse_shop
from nlu.grammar import Grammar
from nlu.parse import parse
from tests.commandline import runner, typed
from voxcart.__main__ import app
from voxcart.hear import read_line
from voxcart.vocabulary import vocabulary_of

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks" / "README.md"]
README = (ROOT / "README.md").read_text("utf-8")


def commands() -> set[str]:
    found: set[str] = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        found |= {name, *(f"{name} {inner}" for inner in getattr(command, "commands", {}))}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_the_page_exists(page: Path) -> None:
    known = commands()
    for line in re.findall(r"voxcart ((?:[a-z]+(?:-[a-z]+)* ?){1,2})", page.read_text("utf-8")):
        words = line.split()
        assert words[0] in known, line
        if words[0] in ("models", "shop", "customer", "order") and len(words) > 1:
            assert " ".join(words) in known, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_on_the_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = page.read_text("utf-8")
    for target in re.findall(r"(?:`make |^make )([a-z-]+)", text, re.MULTILINE):
        assert target in targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_on_the_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_proof_of_the_threat_model_exists() -> None:
    proofs = re.findall(r"`(tests/\w+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8"))
    assert len(proofs) > 20
    for path, name in proofs:
        assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), f"{path}::{name}"


def test_the_shop_of_the_readme_can_be_ordered_from() -> None:
    [text] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert tomllib.loads(text)
    catalog = parse_shop(text, ROOT / "bakery.toml")
    grammar = Grammar.load("en", vocabulary_of(catalog))
    line = read_line(
        "a large coffee and two croissants", "order", lambda said, kind: parse(said, grammar, kind), catalog
    )
    assert [(item["quantity"], item["product"], item["options"]) for item in line["items"]] == [
        (1, "coffee", {"size": "large"}),
        (2, "croissant", {}),
    ]


def code_lines(page: Path) -> list[str]:
    """Lines of code blocks without a language, and code within sentences."""
    text = page.read_text("utf-8")
    fenced = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = [line for language, block in fenced.findall(text) if not language for line in block.splitlines()]
    return blocks + re.findall(r"`([^`\n]+)`", fenced.sub("", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_on_the_page_exists(page: Path) -> None:
    for line in code_lines(page):
        if not line.startswith("voxcart "):
            continue
        words = re.sub(r"[\[\]]", " ", line.partition("#")[0]).split()[1:]
        command: Any = get_command(app)
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        known = {each for about in command.params for each in (*about.opts, *about.secondary_opts)} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_shop_of_the_readme_takes_an_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands below the shop, as they are written there."""
    [text] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert len(text.splitlines()) <= 10
    (tmp_path / "bakery.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    run = runner(monkeypatch, capsys)
    [pin] = re.findall(r"PIN (\d+)", run("customer", "add", "Ada", "+15550100", "--shop", "bakery.toml").out)
    said = typed("two croissants and a large coffee", "that's all", "yes", f":keys {pin}", "bye")
    assert run("chat", "--shop", "bakery.toml", "--caller", "+15550100", lines=said).code == 0
    assert json.loads(run("orders", "--shop", "bakery.toml", "--json").out)["total"] == "10.10"
