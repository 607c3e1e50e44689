"""Knows how calls that come in are taken: one mind, shop and recording for each. Does not know how they come in."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import structlog

from commerce.errors import CommerceError
from voice import events
from voice.announcing import announce
from voice.channels.audiosocket import AudioSocketListener
from voice.channels.live import InRoom, Listener, LiveChannel
from voice.errors import LineError
from voice.prompt import Transfer
from voice.recognizer import Recognizer
from voice.tasks import Tasks, end
from voice.turns import run_call
from voxcart.build import (
    Engines,
    Front,
    fixed_sentences,
    new_call_id,
    open_engines,
    open_hearing,
    open_mind,
    open_recording,
)
from voxcart.config import Config, HumanChoice
from voxcart.forgetting import forget_all
from voxcart.lines import Callers, Lines, refusal
from voxcart.live_shop import LiveShop, Opening
from voxcart.metrics import Metrics, shown
from voxcart.mind import Log
from voxcart.notices import notices_sent
from voxcart.payment_hook import events_heard
from voxcart.replay import Watcher, watching
from voxcart.secret_files import read_secret
from voxcart.supervisor import Supervisor
from voxcart.webhook import WebHook

DAY_S = 24 * 3600
LOOK_S = 1.0
SPARE_CALLS = 8
"""So many more calls are answered to be told that all lines are busy; the next hears only the busy tone."""

logger = structlog.get_logger(__name__)


def _unheard(where: str) -> None:
    logger.info("listening", where=where)


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Takes every call that its listeners bring; all share one set of models. `screen` shows what is said."""

    config: Config
    live: LiveShop
    engines: Engines
    lines: Lines
    screen: Watcher | None = None
    told: Callable[[str], None] = _unheard
    """Receives where calls can come in, once they can."""
    metrics: Metrics = field(default_factory=Metrics)
    callers: Callers = field(default_factory=Callers)
    hook: WebHook | None = None
    """Receives every ticket."""
    household: str = ""
    """Whose shopping list there is on every line; empty = none."""
    _running: Tasks = field(default_factory=Tasks)

    async def serve(self, listeners: Sequence[Listener], stop: asyncio.Event, abandon: asyncio.Event) -> None:
        """Until `stop` is set and the calls that run then are over, or `abandon` is set, which ends them.

        Raises what a listener's `open` raises.
        """
        async with self.answering(listeners) as arriving, Supervisor().watching():
            await stop.wait()
            for listener in listeners:
                await listener.drain()
            await asyncio.gather(*arriving)
            await self._finish(abandon)

    @asynccontextmanager
    async def answering(self, listeners: Sequence[Listener]) -> AsyncIterator[list[asyncio.Task[None]]]:
        """Calls are taken as long as this is held; then those that still run are ended."""
        opened: list[Listener] = []
        arriving: list[asyncio.Task[None]] = []
        beside: list[asyncio.Task[None]] = []
        try:
            for listener in listeners:
                await listener.open()
                opened.append(listener)
                self.told(listener.where)
                arriving.append(asyncio.create_task(self._answer(listener), name="arriving"))
            beside.append(asyncio.create_task(self._forget_daily(), name="forgetting"))
            beside.append(asyncio.create_task(self._look_at_the_shop(), name="looking"))
            yield arriving
        finally:
            await end(*arriving, *self._running, *beside)
            for listener in opened:
                await listener.close()

    async def _look_at_the_shop(self) -> None:
        """So that an edited shop file is read, and its greeting spoken, before somebody calls."""
        before: Opening | None = None
        while True:
            with self.live.call() as opening:
                if before is not None and opening is not before:
                    await self._prepare(opening.front)
                before = opening
            await asyncio.sleep(LOOK_S)

    async def _prepare(self, front: Front) -> None:
        first, later = fixed_sentences(front)
        try:
            await asyncio.to_thread(self.engines.synthesizer.prepare_now, first, later)
        except Exception:
            logger.exception("greeting not prepared")

    async def _forget_daily(self) -> None:
        while True:
            with self.live.call() as opening:
                try:
                    await asyncio.to_thread(forget_all, self.config, opening.front.shop.store)
                except (CommerceError, OSError) as error:
                    logger.error("old calls not forgotten", error=str(error))
            await asyncio.sleep(DAY_S)

    async def _answer(self, listener: Listener) -> None:
        async for channel in listener.calls():
            self._running.start(self.take(channel), "call")

    async def _finish(self, abandon: asyncio.Event) -> None:
        giving_up = asyncio.create_task(abandon.wait())
        while self._running and not abandon.is_set():
            await asyncio.wait({giving_up, *self._running}, return_when=asyncio.FIRST_COMPLETED)
        giving_up.cancel()

    async def take(self, channel: LiveChannel) -> None:
        """One call, from the greeting to its end. What goes wrong in it is logged and touches no other call."""
        call, began = new_call_id(), perf_counter()
        admission = self.lines.admit()
        why = "busy" if admission is None else "" if self.callers.may_call(channel.caller) else "too-often"
        try:
            with self.live.call() as opening, admission or nullcontext():
                if why:
                    logger.warning("call refused", call=call, open_calls=self.lines.open_calls, reason=why)
                    self.metrics.ended("refused")
                    await announce(
                        channel, refusal(opening.front.replies, why), self.engines.synthesizer, self.config.voice.speech
                    )
                else:
                    logger.info("call taken", call=call, open_calls=self.lines.open_calls)
                    await self._talk(channel, call, opening.front, opening.recognizer or self.engines.recognizer)
        except Exception:
            logger.exception("call failed", call=call)
            self.metrics.ended("failed")
        finally:
            await channel.hang_up()
            logger.info("call over", call=call, seconds=round(perf_counter() - began, 1))

    async def _talk(self, channel: LiveChannel, call: str, front: Front, recognizer: Recognizer) -> None:
        recording = open_recording(self.config, call)
        if recording is not None:
            channel.on_frame = lambda caller, assistant, _start: recording.write(caller, assistant)
        human = self.config.human
        mind = open_mind(
            front,
            call,
            channel.caller,
            log=self._log(front),
            recording=recording,
            transfer=_transfer(human) if human.transfer_to and channel.can_transfer else None,
            notify=self.hook.send if self.hook else None,
            hears_others=isinstance(channel, InRoom),
            household=self.household,
        )
        show = watching(recording, self.screen)

        def watch(event: events.CallEvent) -> None:
            self.metrics.watch(event)
            show(event)
            if self.screen is not None and isinstance(event, events.Saying):
                self.screen.cart(mind.snapshot()[1], front.catalog)

        try:
            await run_call(
                channel,
                mind,
                recognizer,
                self.engines.synthesizer,
                self.engines.second_pass,
                self.config.voice,
                recorder=recording,
                watch=watch,
            )
        finally:
            if recording is not None:
                recording.close()

    def _log(self, front: Front) -> Log:
        def log(call: str, turn: str, kind: str, payload: Mapping[str, Any]) -> None:
            front.shop.store.append_event(call, turn, kind, payload)
            if self.screen is not None:
                self.screen.log(kind, payload)

        return log


