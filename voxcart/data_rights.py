"""Commands for what a customer may ask of their data: all of it, or that it goes. Knows no table."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from commerce.customers import known_customer
from voxcart.build import Front, open_shop
from voxcart.config import Config, load_config
from voxcart.enrolment import Number, customer_app
from voxcart.errors import ConfigError
from voxcart.terminal import ConfigOption, ShopOption, err, out, plain

__all__ = ["customer_app"]

ABOUT = """What this shop knows of one customer. data.json has a list for each kind:

customers       name, telephone number, address for mail, limit, household, language
orders          what was ordered: state, total in minor units of the currency, when
order_lines     the goods of these orders; quantities in thousandths
returns         what was sent back of these orders, why, and the money for it
complaints      what was complained of, and the answer
preferences     what they like, as they had it remembered
goodwill        amounts off a next order, as an apology
tickets         calls that a person was to take over, with what was said
consents        what they agreed to, and took back, when and where
alerts          goods they wait for; reminders: when they were reminded of a cart
cards           which saved card is charged; payments: what was charged and paid back
ratings, ages   what was answered to "how was this call" and "are you ... or older"
comments        what was told after the rating
pin_tries       when a PIN was tried and whether it was right; no PIN is kept
second_factors  whether an authenticator app is enrolled
carts           what was chosen in each call
events          everything that was said and done in calls, numbers masked
recordings/     the sound of calls, where they were recorded
"""


@customer_app.command("export")
def customer_export(
    number: Number,
    to: Annotated[Path | None, typer.Option("--out", help="The ZIP file; default: customer-NUMBER.zip here.")] = None,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Write everything that is known of a customer into one file, for them."""
    settings = load_config(config)
    with closing(open_shop(settings, shop)) as front:
        customer, calls = _calls(front, number)
        with front.shop.store.transaction():
            known = front.shop.store.known_of(customer, calls)
    path = to or Path(f"customer-{customer}.zip")
    sounds = _recordings(settings, calls)
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", ABOUT)
            archive.writestr("data.json", json.dumps(known, indent=1, ensure_ascii=False, default=str))
            for sound in sounds:
                archive.write(sound, f"recordings/{sound.name}")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}). Name another file: --out") from error
    path.chmod(0o600)
    _tell({**{name: len(rows) for name, rows in known.items()}, "recordings": len(sounds)})
    plain(f"Written: {path}")


@customer_app.command("erase")
def customer_erase(
    number: Number,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Remove a customer and every call of theirs. Orders stay for the books, without a person."""
    settings = load_config(config)
    with closing(open_shop(settings, shop)) as front:
        customer, calls = _calls(front, number)
        under_way = [each.number for each in front.shop.orders() if each.customer == customer and each.is_under_way]
        if under_way:
            err.print(f"Orders under way: {', '.join(under_way)}. Nobody will know any more whose they are.")
        if not sure and not typer.confirm(f"Erase customer {customer} and {len(calls)} calls? It cannot be undone"):
            raise typer.Exit(1)
        sounds = _recordings(settings, calls)
        for sound in sounds:
            sound.unlink(missing_ok=True)
        with front.shop.store.transaction():
            gone = front.shop.store.erase_person(customer, calls)
    _tell({**gone, "recordings": len(sounds)})


def _calls(front: Front, number: str) -> tuple[str, list[str]]:
    """The customer's number, and the ids of their calls. Raises CustomerError if there is no such customer."""
    store = front.shop.store
    customer, phone = known_customer(front.shop.till, number)
    with store.transaction():
        return customer, store.calls_with(customer, phone)


def _recordings(config: Config, calls: Sequence[str]) -> list[Path]:
    folder = config.path(config.voice.recording.folder)
    return [path for call in calls for path in (folder / f"{call}.wav", folder / f"{call}.json") if path.is_file()]


def _tell(counts: dict[str, int]) -> None:
    table = Table("what", "how many", box=None, pad_edge=False)
    for name, count in counts.items():
        if count:
            table.add_row(name.replace("_", " "), str(count))
    out.print(table)
