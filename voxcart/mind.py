"""Holds one conversation: understands, decides, has the shop act, words the answer. Knows no audio and no rule."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

import structlog

from commerce.after import BasketTaken, OrderCancelled
from commerce.cart import Cart
from commerce.catalog import Catalog
from commerce.commands import Command, ConfirmQuote, NotePhone, OpenCart, OpenTicket, PlaceOrder, QuoteCart
from commerce.outcomes import (
    CartChanged,
    CartOpened,
    ListMoved,
    NothingToUndo,
    OrderPlaced,
    Outcome,
    PhoneNoted,
    PriceChanged,
    Quoted,
    TicketOpened,
)
from commerce.payments import PayBy
from commerce.redress import OrderReturned
from commerce.restrictions import AgeStated
from nlu.language import load_language
from nlu.redaction import redact
from voice.call import CallInput, StageTimes, Stretch
from voice.channels import Keys
from voice.prompt import Foresight, Listening, Prompt, Transfer
from voxcart.decisions import Ask, Decision, Do, Gone, HandOver, Heard, Leave, Tell
from voxcart.dialogue import arrange, conclude, decide, opening_state
from voxcart.experiments import Experiment, arms_of, message_of
from voxcart.facts import MUTED, PROTECTED, Fact, fact
from voxcart.hearing import Parse, Reading, foresee, read, spoken_at
from voxcart.patience import DialogueSettings
from voxcart.questions import expecting, question
from voxcart.records import heard_record, reading_record, record
from voxcart.replies import Replies
from voxcart.states import ConfirmingPhone, DialogueState, Scene, Shopping

Phrases = Callable[[str, tuple[str, ...]], Sequence[str]]
"""(kind of answer expected, ids it may name) -> what may be said."""
Log = Callable[[str, str, str, Mapping[str, Any]], object]
"""(call, turn, kind, payload); `Store.append_event` is one."""
Notify = Callable[[Mapping[str, Any]], None]
"""Is told what is in a new ticket; `WebHook.send` is one."""

MOST_STEPS = 12

logger = structlog.get_logger(__name__)


class Executes(Protocol):
    """The shop: commands in, outcomes out. Blocking."""

    def execute(self, command: Command, key: str) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What every call of one shop shares. `now` is the shop's local time; `hint` says what may be said in answer to a
    kind of question, for the second pass; `notify` tells people of a new ticket and returns at once."""

    catalog: Catalog
    shop: Executes
    replies: Replies
    parse: Parse
    phrases: Phrases
    log: Log
    now: Callable[[], datetime]
    hint: Callable[[str], str] = lambda _expecting: ""
    settings: DialogueSettings = field(default_factory=DialogueSettings)
    notify: Notify = lambda _ticket: None
    close_numbers: frozenset[Decimal] = frozenset()
    """Quantities that may have been misheard."""
    experiments: Mapping[str, Experiment] = field(default_factory=dict)


