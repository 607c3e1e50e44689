"""Commands for who calls or writes to customers. Knows how to ask and to print; not what is permitted."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Any

import typer

from commerce import contacting
from commerce.catalog import Catalog
from commerce.contacting import PURPOSES
from commerce.contacts import Contact, Purpose
from voxcart.build import Front, open_shop
from voxcart.config import load_config
from voxcart.enrolment import Number, customer_app
from voxcart.errors import ConfigError
from voxcart.facts import Named, fact
from voxcart.terminal import ConfigOption, JsonOption, ShopOption, plain, print_json

contact_app = typer.Typer(no_args_is_help=True, help="Whom the shop may contact, and whom it has (docs/contacts.md).")


@contact_app.command("list")
def contacts_list(shop: ShopOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every contact that is permitted now, with what to say. In the quiet hours there is none."""
    settings = load_config(config)
    with closing(open_shop(settings, shop)) as front:
        found = contacting.queue(front.shop.till, settings.contacts)
        for each in found:
            told = as_plain(each, front)
            print_json(told) if as_json else plain(f"{told['id']}  {told['phone']}  {told['say']}")
    if not found and not as_json:
        plain("Nobody is to be contacted now.")


@contact_app.command("done")
def contacts_done(
    contact: Annotated[str, typer.Argument(help="The id that `voxcart contacts list` shows.")],
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Say that a contact was made, or need not be: it does not come up again."""
    settings = load_config(config)
    with closing(open_shop(settings, shop)) as front:
        contacting.done(front.shop.till, contact, settings.contacts)
    plain(f"{contact}: done")


@customer_app.command("consent")
def customer_consent(
    number: Number,
    purpose: Annotated[str, typer.Argument(help="reminders or offers; nothing = show the ledger.")] = "",
    given: Annotated[bool, typer.Option("--given/--withdrawn", help="What the customer said.")] = True,
    how: Annotated[str, typer.Option("--how", help="When and where, so that you can show it.")] = "",
    shop: ShopOption = None,
    config: ConfigOption = None,
) -> None:
    """Note what a customer agreed to be contacted for, or show all that was ever noted."""
    with closing(open_shop(load_config(config), shop)) as front:
        till = front.shop.till
        if purpose:
            if given and not how.strip():
                raise ConfigError(
                    'A consent needs --how, such as --how "on paper, 2 May": you must be able to show it.'
                )
            contacting.set_consent(till, number, _purpose(purpose), given, how.strip() or "by the merchant")
        for row in contacting.consents(till, number):
            plain(f"{row['at'][:16]}  {row['purpose']}  {'given' if row['given'] else 'withdrawn'}  {row['how']}")


def as_plain(contact: Contact, front: Front) -> dict[str, Any]:
    """`say` names no goods that were chosen: somebody else may answer."""
    told = fact("contact-cart", shop=front.catalog.name)
    if contact.product is not None:
        told = fact("contact-stock", shop=front.catalog.name, product=_named(contact.product, front.catalog))
    return {
        "id": contact.id,
        "reason": contact.reason,
        "phone": contact.phone,
        "customer": contact.customer,
        "product": contact.product,
        "due": contact.due.isoformat(timespec="seconds"),
        "say": front.replies.word(told),
    }


def _named(product: str, catalog: Catalog) -> Named | str:
    """Goods may have left the shop file meanwhile."""
    return Named("product", product) if product in catalog.by_id else product.replace("_", " ")


def _purpose(text: str) -> Purpose:
    found = next((each for each in PURPOSES if each == text), None)
    if found is None:
        raise ConfigError(f"There is no purpose {text!r}. A customer can agree to {' or '.join(PURPOSES)}.")
    return found
