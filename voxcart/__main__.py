"""The command line: one function per sub-command. Knows how to ask and to print; the work is done elsewhere."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Literal

import structlog
import typer
from rich.markup import escape
from rich.table import Table

import voxcart
from commerce.customers import add_customer
from commerce.errors import CommerceError
from commerce.shop import utc_now
from commerce.store import Store
from nlu.errors import NluError
from voice.audio import read_audio
from voice.channels.script import load_script, rehearse
from voice.errors import AudioFileError, VoiceError
from voxcart.administer import models_app, shop_app
from voxcart.build import KINDS, Front, new_call_id, open_ears, open_engines, open_mind, open_parser, open_shop
from voxcart.chat import chat as hold_conversation
from voxcart.chat import terminal_line
from voxcart.comment_desk import comments
from voxcart.complaint_desk import complaint_app
from voxcart.config import MOST_DAYS, StoreChoice, load_config, with_recording
from voxcart.contact_desk import contact_app
from voxcart.data_rights import customer_app
from voxcart.doctor import examine
from voxcart.earnings import report
from voxcart.errors import ConfigError, VoxcartError
from voxcart.forgetting import forget_all
from voxcart.hear import Ears
from voxcart.logs import configure_logs
from voxcart.misses import misses_app
from voxcart.notice_desk import notices_app
from voxcart.order_desk import order_app
from voxcart.orders import order_json, order_rows
from voxcart.phone import at_home, free_ports, phone_home
from voxcart.redress_desk import return_app
from voxcart.replay import Screen
from voxcart.replay import replay as take_call
from voxcart.serve import figures_shown, open_listeners, open_switchboard, serve_calls
from voxcart.talk import talk
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, complain, err, out, plain, print_json, visible
from voxcart.tickets import ticket_app
from voxcart.witness import receipt_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="An offline voice line for shops.",
)
app.add_typer(models_app, name="models")
app.add_typer(shop_app, name="shop")
app.add_typer(customer_app, name="customer")
app.add_typer(contact_app, name="contacts")
app.add_typer(misses_app, name="misses")
app.add_typer(notices_app, name="notices")
app.add_typer(order_app, name="order")
app.add_typer(receipt_app, name="receipt")
app.add_typer(complaint_app, name="complaint")
app.add_typer(return_app, name="return")
app.command()(comments)
app.add_typer(ticket_app, name="ticket")

ExpectingOption = Annotated[str, typer.Option("--expecting", help="order, digits, yes_no or choice.")]
Pace = Literal["honest", "real", "frozen"]
DEMO = Path(__file__).parent.parent / "audio_fixtures" / "calls" / "demo.toml"
DEMO_PIN = "4739"

logger = structlog.get_logger(__name__)


@app.callback()
def every_command(
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more than warnings, to standard error.")] = False,
) -> None:
    """An offline voice line for shops."""
    configure_logs(verbose)


# ---- calls -------------------------------------------------------------------------------------------------------


@app.command()
def chat(
    shop: ShopOption = None,
    caller: Annotated[str | None, typer.Option("--caller", help="Telephone number that calls.")] = None,
    household: Annotated[str, typer.Option("--household", help="Whose shopping list the line has.")] = "",
    config: ConfigOption = None,
) -> None:
    """Hold the conversation typed. `:keys 1234` presses keys, an empty line is silence."""
    with closing(open_shop(load_config(config), shop, connect=True)) as front:
        mind = open_mind(front, new_call_id(), caller, typed=True, household=household)
        asyncio.run(hold_conversation(mind, terminal_line, plain))


@app.command()
def replay(
    script: Annotated[Path, typer.Argument(help="A recording (WAV, FLAC) or a call script (TOML, docs/replay.md).")],
    shop: ShopOption = None,
    record: Annotated[Path | None, typer.Option("--record", help="Folder for a two-channel recording.")] = None,
    pace: Annotated[
        Pace, typer.Option("--pace", help="honest: fast, true delays; real: as long as it takes; frozen.")
    ] = "honest",
    timing: Annotated[bool, typer.Option("--timing", help="Show where each turn's milliseconds went.")] = False,
    config: ConfigOption = None,
) -> None:
    """Take recorded audio through the whole line and show what happened."""
    settings = load_config(config)
    call = load_script(script)
    # A recording that cannot be read is told before the models are loaded; without them nobody can speak.
    cues = None if call.speaks else asyncio.run(rehearse(call))
    with closing(open_shop(settings, shop, connect=True)) as front:
        began = perf_counter()
        with closing(open_engines(settings, front)) as engines:
            logger.info("models loaded", ms=round((perf_counter() - began) * 1000))
            screen = Screen(out, timing)
            taking = take_call(call, settings, front, engines, pace=pace, screen=screen, record_in=record, cues=cues)
            done = asyncio.run(taking)
    if done.recording:
        plain(f"recording: {done.recording}")
    if done.recording_error:
        err.print(done.recording_error, markup=False)
    plain(f"call: {done.call}")


@app.command()
def demo() -> None:
    """Take the recorded demonstration call: a real order, from human speech to the database."""
    settings = load_config()
    place = Path("var/demo").resolve()
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        settings = replace(settings, store=StoreChoice(str(Path(scratch) / "demo.db")))
        script = load_script(DEMO)
        out.print("[dim]Loading the models ...[/dim]")
        with closing(open_shop(settings, "coffee")) as front, closing(open_engines(settings, front)) as engines:
            add_customer(front.shop.till, "Ada", script.caller or "", DEMO_PIN)
            done = asyncio.run(take_call(script, settings, front, engines, screen=Screen(out), record_in=place))
            _print_orders(front)
    plain(f"The call, caller left and assistant right: {done.recording}")
    if not done.summary.turns or done.recording is None:
        raise typer.Exit(1)


@app.command()
def serve(
    shop: ShopOption = None,
    show: Annotated[bool, typer.Option("--show", help="Write what is said in every call to the terminal.")] = False,
    config: ConfigOption = None,
) -> None:
    """Answer the telephone (docs/telephone.md). Ends when it is asked to and the calls that run are over."""
    settings = load_config(config)
    listeners = open_listeners(settings)
    out.print("[dim]Loading the models ...[/dim]")
    screen = Screen(out) if show else None
    told = partial(print, "Calls come in at", flush=True)
    with (
        open_switchboard(settings, shop, screen, told) as switchboard,
        figures_shown(switchboard, listeners),
    ):
        serve_calls(switchboard, listeners)


app.command()(talk)
app.command()(report)


@app.command()
def phone() -> None:
    """Call the shop on this machine with a real softphone, and take the recorded demonstration call by telephone."""
    place = Path("var/demo").resolve()
    place.mkdir(parents=True, exist_ok=True)
    settings = with_recording(load_config(), place)
    settings = replace(settings, sip=at_home(settings.sip, free_ports(6)))
    script = load_script(DEMO)
    cues = asyncio.run(rehearse(script))
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        settings = replace(settings, store=StoreChoice(str(Path(scratch) / "demo.db")))
        out.print("[dim]Loading the models ...[/dim]")
        told = partial(print, "Calls come in at")
        with open_switchboard(settings, "coffee", Screen(out), told) as switchboard, switchboard.live.call() as opening:
            add_customer(opening.front.shop.till, "Ada", script.caller or "", DEMO_PIN)
            keep = place / "telephone.wav"
            done = asyncio.run(phone_home(switchboard, settings, script.caller or "", cues, keep))
            _print_orders(opening.front)
            for each in opening.front.shop.store.calls():
                plain(f"The call, caller left and assistant right: {place / each.call}.wav")
    if done.heard is not None:
        plain(f"What came out of the telephone: {done.heard}")
    if not done.to_the_end:
        raise typer.Exit(1)


@app.command()
def orders(shop: ShopOption = None, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List what was ordered, newest first."""
    with closing(open_shop(load_config(config), shop)) as front:
        if as_json:
            for order in front.shop.orders():
                print_json(order_json(order, front.catalog))
        else:
            _print_orders(front)