class ShopMind:
    """The mind of one call; `voice.call.Mind`, with `Hints`, `Locates`, `Fills` and `Foresees`.

    `transfer`: who takes the caller over, None where nobody can; `hears_others`: people who talk to each other, too.
    `household`: whose shopping list it is, if any.
    """

    def __init__(
        self,
        call: str,
        tools: Tools,
        caller: str | None = None,
        recording: bool = False,
        stop_recording: Callable[[], None] = lambda: None,
        transfer: Transfer | None = None,
        hears_others: bool = False,
        household: str = "",
    ) -> None:
        self._call = call
        self._tools = tools
        self._caller = caller
        self._stop_recording = stop_recording
        self._transfer = transfer
        self._hears_others = hears_others
        self._household = household
        self._state = DialogueState(recording=recording)
        self._cart = Cart(call, tools.catalog.currency)
        self._turn = 0
        self._done: list[dict[str, Any]] = []
        self._history: list[dict[str, Any]] = []
        self._used: Counter[str] = Counter()
        self._redact = partial(redact, language=load_language(tools.catalog.language))
        self._arms = arms_of(tools.experiments, caller or call)
        self._trials = {each.message: name for name, each in tools.experiments.items() if each.arms[self._arms[name]]}
        self._over = False
        self._stretch: Stretch | None = None
        self._one_at_a_time = asyncio.Lock()

    # ---- the call's side -----------------------------------------------------------------------------------------

    async def greet(self) -> Prompt:
        trials = {"arms": self._arms} if self._arms else {}
        self._log("call", {"caller": self._caller, "recording": self._state.recording, **trials})
        known = False
        try:
            opened = await self._execute(OpenCart(self._call, self._caller))
            self._state = opening_state(self._state, opened)
            known = isinstance(opened, CartOpened) and opened.known
        except Exception as error:
            self._report(error)
        opening, asked = _opening(self._tools.catalog)
        facts = [fact("greeting", greeting=opening)] if opening else []
        facts += [*([fact("welcome-back")] if known else []), fact("disclosure")]
        facts += [fact("recording-notice")] if self._state.recording else []
        self._state = replace(self._state, notice=self._state.recording)
        asks = isinstance(self._state.phase, Shopping) and asked
        said = (*facts, fact("merchant", text=asked)) if asks else (*facts, *question(self._state, self._scene()))
        await self._prepare()
        prompt = self._say(said)
        self._record_turn({"kind": "greeting"}, None, prompt)
        return prompt

    def understand(self, heard: CallInput) -> Reading:
        reading = read(heard, self._state.phase, self._tools.parse, self._tools.catalog, bool(self._cart.lines))
        return replace(reading, ignorable=True) if self._is_for_others(reading) else reading

    def _is_for_others(self, reading: Reading) -> bool:
        """What makes no sense in a room is asked about once; people also talk to each other."""
        asked_already = isinstance(self._state.phase, Shopping) and self._state.misses > 0
        return self._hears_others and asked_already and not reading.understood

    async def act(self, meaning: Reading) -> Prompt:
        """Decide, carry out, answer. Whatever goes wrong is said; what was committed stays committed."""
        async with self._one_at_a_time:
            self._turn += 1
            self._done = []
            before = self._state.phase
            try:
                prompt = await self._answer(meaning)
            except Exception as error:
                self._report(error)
                prompt = self._apologise()
            shown = (meaning, before, self._tools.parse, self._redact)
            self._record_turn(heard_record(*shown), reading_record(*shown), prompt)
            return prompt

    def locate(self, stretch: Stretch) -> None:
        self._stretch = stretch

    def note(self, times: StageTimes) -> None:
        self._log("times", record(times))

    def filler(self) -> str:
        return self._tools.replies.word(fact("filler"))

    def hint(self) -> str:
        asked = expecting(self._state.phase)
        return ", ".join(asked.focus) if asked.kind == "who" else self._tools.hint(asked.kind)

    def foresee(self, partial: str) -> Foresight:
        tools = self._tools
        return foresee(partial, self._state.phase, tools.catalog, tools.parse, bool(self._cart.lines))

    def snapshot(self) -> tuple[DialogueState, Cart]:
        """Where the conversation stands, for tests."""
        return self._state, self._cart

    # ---- one turn ------------------------------------------------------------------------------------------------

    async def _answer(self, reading: Reading) -> Prompt:
        """After the goodbye nothing is decided any more, whatever the line still brings."""
        if self._over and not isinstance(reading.meaning, Gone):
            return self._prompt(Leave(self._state, ()), ())
        facts: tuple[Fact, ...] = ()
        decision: Decision = Ask(self._state)
        for part in arrange(self._state, reading.meaning):
            heard = Heard(part, reading.over_prompt, isinstance(reading.heard, Keys))
            decision = decide(self._state, heard, self._scene())
            decision, said = await self._carry_out(decision)
            facts += said
            self._enter(decision.state)
            if isinstance(decision, Leave | HandOver):
                break
        self._over = isinstance(decision, Leave)
        await self._prepare()
        return self._prompt(decision, facts)

    async def _prepare(self) -> None:
        """Have the phrases ready that may answer: those of a new question take a tenth of a second."""
        asked = expecting(self._state.phase)
        await asyncio.to_thread(self._tools.phrases, asked.kind, asked.focus)

    async def _carry_out(self, decision: Decision) -> tuple[Decision, tuple[Fact, ...]]:
        """Follow commands and outcomes until there is something to say."""
        facts = decision.facts
        for _ in range(MOST_STEPS):
            if not isinstance(decision, Do):
                return decision, facts
            command = self._completed(decision.command)
            known = self._cart
            outcome = await self._execute(command)
            decision = conclude(decision.state, command, outcome, replace(self._scene(), known=known))
            facts += decision.facts
        raise RuntimeError("a conversation does not come to rest")

    def _apologise(self) -> Prompt:
        """Ask the open question again, unless it is what cannot be asked."""
        try:
            return self._say((fact("apology"), *question(self._state, self._scene())))
        except Exception as error:
            self._report(error)
            self._state = replace(self._state, phase=Shopping(), waiting=())
            return self._say((fact("apology"),))

    def _enter(self, state: DialogueState) -> None:
        if self._state.recording and not state.recording:
            self._stop_recording()
        self._state = state

    def _prompt(self, decision: Decision, facts: tuple[Fact, ...]) -> Prompt:
        match decision:
            case Tell(rate=rate, gain_db=gain_db, again=again):
                return replace(self._say(facts, again), rate=rate, gain_db=gain_db)
            case Leave():
                return replace(self._say(facts), hang_up=True, interruptible=False)
            case HandOver(briefing=briefing):
                return replace(self._say(facts), transfer=self._transfer_with(briefing), interruptible=False)
            case _:
                return self._say((*facts, *question(self._state, self._scene())))

    def _say(self, facts: tuple[Fact, ...], again: bool = False) -> Prompt:
        said = facts if again else tuple(self._varied(each) for each in facts)
        self._state = replace(self._state, said=said)
        expected = expecting(self._state.phase)
        phrases = self._tools.phrases(expected.kind, expected.focus)
        protected = expected.protected or any(each.key in PROTECTED for each in said)
        return Prompt(
            self._tools.replies.say(said),
            Listening(expected.patience or expected.kind, phrases),
            interruptible=not protected,
            private=expected.private or any(each.key in MUTED for each in said),
        )

    def _transfer_with(self, briefing: tuple[Fact, ...]) -> Transfer | None:
        if self._transfer is None or not self._transfer.announced:
            return self._transfer
        return replace(self._transfer, briefing=self._tools.replies.say(briefing))

    def _varied(self, said: Fact) -> Fact:
        """The next wording of the message, so that none is heard twice in a row; of this caller's arm, in a trial."""
        if trial := self._trials.get(said.key):
            said = replace(said, key=message_of(trial, self._arms[trial]))
        variant = self._used[said.key]
        self._used[said.key] += 1
        return replace(said, variant=variant)

    # ---- the shop ------------------------------------------------------------------------------------------------

    def _scene(self) -> Scene:
        tools = self._tools
        transfers = self._transfer is not None
        return Scene(
            self._cart,
            tools.catalog,
            self._call,
            tools.now(),
            self._caller,
            tools.settings,
            transfers,
            tools.close_numbers,
            self._household,
        )

    async def _execute(self, command: Command) -> Outcome:
        """Carry out under a key of its own: `call-3f2a/7`, then `call-3f2a/7.1` in the same turn."""
        step = f".{len(self._done)}" if self._done else ""
        key = f"{self._turn_id}{step}"
        outcome = await asyncio.to_thread(self._tools.shop.execute, command, key)
        self._done.append({"key": key, "command": record(command), "outcome": record(outcome)})
        match outcome:
            case CartOpened(cart) | CartChanged(cart=cart) | NothingToUndo(cart) | ListMoved(cart=cart):
                self._cart = cart
            case BasketTaken(cart=cart) | AgeStated(cart=cart) | OrderCancelled(cart=Cart() as cart):
                self._cart = cart
            case OrderReturned(cart=Cart() as cart):
                self._cart = cart
            case Quoted(quote) | PriceChanged(quote=quote):
                self._cart = quote.cart
            case OrderPlaced():
                self._cart = replace(self._cart, lines=(), touched=None)
            case TicketOpened(number) if isinstance(command, OpenTicket):
                self._tell(number, command)
            case PhoneNoted(number) if isinstance(command, NotePhone):
                self._notify({"ticket": number, "phone": command.phone})
        return outcome

    def _tell(self, number: str, ticket: OpenTicket) -> None:
        """Whom it concerns: what is in the ticket."""
        told = {"ticket": number, "reason": ticket.reason, "transfer_to": self._transfer and self._transfer.to}
        self._notify({**told, **json.loads(ticket.summary)})

    def _notify(self, told: Mapping[str, Any]) -> None:
        """The call goes on, come what may."""
        try:
            self._tools.notify({"shop": self._tools.catalog.name, "call": self._call, **told})
        except Exception as error:
            logger.error("ticket not told", turn_id=self._turn_id, error=type(error).__name__)

    def _completed(self, command: Command) -> Command:
        """A ticket holds the conversation and the cart, a yes where in the call it was, buying who calls."""
        if isinstance(command, ConfirmQuote):
            return replace(command, spoken=spoken_at(self._stretch))
        if isinstance(command, QuoteCart | PlaceOrder | PayBy):
            return replace(command, caller=self._caller)
        if not isinstance(command, OpenTicket):
            return command
        story = {"caller": self._caller, "customer": self._state.customer, "phase": type(self._state.phase).__name__}
        return replace(command, summary=json.dumps({**story, "cart": record(self._cart), "turns": self._history}))

    # ---- the log -------------------------------------------------------------------------------------------------

    @property
    def _turn_id(self) -> str:
        return f"{self._call}/{self._turn}"

    def _record_turn(self, heard: dict[str, Any], reading: object, prompt: Prompt) -> None:
        names_phone = isinstance(self._state.phase, ConfirmingPhone)
        told = {"heard": heard, "reading": reading, "said": self._redact(prompt.text) if names_phone else prompt.text}
        self._history.append(told)
        self._log("turn", {**told, "did": self._done, "phase": type(self._state.phase).__name__})

    def _log(self, kind: str, payload: Mapping[str, Any]) -> None:
        """A log that cannot be written must not end the call."""
        try:
            self._tools.log(self._call, self._turn_id, kind, payload)
        except Exception as error:
            logger.error("event not logged", turn_id=self._turn_id, kind=kind, error=type(error).__name__)

    def _report(self, error: Exception) -> None:
        """Where it failed, but not with what text: that may quote the caller."""
        where = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
        place = f"{where.name}:{where.lineno}" if where else None
        logger.error("turn failed", turn_id=self._turn_id, error=type(error).__name__, place=place)
        self._log("error", {"error": type(error).__name__})


def _opening(catalog: Catalog) -> tuple[str, str]:
    """The merchant's greeting, and the question it ends with, if it does: what must be said goes between them."""
    text = catalog.greeting.strip()
    if not text.endswith("?"):
        return text, ""
    at = max(text.rfind(mark) for mark in (". ", "! ", "? "))
    return (text[: at + 1], text[at + 2 :]) if at >= 0 else ("", text)
