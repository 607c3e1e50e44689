"""Knows where calls may begin, and all that may be said in them, for exploring. Knows no rule of a dialogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import get_args, get_type_hints

from commerce.catalog import Catalog
from commerce.charging import ChargingShop
from commerce.commands import AddLine, ChangeCart, CheckPin, OrderPlaced, PinAccepted, PlaceOrder
from commerce.customers import add_customer, set_card, set_second_factor
from commerce.delivery import ReceiveByDelivery
from commerce.money import Money
from commerce.payments import CHARGED, PayBy, SavedCard
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import parse_shop
from commerce.store import Store
from commerce.terms import Address, Slot
from nlu import intent
from nlu.intent import Add, Digits, OnList, Order, Ref, Remove, SetQuantity, Several, Simple
from tests.bank import BROKE, GOOD, Bank
from tests.kitchens import SECRET, code_at
from tests.small_shop import Caller, StandingClock
from tests.talk import CHECKOUT, NO, PHONE, PIN, YES, Talk, add, item
from voice.call import CallInput, HandedOver, HungUp, NotHandedOver, Silence
from voice.channels import Keys
from voice.prompt import Transfer
from voice.recognizer import Transcript
from voxcart.patience import DialogueSettings

NAME, STRANGER, WRONG_PIN = "Zebedee", "15550199", "8352"
BOUGHT_BEFORE = "seven candles"
WENT_BEFORE = "Hidden Lane"
CARD_ENDING = "four two four two"
"""What only the customer may be told: nothing that callers say here leads to it."""
CORNER_SHOP = """
name = "Corner"
currency = "USD"
max_quantity = 20

[returns]
days = 14
way = "bring"

[complaints.goodwill]
damaged = 1.00

[[coupons]]
code = "HALF"
percent = 50

[options.bread]
required = true
values = ["white", "brown"]

[[products]]
name = "tea"
price = 2.00
category = "drinks"
stock = 1000

[[products]]
name = "wine"
price = 9.00
category = "drinks"
min_age = 18

[[products]]
name = "toast"
price = 1.90
category = "food"
options = ["bread"]

[[products]]
name = "cake"
price = 3.33
category = "food"
stock = 2

[[products]]
name = "match"
price = 0.05
category = "things"
max_quantity = 10