def _transfer(human: HumanChoice) -> Transfer:
    return Transfer(human.transfer_to, human.ring_s, human.announced)


@contextmanager
def open_switchboard(
    config: Config,
    shop: str | None = None,
    screen: Watcher | None = None,
    told: Callable[[str], None] = _unheard,
    household: str = "",
) -> Iterator[Switchboard]:
    """Everything that calls need, loaded. Raises what opening the shop and the models raises.

    `household`: whose shopping list its lines have; a telephone is nobody's.
    """
    live = LiveShop(config, shop, open_hearing(config))
    try:
        with live.call() as opening:
            engines = open_engines(config, opening.front, opening.recognizer)
        try:
            lines, metrics = Lines(config.calls.most), Metrics(lambda: lines.open_calls)
            callers = Callers(config.calls.per_caller, 60 * config.calls.per_caller_minutes)
            with _hook(config) as hook, notices_sent(config, live), events_heard(config, live):
                yield Switchboard(config, live, engines, lines, screen, told, metrics, callers, hook, household)
        finally:
            engines.close()
    finally:
        live.close()


@contextmanager
def _hook(config: Config) -> Iterator[WebHook | None]:
    human = config.human
    if not human.webhook:
        yield None
        return
    token = read_secret(config, "human.webhook_token_file", human.webhook_token_file)
    hook = WebHook(human.webhook, token, human.webhook_timeout_s, human.webhook_tries)
    try:
        yield hook
    finally:
        hook.close()


def open_listeners(config: Config) -> list[Listener]:
    """The telephone, and the bridges that have a port. Raises LineError where a library is missing."""
    most = config.calls.most + SPARE_CALLS
    return [*open_telephone(config, most), *open_bridges(config, most)]


def open_telephone(config: Config, most: int) -> list[Listener]:
    if not config.sip.transports:
        return []
    try:
        from voice.channels.sip import SipListener
    except ImportError as error:
        raise LineError("The telephone needs baresip-python. Install it: pip install 'voxcart[sip]'") from error
    sip = replace(config.sip, certificate=_absolute(config, config.sip.certificate))
    return [SipListener(sip, most, read_secret(config, "sip.password_file", sip.password_file))]


def open_bridges(config: Config, most: int) -> list[Listener]:
    """Those that have a port. Raises LineError where a library is missing, or a file that holds a secret."""
    bridges: list[Listener] = []
    if config.audiosocket.port:
        bridges.append(AudioSocketListener(config.audiosocket, most))
    if config.websocket.port:
        try:
            from voice.channels.websocket import WebSocketListener
        except ImportError as error:
            raise LineError("The WebSocket needs websockets. Install it: pip install 'voxcart[bridges]'") from error
        line = replace(config.websocket, certificate=_absolute(config, config.websocket.certificate))
        token = read_secret(config, "websocket.token_file", line.token_file)
        auth_token = read_secret(config, "websocket.twilio_token_file", line.twilio_token_file)
        bridges.append(WebSocketListener(line, most, token, auth_token))
    return bridges


def _absolute(config: Config, name: str) -> str:
    return str(config.path(name)) if name else ""


@contextmanager
def figures_shown(switchboard: Switchboard, listeners: Sequence[Listener]) -> Iterator[None]:
    """Counts and health over HTTP, where a port for them is configured. Raises VoxcartError."""
    where = switchboard.config.metrics
    if not where.port:
        yield
        return
    with shown(switchboard.metrics, lambda: troubles_of(listeners), where.address, where.port) as port:
        logger.info("figures shown", address=where.address, port=port)
        yield


def troubles_of(listeners: Sequence[Listener]) -> list[str]:
    return [listener.trouble for listener in listeners if listener.trouble is not None]


def serve_calls(switchboard: Switchboard, listeners: Sequence[Listener]) -> None:
    """Until the program is asked to end: the first signal lets calls finish, the second ends them."""
    asyncio.run(_serve_calls(switchboard, listeners))


async def _serve_calls(switchboard: Switchboard, listeners: Sequence[Listener]) -> None:
    stop, abandon = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        logger.info("asked to end", again=stop.is_set())
        (abandon if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(switchboard.config.calls.most + SPARE_CALLS, "shop"))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled)
    await switchboard.serve(listeners, stop, abandon)