def _print_orders(front: Front) -> None:
    found = front.shop.orders()
    if not found:
        out.print("No orders yet.")
        return
    table = Table(
        "order", "placed", "status", "what", "total", "payment", box=None, pad_edge=False, header_style="bold"
    )
    for row in order_rows(found, front.catalog):
        table.add_row(*map(escape, row))
    out.print(table)


@app.command()
def log(
    call: Annotated[str | None, typer.Argument(help="A call's id; without it the calls are listed.")] = None,
    prune: Annotated[
        int | None,
        typer.Option("--prune", min=0, max=MOST_DAYS, metavar="DAYS", help="Remove events older than that, then stop."),
    ] = None,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the event log: the calls, or every event of one as JSON lines."""
    with closing(open_shop(load_config(config), shop)) as front:
        if prune is not None:
            gone = front.shop.store.forget_events(utc_now() - timedelta(days=prune))
            print(f"{gone} events removed.")
            return
        if call is None:
            for each in front.shop.store.calls():
                print(f"{each.call}  {each.began:%Y-%m-%d %H:%M:%S}  {each.events} events")
            return
        events = front.shop.store.events(call)
        if not events:
            raise ConfigError(f"There is no call {call!r} in {front.config.database}. List them: voxcart log")
        for event in events:
            row = {"at": event.at.isoformat(), "turn": event.turn, "kind": event.kind, **event.payload}
            print_json(row)


@app.command()
def forget(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Remove what is older than the config says (store, contacts, recordings), as the line does every day."""
    settings = load_config(config)
    with closing(Store(settings.database, utc_now, settings.commerce.busy_timeout_ms)) as store:
        gone = forget_all(settings, store)
    if as_json:
        print_json(gone)
    else:
        plain(", ".join(f"{name}: {number}" for name, number in gone.items()) + " removed.")


# ---- understanding without a conversation ------------------------------------------------------------------------


@app.command()
def hear(
    files: Annotated[list[Path], typer.Argument(help="Recordings of one utterance each.")],
    shop: ShopOption = None,
    expecting: ExpectingOption = "order",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Understand recordings, one line each (docs/hear.md)."""
    settings = load_config(config)
    front = open_shop(settings, shop, in_memory=True)
    began = perf_counter()
    ears = open_ears(settings, front)
    logger.info("models loaded", ms=round((perf_counter() - began) * 1000))
    failed = asyncio.run(_hear_all(ears, files, _kind(expecting), as_json))
    if failed:
        raise typer.Exit(2)


async def _hear_all(ears: Ears, files: list[Path], expecting: str, as_json: bool) -> bool:
    failed = False
    for file in files:
        try:
            line = await ears.hear(read_audio(file), expecting)
        except AudioFileError as error:
            complain(error)
            line, failed = {"error": str(error)}, True
        _show({"file": str(file), **line}, as_json)
    return failed


@app.command()
def parse(
    shop: ShopOption = None,
    expecting: ExpectingOption = "order",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Understand typed lines from standard input, one line each (docs/hear.md)."""
    front = open_shop(load_config(config), shop, in_memory=True)
    read = open_parser(front)
    kind = _kind(expecting)
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]  # a text stream on every platform
    for line in sys.stdin:
        _show(read(line.strip(), kind), as_json)


def _kind(expecting: str) -> str:
    if expecting not in KINDS:
        raise ConfigError(f"--expecting must be one of {', '.join(KINDS)}, not {expecting!r}.")
    return expecting


def _show(line: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(line)
        return
    items = "; ".join(
        f"{item['quantity']} {item['product']}" + "".join(f", {value}" for value in item["options"].values())
        for item in line.get("items", ())
    )
    parts = [
        line.get("file"),
        line.get("transcript"),
        line.get("intent") or "not understood",
        items,
        line.get("digits"),
    ]
    print(visible(" | ".join(str(part) for part in parts if part)), flush=True)


# ---- the machine -------------------------------------------------------------------------------------------------


@app.command()
def doctor(shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Check models, words, devices, database and clock. Exit code 1 if something is red."""
    is_well = True
    for finding in examine(load_config(config), shop):
        colour = finding.state
        out.print(f"[{colour}]{finding.state:>6}[/{colour}]  {finding.what}: ", end="")
        out.print(finding.found, markup=False)
        if finding.remedy:
            out.print(f"        {finding.remedy}", markup=False)
        is_well = is_well and finding.state != "red"
    if not is_well:
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Show the version."""
    print(voxcart.__version__)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 done but not well, 2 could not be done, 130 interrupted."""
    try:
        app()
    except (VoxcartError, VoiceError, NluError, CommerceError) as error:
        complain(error)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
