"""Commands for customers who may order with a PIN. Knows how to ask and to print; the work is elsewhere."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Annotated, Literal

import msgspec
import segno
import typer
from rich.markup import escape
from rich.table import Table

from commerce.customers import (
    add_customer,
    change_customer,
    drop_card,
    list_customers,
    set_card,
    set_second_factor,
    unlock_customer,
)
from commerce.pin_tries import change_pin
from commerce.second_factor import address_of, new_secret, step_of
from commerce.shop import utc_now
from voxcart.build import open_shop
from voxcart.config import load_config
from voxcart.errors import ConfigError
from voxcart.payment_desk import open_payments
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, out, plain

customer_app = typer.Typer(no_args_is_help=True, help="Customers who may order with a PIN.")

Number = Annotated[str, typer.Argument(help="Customer number or telephone number.")]
Email = Annotated[str | None, typer.Option("--email", help='Where notices go; "" = nowhere.')]


@customer_app.command("add")
def customer_add(
    name: Annotated[str, typer.Argument(help="As the caller is to be addressed.")],
    phone: Annotated[str, typer.Argument(help="Telephone number; by it the caller is found.")],
    pin: Annotated[bool, typer.Option("--choose-pin", help="Type a PIN instead of drawing one.")] = False,
    limit: Annotated[str | None, typer.Option("--limit", help="Largest order by voice, e.g. 80.00.")] = None,
    household: Annotated[
        str | None, typer.Option("--household", help="On whose microphone they are known by name.")
    ] = None,
    email: Email = None,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Enrol a customer and show the PIN, once."""
    chosen = typer.prompt("PIN", hide_input=True, confirmation_prompt=True) if pin else None
    with closing(open_shop(load_config(config), shop)) as front:
        number, drawn = add_customer(front.shop.till, name, phone, chosen, limit, household, email)
    out.print(f"customer number {number}" + ("" if pin else f", PIN {drawn} (shown only now)"))


@customer_app.command("list")
def customer_list(shop: ShopOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show who is enrolled and whose PIN is locked."""
    with closing(open_shop(load_config(config), shop)) as front:
        customers = list_customers(front.shop.till)
    if as_json:
        for customer in customers:
            out.print_json(data=msgspec.to_builtins(customer))
        return
    table = Table("number", "name", "phone", "household", "limit", "PIN", "second factor", box=None, pad_edge=False)
    for customer in customers:
        until = f"until {customer.locked_until:%H:%M} UTC" if customer.locked_until else "until unlocked"
        table.add_row(
            customer.id,
            escape(customer.name),
            escape(customer.phone),
            escape(customer.household or ""),
            customer.limit or "",
            f"locked {until}" if customer.locked else "open",
            "yes" if customer.second_factor else "",
        )
    out.print(table if customers else "No customers yet. Add one: voxcart customer add NAME PHONE")


@customer_app.command("unlock")
def customer_unlock(
    number: Number,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Open a PIN that was locked after wrong tries."""
    with closing(open_shop(load_config(config), shop)) as front:
        unlock_customer(front.shop.till, number)
    plain(f"{number}: unlocked")


@customer_app.command("pin")
def customer_pin(number: Number, shop: ShopOption = None, config: ConfigOption = None) -> None:
    """Change a PIN. The old one is needed, and a wrong one counts as a try."""
    old = typer.prompt("old PIN", hide_input=True)
    new = typer.prompt("new PIN", hide_input=True, confirmation_prompt=True)
    with closing(open_shop(load_config(config), shop)) as front:
        change_pin(front.shop.till, number, old, new)
    plain(f"{number}: the PIN is changed")


@customer_app.command("set")
def customer_set(
    number: Number,
    name: Annotated[str | None, typer.Option("--name", help="As the caller is to be addressed.")] = None,
    limit: Annotated[str | None, typer.Option("--limit", help='Largest order by voice; "" = the shop\'s.')] = None,
    household: Annotated[str | None, typer.Option("--household", help='Whose microphone; "" = none.')] = None,
    language: Annotated[str | None, typer.Option("--language", help='For example "en"; "" = the shop\'s.')] = None,
    email: Email = None,
    invoice: Annotated[
        Literal["yes", "no"] | None, typer.Option("--invoice", help="Whether they may pay later.")
    ] = None,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Change what is known of a customer. What is not named stays."""
    named = {"name": name, "order_limit": limit, "household": household, "language": language, "email": email}
    named["invoice"] = {"yes": "yes", "no": ""}.get(invoice or "")
    given = {key: value for key, value in named.items() if value is not None}
    if not given:
        raise ConfigError(
            "Nothing to change. Name what: --name, --limit, --household, --language, --email or --invoice."
        )
    with closing(open_shop(load_config(config), shop)) as front:
        change_customer(front.shop.till, number, given)
    plain(f"{number}: changed")


@customer_app.command("card")
def customer_card(
    number: Number,
    payer: Annotated[str, typer.Option("--stripe-customer", help="cus_..., as Stripe names the customer.")] = "",
    method: Annotated[str, typer.Option("--payment-method", help="pm_..., as Stripe names the card.")] = "",
    off: Annotated[bool, typer.Option("--off", help="No card is charged any more.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Charge a card that Stripe has saved, where the customer wants that. Only its names are kept here."""
    settings = load_config(config)
    with closing(open_shop(settings, shop)) as front:
        if off:
            drop_card(front.shop.till, number)
            plain(f"{number}: no saved card")
            return
        if not (payer and method):
            raise ConfigError("Name the card as Stripe does: --stripe-customer and --payment-method, or --off.")
        payments = open_payments(settings, front.catalog)
        if payments is None:
            raise ConfigError("Nobody moves money. Set payments.provider in config.toml (docs/payments.md).")
        saved = payments.saved_card(payer, method)
        set_card(front.shop.till, number, payer, method, saved)
    plain(f"{number}: {saved.brand} {saved.last4}")


@customer_app.command("second-factor")
def customer_second_factor(
    number: Number,
    off: Annotated[bool, typer.Option("--off", help="No code is asked for any more.")] = False,
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Enrol an authenticator app: show its QR code, and take one code to see that it works."""
    with closing(open_shop(load_config(config), shop)) as front:
        till = front.shop.till
        if off:
            set_second_factor(till, number, None)
            plain(f"{number}: no second factor")
            return
        secret = new_secret()
        address = address_of(secret, number, front.catalog.name)
        segno.make(address).terminal(out=sys.stdout, compact=True)
        plain(address)
        code = typer.prompt("the code that the app shows")
        if step_of(secret, code.replace(" ", ""), utc_now(), 0) is None:
            raise ConfigError("That code is not right, so nothing was changed. Check the clock of the telephone.")
        set_second_factor(till, number, secret)
    plain(f"{number}: has a second factor")