[[products]]
name = "candle"
price = 0.30
category = "things"
"""
CORNER = parse_shop(CORNER_SHOP, Path("corner.toml"))
DELIVERING = parse_shop(
    f'time_zone = "UTC"\n{CORNER_SHOP}'
    '[delivery]\nfee = 1.00\nslots = { daily = "17:00-19:00" }\nzones = [{ postcodes = ["10001"] }]\n',
    Path("corner.toml"),
)
PAYING = parse_shop(
    f'{CORNER_SHOP}[payment]\nways = ["delivery", "card", "link", "invoice"]\n',
    Path("corner.toml"),
)


@dataclass(frozen=True)
class Utter:
    """One thing that a caller, or the line, may do. `agrees`: an explicit yes; `pin`: the right one.

    `deed`: what happens meanwhile, without a word.
    """

    label: str
    heard: CallInput
    meaning: intent.Meaning | None = None
    agrees: bool = False
    pin: bool = False
    deed: Callable[[Talk], None] | None = None


def said(label: str, meaning: intent.Meaning | None, over: bool = False, agrees: bool = False) -> Utter:
    return Utter(label, Transcript(label, "test", (), over), meaning, agrees, meaning == Digits(PIN))


def pressed(keys: str) -> Utter:
    return Utter(f"[keys {keys}]", Keys(keys, 0), None, keys == "1", keys == PIN)


NAMES = tuple(get_args(get_type_hints(Simple)["name"]))
HUMAN, KEY_0 = said("human", Simple("human")), pressed("0")
SILENCE, NONSENSE = Utter("[silence]", Silence()), said("[nonsense]", None)
GONE = Utter("[hangs up]", HungUp())
TAKEN, NOT_TAKEN = Utter("[a person takes over]", HandedOver()), Utter("[nobody takes over]", NotHandedOver())
SAID_YES = said("yes", YES, agrees=True)
MORE_YES = [
    said("yes, over the prompt", YES, over=True),
    said("yes, that's all", Several((YES, CHECKOUT)), agrees=True),
    said("yes, and a tea", Several((YES, add("tea")))),
    said("yes no", Several((YES, NO))),
]


def both(*breads: str) -> Order:
    return Order(tuple(edit for each in breads for edit in add("toast", 1, ("bread", each)).edits))


SIX_THINGS = Order(
    (*(Add(item(each, 1)) for each in ("tea", "cake", "wine")), Add(item("match", 2)), *both("white", "brown").edits)
)
GOODS = [
    said("a tea", add("tea", 1)),
    said("a wine", add("wine", 1)),
    said("three wines", add("wine", 3)),
    said("eleven matches", add("match", 11)),
    said("a toast", add("toast", 1)),
    said("three cakes", add("cake", 3)),
    said("thirty teas", add("tea", 30)),
    said("18000 teas", add("tea", 18_000)),
    said("tea or wine", add("tea", 1, alternatives=("wine",))),
    said("something like tea", add("tea", 1, guessed=True)),
    said("two of something", intent.Ambiguous((add("tea"), add("wine")))),
    said("a white and a brown toast", both("white", "brown")),
    said("six things", SIX_THINGS),
    said("no toast", Order((Remove(Ref("toast")),))),
    said("no, two of them", Order((SetQuantity(Ref(), Decimal(2)),), correction=True)),
    said("remove it", Order((Remove(Ref()),))),
    said("caviar", Order((), not_sold=(intent.NotSold("caviar", ("cake",)),))),
    said("white", intent.Pick(options=(intent.Choice("bread", "white"),))),
]  # fmt: skip
LISTED = [
    said("tea on my list", OnList(add("tea"))),
    said("thirty teas on my list", OnList(add("tea", 30))),
    said("six things on my list", OnList(SIX_THINGS)),
]
ANSWERS = [
    said("the PIN", Digits(PIN)),
    said("a wrong PIN", Digits(WRONG_PIN)),
    said("the code", Digits(code_at(StandingClock()()))),
    said("the phone number", Digits(PHONE)),
    said("nobody's number", Digits(STRANGER)),
    said("half a number", Digits("47", clear=False)),
    said("two", intent.Number(Decimal(2))),
    said("the first", intent.Pick(1)),
    said(NAME, intent.Person(NAME)),
]
QUESTIONS = [
    said("where is my order", intent.AskOrder()),
    said("what is there", intent.AskProducts()),
    said("which drinks", intent.AskProducts("drinks")),
    said("is there tea", intent.AskStock(intent.Item("tea"))),
    said("how much is it", intent.AskPrice()),
    said("when are you open", intent.AskHours("monday")),
    said("pardon", intent.Repeat()),
]
KEYS = [pressed(each) for each in ("1", "2", "*", "#", PIN)]
MEANWHILE = [
    Utter("[tea becomes dearer]", Silence(), deed=lambda talk: talk.shop.set_price("tea", Money(250, "USD"))),
    Utter("[tea is sold out]", Silence(), deed=lambda talk: talk.shop.set_stock("tea", Decimal(0))),
    Utter("[a minute passes]", Silence(), deed=lambda talk: talk.clock.move(seconds=61)),
    Utter("[five minutes pass]", Silence(), deed=lambda talk: talk.clock.move(seconds=301)),
]
"""Each once in a conversation, and only while something is being bought."""
CORE = {"no", "checkout", "cancel", "goodbye", "undo", "pause", "help", "stop", "read_cart", "upset", "cancel_order",
        "usual", "no_number", "read_list", "clear_list"}  # fmt: skip
"""Of the simple meanings those that a small exploration goes through."""


def few(*labels: str) -> list[Utter]:
    """Of the small alphabet only these."""
    return [each for each in alphabet(small=True) if each.label in labels]


def alphabet(small: bool) -> list[Utter]:
    """What is simple comes first, and so into the shortest conversations."""
    names = [each for each in NAMES if each not in ("yes", "human") and (not small or each in CORE)]
    goods = [each for each in GOODS if not small or each.label not in ("remove it", "caviar")]
    more = [] if small else [*QUESTIONS[2:], *KEYS[2:]]
    simple = [said(name, Simple(name)) for name in names]
    return [*goods, SAID_YES, *simple, HUMAN, SILENCE, NONSENSE, *ANSWERS, *QUESTIONS[:2], *LISTED, *MORE_YES,
            KEYS[0], KEY_0, *more]  # fmt: skip


# ---- worlds --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """Who calls, on which line, and what an earlier call has left behind."""

    name: str
    caller: str | None = PHONE
    household: str = ""
    transfer: Transfer | None = None
    left_behind: bool = False
    catalog: Catalog = CORNER
    card: tuple[str, str] = GOOD
    arrived: bool = False
    """What was ordered, two things then, has been delivered."""
    commerce: CommerceSettings = field(
        default_factory=lambda: CommerceSettings(pin_free_limit="5.00", second_factor_above="20.00", pin_tries=2)
    )
    dialogue: DialogueSettings = field(default_factory=lambda: DialogueSettings(ask_rating=True))

    async def begin(self) -> Talk:
        """A call that is not greeted yet, of one whose earlier call has ordered what only they know."""
        clock = StandingClock()
        shop = Shop(self.catalog, Store(None, clock), self.commerce, charges=CHARGED)
        customer, _ = add_customer(shop.till, NAME, PHONE, PIN, household=self.household or None)
        set_second_factor(shop.till, customer, SECRET)
        buyer = Caller(shop, "earlier")
        earlier = [AddLine("candle", Decimal(7)), *([AddLine("match", Decimal(2))] if self.arrived else [])]
        buyer.say(ChangeCart("earlier", tuple(earlier)))
        if self.catalog.delivers:
            evening = clock().replace(hour=17), clock().replace(hour=19)
            buyer.say(ReceiveByDelivery("earlier", Address("10001", WENT_BEFORE, "9"), Slot(*evening)))
        if self.catalog.ways:
            buyer.say(PayBy("earlier", "delivery"))
            set_card(shop.till, PHONE, *self.card, SavedCard("visa", "4242"))
        accepted = buyer.say(CheckPin(customer, "earlier", PIN))
        assert isinstance(accepted, PinAccepted)
        placed = buyer.say(PlaceOrder(buyer.confirmed_quote().id, customer, accepted.authorization))
        assert isinstance(placed, OrderPlaced)
        if self.arrived:
            shop.set_status(placed.number, "delivered")
        if self.left_behind:
            await self._call(shop, clock, "broken-off").says(add("tea", 1))
        return self._call(shop, clock, "call-1")

    def _call(self, shop: Shop, clock: StandingClock, call: str) -> Talk:
        return Talk(self.caller, shop=shop, clock=clock, call=call, settings=self.dialogue, transfer=self.transfer,
                    household=self.household, through=ChargingShop(shop, shop.till, Bank()))  # fmt: skip


WORLDS = [
    World("a customer at home", household="home"),
    World("a withheld number", caller=None),
    World("a household", caller=None, household="home"),
    World("a line with a desk", transfer=Transfer("sip:desk@192.0.2.7")),
    World("a customer called back", left_behind=True),
    World("a stranger called back", caller=STRANGER, left_behind=True),
    World("no PINs", commerce=CommerceSettings(pin_free_limit="")),
]
ARRIVED = World("an order that has arrived", arrived=True, dialogue=DialogueSettings(ask_rating=True, ask_comment=True))
"""Of such an order much can be said that leads nowhere elsewhere: `AFTER`."""
AFTER = [
    *(said(each, Simple(each)) for each in ("return_order", "exchange_order", "complain", "ask_complaint", "all")),
    said("it is broken", intent.Said("it is broken", "damaged")),
    said("help me choose", intent.HelpChoose()),
    said("it doesn't matter", intent.Indifferent()),
    said("the coupon HALF", intent.Coupon("HALF")),
    said("a coupon", intent.Coupon()),
    said("no coupon", intent.Coupon(None, wanted=False)),
    said("H A L F", intent.Spelled("HALF")),
    said("H A L", intent.Spelled("HAL")),
]
BROUGHT = World("an order that is delivered", catalog=DELIVERING)
RECEIVING = [
    *(said(each, Simple(each)) for each in ("deliver", "pickup", "my_address")),
    said("a postcode", intent.Spelled("10001")),
    said("a postcode far away", intent.Spelled("99999")),
    said("Oak Street 12", intent.Text("oak street", "12")),
    said("Elm Road", intent.Text("elm road")),
    said("number 14", intent.Text("", "14")),
    said("tomorrow after five", intent.When("tomorrow", 300, "after")),
    said("on Monday at nine", intent.When("monday", 540)),
]
PAID = [
    World("an order that is paid", catalog=PAYING),
    World("an order that is paid by a card that is declined", catalog=PAYING, card=BROKE),
]
PAYING_SO = [
    *(said(each, Simple(each)) for each in ("pay_delivery", "pay_card", "pay_link", "pay_invoice")),
    said("a card number", Simple("card")),
]
