"""How it is paid is asked, changed, read back and agreed to; nothing is told of a customer before the PIN."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from commerce.charging import ChargingShop, pay_due
from commerce.customers import change_customer, set_card
from commerce.payments import CHARGED, SavedCard
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.store import Store
from commerce.terms import Way
from nlu import intent
from nlu.intent import Simple
from tests.bank import BROKE, GOOD, Bank
from tests.payers import PAUSE
from tests.pizzeria import PIZZERIA
from tests.small_shop import StandingClock
from tests.stripe_house import BROKE as NO_MONEY
from tests.stripe_house import GOOD as VISA
from tests.stripe_house import KEY, Door, stripe_house
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add
from voxcart import states
from voxcart.stripe_payments import StripePayments

CARD, LINK, CASH, INVOICE = (Simple(f"pay_{way}") for way in ("card", "link", "delivery", "invoice"))  # type: ignore[arg-type]
FETCH, THE_PIN = Simple("pickup"), intent.Digits(PIN)
PIZZAS = add("margherita", 2)


class Call(Talk):
    """A call to the pizzeria, whose money is moved by a bank in memory."""

    def __init__(
        self,
        caller: str | None = PHONE,
        card: tuple[str, str] | None = GOOD,
        invoice: bool = True,
        limit: str = "50.00",
        ways: tuple[Way, ...] = PIZZERIA.ways,
    ) -> None:
        clock = StandingClock()
        clock.time = datetime(2026, 5, 1, 16, tzinfo=ZoneInfo(PIZZERIA.time_zone)).astimezone(UTC)
        catalog = replace(PIZZERIA, ways=ways)
        shop = Shop(catalog, Store(None, clock), CommerceSettings(pin_free_limit=limit), charges=CHARGED)
        self.bank = Bank()
        super().__init__(caller, shop=shop, clock=clock, through=ChargingShop(shop, shop.till, self.bank))
        self.enrol()
        if invoice:
            change_customer(shop.till, PHONE, {"invoice": "yes"})
        if card:
            set_card(shop.till, PHONE, *card, SavedCard("visa", "4242"))

    def way(self) -> str | None:
        [order] = self.shop.orders()
        return order.payment.way if order.payment else None


@pytest.fixture
def call() -> Call:
    return Call()


async def test_it_is_asked_once_before_the_total_and_read_back_with_it(call: Call) -> None:
    asked = await call.says(PIZZAS, CHECKOUT, FETCH)
    assert "How would you like to pay: on delivery or by a link that we send you?" in asked
    assert "If you are registered with us, you can also say: my saved card or on my account." in asked
    read = await call.says(CASH)
    assert "You pay when you pick it up." in read
    assert "eighteen dollars altogether" in read
    await call.says(YES)
    assert call.way() == "delivery"
    again = await call.says(PIZZAS, CHECKOUT, FETCH)
    assert "How would you like to pay" in again, "another order, another question"


@pytest.mark.parametrize(("card", "invoice"), [(GOOD, True), (None, False)])
async def test_before_the_pin_nobody_hears_whether_there_is_a_card(card: tuple[str, str] | None, invoice: bool) -> None:
    call, nobody = Call(card=card, invoice=invoice), Call(card=None, invoice=False)
    for said in (PIZZAS, CHECKOUT, FETCH, CARD):
        assert await call.says(said) == await nobody.says(said)
    assert "PIN" in call.last.text
    told = await call.says(THE_PIN)
    assert ("ending in four two four two" in told) == (card is not None)
    assert ("no saved card" in told) == (card is None)


async def test_a_saved_card_is_charged_with_one_pin_and_a_yes_after_the_total(call: Call) -> None:
    read = await call.says(PIZZAS, CHECKOUT, FETCH, CARD, THE_PIN)
    assert "It will be charged to your saved card ending in four two four two." in read
    assert "eighteen dollars altogether" in read
    assert call.bank.asked == []
    placed = await call.says(YES)
    assert "Your order is placed" in placed
    pay_due(call.shop.till, call.bank, PAUSE)
    assert call.bank.kept == 1800


async def test_a_way_said_first_is_not_asked_for_again(call: Call) -> None:
    kept = await call.says(PIZZAS, CASH)
    assert "You pay on delivery." in kept
    assert isinstance(call.phase, states.Shopping)
    assert "altogether" in await call.says(CHECKOUT, FETCH)


async def test_another_way_after_the_total_is_read_anew_and_needs_its_own_yes(call: Call) -> None:
    await call.says(PIZZAS, CHECKOUT, FETCH, CASH)
    read = await call.says(LINK)
    assert "We'll send you a link to pay it." in read
    assert "altogether" in read
    assert call.shop.orders() == ()
    await call.says(YES)
    assert call.way() == "link"


async def test_a_yes_beside_another_way_orders_nothing(call: Call) -> None:
    await call.says(PIZZAS, CHECKOUT, FETCH, CASH, intent.Several((YES, LINK)))
    assert call.shop.orders() == ()
    assert isinstance(call.phase, states.ConfirmingOrder)


async def test_by_keys() -> None:
    call = Call()
    await call.says(PIZZAS, CHECKOUT, FETCH)
    assert "Press its number in the list" in await call.press("7")
    assert "We'll send you a link" in await call.press("2")
    call = Call()
    await call.says(PIZZAS, CHECKOUT, FETCH)
    assert "I haven't ordered anything" in await call.press("*")


async def test_who_has_no_pin_is_asked_anew(call: Call) -> None:
    await call.says(PIZZAS, CHECKOUT, FETCH, INVOICE)
    assert isinstance(call.phase, states.AwaitingPin)
    assert "How would you like to pay" in await call.says(NO)
    assert "altogether" in await call.says(intent.Pick(1))


async def test_a_declined_card_is_told_and_another_way_is_taken() -> None:
    call = Call(card=BROKE, invoice=False)
    told = await call.says(PIZZAS, CHECKOUT, FETCH, CARD, THE_PIN, YES)
    assert "Your card was declined, and nothing is ordered." in told
    assert "How would you like to pay instead: on delivery or by a link that we send you?" in told
    assert call.shop.orders() == ()
    read = await call.says(CASH)
    assert "You pay when you pick it up." in read
    assert "Your order is placed" in await call.says(YES)
    assert call.bank.kept == call.bank.held == 0


async def test_where_one_way_is_left_a_yes_takes_it_and_still_orders_nothing() -> None:
    call = Call(card=BROKE, ways=("delivery", "card"))
    told = await call.says(PIZZAS, CHECKOUT, FETCH)
    assert "altogether" in told, "there is one way before the PIN, so nobody is asked"
    told = await call.says(CARD, THE_PIN, YES)
    assert "Would you like to pay on delivery instead?" in told
    assert "altogether" in await call.says(YES)
    assert call.shop.orders() == ()
    await call.says(YES)
    assert call.way() == "delivery"


@pytest.mark.parametrize("trouble", ["away", "lose_answers"])
async def test_no_answer_of_the_bank_is_told_and_nothing_is_charged(trouble: str) -> None:
    call = Call()
    await call.says(PIZZAS, CHECKOUT, FETCH, CARD, THE_PIN)
    setattr(call.bank, trouble, 1)
    told = await call.says(YES)
    assert "I can't charge your card right now. Nothing is ordered, and nothing is charged." in told
    assert "How would you like to pay instead" in told
    pay_due(call.shop.till, call.bank, PAUSE)
    assert (call.bank.kept, call.bank.held, call.shop.orders()) == (0, 0, ())


async def test_without_pins_neither_card_nor_invoice_is_offered_or_taken() -> None:
    call = Call(limit="")
    asked = await call.says(PIZZAS, CHECKOUT, FETCH)
    assert "registered" not in asked
    told = await call.says(CARD)
    assert "no saved card that I could charge" in told
    assert "How would you like to pay" in told


async def test_a_shop_that_takes_customers_cards_only() -> None:
    call = Call(ways=("card",))
    asked = await call.says(PIZZAS, CHECKOUT, FETCH)
    assert asked.endswith("you can also say: my saved card. How would you like to pay?")
    await call.says(intent.Pick(-1), intent.Pick(1), intent.Indifferent())
    assert isinstance(call.phase, states.ChoosingPayment)
    assert "ending in four two four two" in await call.says(CARD, THE_PIN)


async def test_a_withheld_number_needs_the_pin_for_a_link() -> None:
    call = Call(caller=None)
    await call.says(PIZZAS, CHECKOUT, FETCH, LINK)
    assert isinstance(call.phase, states.AwaitingCustomer)
    await call.says(intent.Digits(PHONE), THE_PIN)
    assert isinstance(call.phase, states.ConfirmingOrder)


async def test_a_card_number_said_at_the_question_is_refused_and_kept_nowhere(call: Call) -> None:
    await call.says(PIZZAS, CHECKOUT, FETCH)
    before = call.phase
    number = "my card is 4242 4242 4242 4242"
    told = await call.say(None, text=number)
    assert told.startswith("Please don't tell me a card number.")
    assert call.last.private
    assert call.phase == before
    assert "How would you like to pay" in told
    kept = f"{call.log}{call.shop.store._rows('SELECT * FROM commands')}"
    assert "4242 4242" not in kept
    assert "four two four two four" not in kept


async def test_how_can_i_pay_is_answered_and_the_question_stays(call: Call) -> None:
    await call.says(PIZZAS, CHECKOUT, FETCH)
    told = await call.says(intent.AskPayment())
    assert told.startswith("You pay at the door")
    assert isinstance(call.phase, states.ChoosingPayment)


async def test_a_shop_that_does_not_ask_answers_only() -> None:
    talk = Talk(PHONE)
    assert "on delivery" not in await talk.says(add("latte"), CHECKOUT)
    assert "altogether" in talk.last.text
    await talk.says(CARD)
    assert isinstance(talk.phase, states.ConfirmingOrder)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with stripe_house() as opened:
        yield opened


@pytest.mark.parametrize(("card", "told"), [(VISA, "Your order is placed"), (NO_MONEY, "Your card was declined")])
async def test_the_same_conversation_with_stripe_on_the_other_side(door: Door, card: str, told: str) -> None:
    call = Call()
    stripe = StripePayments(KEY, door.url)
    payer, method = door.save_card(card)
    set_card(call.shop.till, PHONE, payer, method, stripe.saved_card(payer, method))
    talk = Talk(PHONE, shop=call.shop, clock=call.clock, through=ChargingShop(call.shop, call.shop.till, stripe))
    read = await talk.says(PIZZAS, CHECKOUT, FETCH, CARD, THE_PIN)
    assert f"your saved card ending in {'four two four two' if card == VISA else 'zero three four one'}" in read
    assert told in await talk.says(YES)
    pay_due(call.shop.till, stripe, PAUSE)
    mine = [each for each in door.intents() if each["customer"] == payer]
    charged = [each["amount"] for each in mine if each["status"] == "succeeded"]
    assert charged == ([1800] if card == VISA else [])
    assert len(call.shop.orders()) == len(charged)
