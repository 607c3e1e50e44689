"""Knows how Stripe is asked to hold, charge and pay back, and how its events are believed. Knows no order, no call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import stripe

from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.money import Money
from commerce.payments import Declined, Held, Hold, PayLink, PaymentEvent, SavedCard

SPECIAL = frozenset({"ISK", "UGX"})
"""Currencies that Stripe counts in hundredths which they have not."""
DIGITS_OF_THREE = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Stripe wants their last digit to be 0."""
EVENTS: dict[str, Literal["paid", "expired"]] = {
    "checkout.session.completed": "paid",
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.expired": "expired",
}


class Forged(Exception):
    """An event that Stripe has not signed, or too long ago, or that is none."""


class StripePayments:
    """`commerce.payments.Payments`. Blocks; may be used by many threads.

    What must have the effect of once is sent with an idempotency key, or first looked at. Nothing is tried again here.
    """

    def __init__(self, api_key: str, api_base: str = "", thanks_url: str = "", timeout_s: float = 8.0) -> None:
        self._thanks_url = thanks_url
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout_s),
        )

    @staticmethod
    def can_charge(currency: str) -> bool:
        return currency not in SPECIAL | DIGITS_OF_THREE

    def authorize(self, hold: Hold) -> Held | Declined:
        with _told():
            try:
                intent = self._begin(hold)
            except stripe.CardError as error:
                return Declined(error.code or "declined")
            if intent.status == "requires_capture":
                return Held(intent.id)
            self._undo(intent.id, f"{hold.id}/undo")
        return Declined(intent.status)

    def _begin(self, hold: Hold) -> stripe.PaymentIntent:
        return self._client.v1.payment_intents.create(
            {
                "amount": hold.amount.minor,
                "currency": hold.amount.currency.lower(),
                "customer": hold.payer,
                "payment_method": hold.method,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "capture_method": "manual",
                "confirm": True,
                "off_session": True,
                "metadata": {"payment": hold.id},
            },
            {"idempotency_key": hold.id},
        )

    def capture(self, reference: str, key: str) -> None:
        with _told():
            try:
                self._client.v1.payment_intents.capture(reference, {}, {"idempotency_key": key})
            except stripe.InvalidRequestError:
                if self._client.v1.payment_intents.retrieve(reference).status != "succeeded":
                    raise

    def release(self, hold: Hold | None, reference: str, key: str) -> None:
        with _told():
            if reference.startswith("cs_"):
                self._withdraw(reference, key)
            elif reference:
                self._undo(reference, key)
            elif hold is not None:
                try:
                    self._undo(self._begin(hold).id, key)
                except stripe.CardError:
                    return

    def _withdraw(self, session: str, key: str) -> None:
        """Whoever paid just before has it back."""
        try:
            self._client.v1.checkout.sessions.expire(session, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError:
            found = self._client.v1.checkout.sessions.retrieve(session)
            if found.status == "open":
                raise
            if found.payment_intent:
                self._undo(_id(found.payment_intent), key)

    def _undo(self, intent: str, key: str) -> None:
        """Of what was charged all is paid back that was not; of what was not, nothing can be any more."""
        found = self._client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})
        if found.status == "canceled":
            return
        if found.status != "succeeded":
            self._client.v1.payment_intents.cancel(intent, {}, {"idempotency_key": f"{key}/cancel"})
            return
        charge: Any = found.latest_charge
        left = found.amount - charge.amount_refunded
        if left > 0:
            self._pay_back(intent, left, f"{key}/refund")

    def refund(self, reference: str, amount: Money, key: str) -> None:
        with _told():
            self._pay_back(reference, amount.minor, key)

    def _pay_back(self, intent: str, amount: int, key: str) -> None:
        self._client.v1.refunds.create({"payment_intent": intent, "amount": amount}, {"idempotency_key": key})

    def link(self, payment: str, amount: Money, what: str) -> PayLink:
        with _told():
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": payment,
                    "success_url": self._thanks_url,
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": amount.currency.lower(),
                                "unit_amount": amount.minor,
                                "product_data": {"name": what},
                            },
                        }
                    ],
                },
                {"idempotency_key": payment},
            )
        if not session.url:
            raise BackEndUnavailable("Stripe has made a link without an address")
        return PayLink(session.id, session.url)

    def saved_card(self, payer: str, method: str) -> SavedCard:
        with _told():
            found = self._client.v1.payment_methods.retrieve(method)
        if found.customer is None or _id(found.customer) != payer:
            raise BackEndRefused(f"Stripe has no card {method!r} of the customer {payer!r}.")
        if found.card is None:
            raise BackEndRefused(f"{method!r} is no card.")
        return SavedCard(found.card.brand, found.card.last4)


def read_event(body: bytes, signature: str, secret: str, tolerance_s: int) -> PaymentEvent:
    """Raises Forged for what Stripe has not signed with this secret, in this time."""
    try:
        event = stripe.Webhook.construct_event(body, signature, secret, tolerance_s)
        found: Any = event.data.object
        kind = EVENTS.get(event.type)
        if kind is None or (kind == "paid" and found.payment_status != "paid"):
            return PaymentEvent(event.id, "other")
        amount = Money(found.amount_total, found.currency.upper()) if kind == "paid" else None
        reference = _id(found.payment_intent) if kind == "paid" else found.id
        return PaymentEvent(event.id, kind, found.client_reference_id or "", reference, amount)
    except (stripe.SignatureVerificationError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise Forged(type(error).__name__) from error


def _id(found: Any) -> str:
    """Of what is there by name or as a whole."""
    return found if isinstance(found, str) else str(found.id)


@contextmanager
def _told() -> Iterator[None]:
    """What Stripe says, as a "no" for good or as trouble that may pass. Its text names no card."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise BackEndUnavailable(f"Stripe does not take the key: {error.code or error.http_status}") from error
    except stripe.IdempotencyError as error:
        raise BackEndUnavailable("Stripe is busy with the same question") from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        if error.http_status in (408, 409, 425, 429):
            raise BackEndUnavailable(f"Stripe is busy: {error.code or error.http_status}") from error
        raise BackEndRefused(f"Stripe says no: {error.code or error.user_message or error.http_status}") from error
    except stripe.StripeError as error:
        raise BackEndUnavailable(f"Stripe gives no answer: {type(error).__name__}") from error
