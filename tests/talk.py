"""A conversation with the real shop, in memory, by meanings instead of words: the parser has no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from commerce.charging import Executes
from commerce.customers import add_customer
from commerce.settings import CommerceSettings
from commerce.shop import Shop
from commerce.shop_file import load_shop
from commerce.store import Store
from nlu import intent
from tests.small_shop import StandingClock
from voice.call import CallInput, Silence
from voice.channels import Keys
from voice.prompt import Prompt, Transfer
from voice.recognizer import Transcript
from voxcart.facts import goods
from voxcart.hearing import Parse
from voxcart.mind import ShopMind, Tools
from voxcart.patience import DialogueSettings
from voxcart.replies import Replies
from voxcart.states import DialogueState, Phase

SHOPS = Path(__file__).parent.parent / "commerce" / "shops"
COFFEE = load_shop(SHOPS / "coffee.toml")
REPLIES = Replies.load("en", COFFEE)
PHONE, PIN = "15550100", "4719"

YES, NO = intent.Simple("yes"), intent.Simple("no")
CHECKOUT = intent.Simple("checkout")


def item(product: str, quantity: int | None = None, *options: tuple[str, str], **more: Any) -> intent.Item:
    number = None if quantity is None else Decimal(quantity)
    return intent.Item(product, number, None, tuple(intent.Choice(*each) for each in options), **more)


def add(product: str, quantity: int | None = None, *options: tuple[str, str], **more: Any) -> intent.Order:
    return intent.Order((intent.Add(item(product, quantity, *options, **more)),))


class Talk:
    """One call. `log` holds the events; `prompts` what was said so far."""

    def __init__(
        self,
        caller: str | None = None,
        recording: bool = False,
        commerce: CommerceSettings | None = None,
        settings: DialogueSettings | None = None,
        shop: Shop | None = None,
        call: str = "call-1",
        clock: StandingClock | None = None,
        parse: Parse | None = None,
        transfer: Transfer | None = None,
        close_numbers: frozenset[Decimal] = frozenset(),
        household: str = "",
        through: Executes | None = None,
    ) -> None:
        """`through`: who carries out commands, where that is not the shop itself."""
        self.clock = clock or StandingClock()
        self.shop = shop or Shop(COFFEE, Store(None, self.clock), commerce or CommerceSettings(pin_free_limit=""))
        self.log: list[tuple[str, str, str, Mapping[str, Any]]] = []
        self.prompts: list[Prompt] = []
        self.told: list[Mapping[str, Any]] = []
        """Tickets that people were told of."""
        self.stopped_recording = 0
        self.may_fail = False
        """Whether a turn may end in an error of ours, which is apologised for."""
        self._meanings: dict[str, intent.Meaning] = {}
        self.replies = REPLIES if self.shop.catalog is COFFEE else Replies.load("en", self.shop.catalog)
        tools = Tools(
            catalog=self.shop.catalog,
            shop=through or self.shop,
            replies=self.replies,
            parse=parse or (lambda text, _kind, _focus: self._meanings.get(text)),
            phrases=lambda _kind, _focus: (),
            log=lambda *event: self.log.append(event),
            now=self.clock,
            settings=settings or DialogueSettings(),
            notify=self.told.append,
            close_numbers=close_numbers,
        )
        self.mind = ShopMind(call, tools, caller, recording, self._stop, transfer, household=household)

    def _stop(self) -> None:
        self.stopped_recording += 1

    async def greet(self) -> str:
        self.prompts.append(await self.mind.greet())
        return self.prompts[-1].text

    async def hear(self, heard: CallInput) -> str:
        self.prompts.append(await self.mind.act(self.mind.understand(heard)))
        assert self.may_fail or not [event for event in self.log if event[2] == "error"]
        return self.prompts[-1].text

    async def say(self, meaning: intent.Meaning | None, over: bool = False, text: str | None = None) -> str:
        """None is something that makes no sense."""
        text = text or f"words {len(self._meanings) + len(self.prompts)}"
        if meaning is not None:
            self._meanings[text] = meaning
        return await self.hear(Transcript(text, "test", (), over))

    async def says(self, *meanings: intent.Meaning) -> str:
        """Say all of it, greeted first; returns the last answer."""
        if not self.prompts:
            await self.greet()
        answer = self.prompts[-1].text
        for meaning in meanings:
            answer = await self.say(meaning)
        return answer

    async def silent(self) -> str:
        return await self.hear(Silence())

    async def press(self, digits: str) -> str:
        return await self.hear(Keys(digits, 0))

    @property
    def last(self) -> Prompt:
        return self.prompts[-1]

    @property
    def state(self) -> DialogueState:
        return self.mind.snapshot()[0]

    @property
    def phase(self) -> Phase:
        return self.state.phase

    @property
    def cart(self) -> list[str]:
        return [self.replies.goods(goods(line)) for line in self.mind.snapshot()[1].lines]

    def enrol(self, limit: str | None = None, household: str | None = None) -> str:
        return add_customer(self.shop.till, "Ann", PHONE, PIN, limit, household)[0]
