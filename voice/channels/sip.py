"""Knows telephone calls by SIP, through baresip: how they come in, their audio and keys. Does not know who answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TypeAlias

import baresip
import structlog

from voice.audio import RATE_HZ, Frame
from voice.channels import Keys
from voice.channels.arrivals import Arrivals
from voice.channels.concealment import Timeline
from voice.channels.live import Said, Tap
from voice.channels.sip_keys import Presses
from voice.channels.sip_media import Media
from voice.channels.sip_sources import admit_only, allow_list, hear_only
from voice.channels.sip_trace import Trace
from voice.errors import LineError, TransferRefused
from voice.settings import Sip, Transport
from voice.tasks import Tasks, end

POLL_S = 0.01
AHEAD_SAMPLES = RATE_HZ // 10
TAIL_S = 0.15
"""What the peer's jitter buffer still holds of a farewell when our side has sent it all."""
SET_UP_S = 40.0
"""SIP itself gives up on a call that is not acknowledged after 32 s."""
TRACE_S = 1.0
JOIN_S = 15.0
LOG_LEVEL = "warning"
IDENTITY = "P-Asserted-Identity"
CODECS = {"opus": "opus/48000/2", "g722": "g722/16000/1", "pcmu": "pcmu", "pcma": "pcma"}
SRTP = {"off": (), "offered": ("mediaenc=srtp",), "required": ("mediaenc=srtp-mand",)}
GONE = (baresip.AudioNotActive, baresip.AudioRestarted)

Dial: TypeAlias = Callable[[str], Awaitable[baresip.Call]]
"""Calls an address from the account that the caller has called."""

_USER = re.compile(r"(?:^|<)(?:sips?:([^@;<>]+)(?:;[^@<>]*)?@|tel:([^;<>]+))", re.IGNORECASE)

logger = structlog.get_logger(__name__)


class SipChannel:
    """A call that was answered. The stack splices out lost audio and never blocks, so this side keeps the clock."""

    can_transfer = True

    def __init__(self, call: baresip.Call, settings: Sip, dial: Dial, trace: Trace) -> None:
        self.caller = caller_of(call.headers.get(IDENTITY) or call.peer or "")
        self.on_frame: Tap | None = None
        self._call = call
        self._settings = settings
        self._dial = dial
        self._trace = trace
        self._timeline = Timeline()
        self._media = Media(call.audio, GONE)
        self._said = Said()
        self._presses = Presses()
        self._keys: list[str] = []
        self._last_said = 0.0
        self._is_over = call.state is baresip.CallState.CLOSED
        call.on(self._note)

    @property
    def played(self) -> int:
        return self._timeline.position

    @property
    def can_announce(self) -> bool:
        traced = self._trace.of(self._call.call_id or "")
        return traced is not None and traced.can_replace

    @property
    def concealed(self) -> int:
        """Samples of the caller's side that never came and were made up."""
        return self._timeline.concealed

    async def frames(self) -> AsyncIterator[Frame | Keys]:
        held_since = 0.0
        while not self._is_over:
            now = perf_counter()
            self._timeline.feed(self._media.read())
            if self._call.remote_on_hold:
                held_since = held_since or now
                self._timeline.pause()
                if now - held_since > self._settings.hold_s:
                    break
            else:
                held_since = 0.0
                for frame in self._timeline.frames(now):
                    yield self._said.beside(frame, self.on_frame)
                keys, self._keys = self._keys, []
                for key in keys:
                    yield Keys(key, self.played)
            await _a_moment()

    async def play(self, pcm: bytes) -> None:
        rest = memoryview(pcm)
        while rest and not self._is_over:
            if room := 2 * self._room():
                self._media.write(bytes(rest[:room]))
                self._said.add(rest[:room])
                self._last_said = perf_counter()
                rest = rest[room:]
            else:
                await _a_moment()

    def flush(self) -> int:
        dropped = self._media.flush()
        self._said.drop(dropped)
        return dropped

    async def drain(self) -> None:
        while self._media.unsent() and not self._is_over:
            await _a_moment()

    def thinking(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def transfer(self, uri: str, ring_s: float) -> None:
        try:
            await self._call.transfer(uri, timeout=ring_s)
        except (baresip.BaresipError, ValueError) as error:
            raise TransferRefused(f"The call could not be transferred: {error}.") from error

    async def consult(self, uri: str, ring_s: float) -> SipConsultation:
        if self._is_over:
            raise TransferRefused("The caller has left.")
        try:
            call = await self._dial(uri)
            await self._wait_for(call, ring_s)
        except (baresip.BaresipError, ValueError) as error:
            raise TransferRefused(f"{uri} did not take the call: {error}.") from error
        return SipConsultation(call, self._settings, self._dial, self._trace, self._call)

    async def _wait_for(self, call: baresip.Call, ring_s: float) -> None:
        """Until it is established; it is not left ringing when the caller goes."""
        waiting = asyncio.create_task(call.wait_established(ring_s), name="consulting")
        try:
            while not waiting.done() and not self._is_over:
                await _a_moment()
            if self._is_over:
                raise TransferRefused("The caller has left.")
            waiting.result()
        except BaseException:
            await end(waiting)
            with suppress(baresip.BaresipError):
                await call.hangup()
            raise

    async def hang_up(self) -> None:
        if self._call.state is baresip.CallState.CLOSED:
            return
        await asyncio.sleep(max(0.0, self._last_said + TAIL_S - perf_counter()))
        self._is_over = True
        with suppress(baresip.BaresipError):
            await self._call.hangup()

    def _note(self, event: baresip.StackEvent) -> None:
        match event.event:
            case baresip.Event.CALL_DTMF_START:
                self._keys += self._presses.down(event.text or "", perf_counter())
            case baresip.Event.CALL_DTMF_END:
                self._keys += self._presses.up(perf_counter())
            case baresip.Event.CALL_CLOSED:
                self._is_over = True
                self._report(event.text)

    def _report(self, reason: str | None) -> None:
        if (stats := self._call.final_stats) is not None:
            made_up_ms = self.concealed * 1000 // RATE_HZ
            logger.info("line closed", reason=reason, lost=stats.rx_lost, made_up_ms=made_up_ms)

    def _room(self) -> int:
        """So many samples may be queued now; 0 while nobody listens."""
        unsent = self._media.unsent()
        return 0 if unsent is None or self._call.remote_on_hold else max(0, AHEAD_SAMPLES - unsent)


class SipConsultation(SipChannel):
    """A call of ours to somebody about a caller."""

    def __init__(self, call: baresip.Call, settings: Sip, dial: Dial, trace: Trace, caller: baresip.Call) -> None:
        super().__init__(call, settings, dial, trace)
        self._about = caller

    async def take_over(self) -> None:
        """By REFER with Replaces, with both held meanwhile."""
        try:
            await self._about.attended_transfer(self._call, timeout=JOIN_S)
        except (baresip.BaresipError, ValueError) as error:
            with suppress(baresip.BaresipError):  # they may have left
                await self._about.resume()
            raise TransferRefused(f"The call could not be connected: {error}.") from error


class SipListener:
    """Answers every call that comes in on one address, one user agent for each transport.

    One per process: the stack is global. At most `most` calls are open; the stack refuses the next with 486.
    `password` is the registrar's.
    """

    def __init__(self, settings: Sip, most: int, password: str = "") -> None:
        self._settings = settings
        self._most = most
        self._password = password
        self._runtime = baresip.Runtime()
        self._allowed = allow_list("sip.allow", settings.allow)
        self._trace = Trace(hear_only if settings.rtp_from == "negotiated" else lambda _port, _address: False)
        self._answered = Arrivals[SipChannel]()
        self._answering = Tasks()
        self._draining: asyncio.Task[None] | None = None
        self.trouble: str | None = "the line is not open"

    @property
    def where(self) -> str:
        settings = self._settings
        return f"sip:{settings.user}@{settings.address}:{settings.port} ({', '.join(settings.transports)})"

    async def open(self) -> None:
        self._trace.listen()
        try:
            await self._runtime.start(stack_config(self._settings, self._most))
            self._screen()
            for transport in self._settings.transports:
                agent = await baresip.UserAgent.create(self._runtime, account(self._settings, transport))
                agent.on_incoming(partial(self._take, agent))
            if self._settings.registrar:
                await self._register()
        except baresip.BaresipError as error:
            await self.close()
            raise LineError(f"The telephone line {self.where} could not be opened: {error}.") from error
        self.trouble = None

    def calls(self) -> AsyncIterator[SipChannel]:
        return self._answered.taken()

    async def drain(self) -> None:
        self.trouble = "the line is closing"
        self._draining = asyncio.create_task(self._runtime.drain(), name="draining")
        await asyncio.sleep(0)
        await self._runtime.set_native_log_level(LOG_LEVEL)  # commands are done in turn: new calls are refused now
        if self._answering:
            await asyncio.wait(self._answering)
        self._answered.end()

    async def close(self) -> None:
        self.trouble = "the line is closed"
        await end(*self._answering, *([self._draining] if self._draining else []))
        with suppress(baresip.BaresipError):  # it may not have begun
            await self._runtime.close()
        self._trace.stop()

    def _screen(self) -> None:
        """What comes from others is dropped before the stack reads it, where the system can do that."""
        if self._allowed is not None:
            for port in (self._settings.port, self._settings.port + 1):
                admit_only(port, self._allowed)

    async def _register(self) -> None:
        """Raises RegistrationError. The stack renews the registration; where that fails it tries again."""
        agent = await baresip.UserAgent.create(self._runtime, registration(self._settings, self._password))
        agent.on_incoming(partial(self._take, agent))
        await agent.register()
        agent.on(self._watch_registration)

    def _watch_registration(self, event: baresip.StackEvent) -> None:
        if event.event is baresip.Event.REGISTER_FAIL:
            self.trouble = f"not registered: {event.text}"
            logger.warning("registration lost", registrar=self._settings.registrar, reason=event.text)
        elif event.event is baresip.Event.REGISTER_OK and self._draining is None:
            self.trouble = None

    def _take(self, agent: baresip.UserAgent, call: baresip.Call) -> None:
        self._answering.start(self._answer(call, agent), "answering")

    async def _answer(self, call: baresip.Call, agent: baresip.UserAgent) -> None:
        """The call is handed on when the caller has acknowledged the answer."""
        try:
            if not await self._may_call(call):
                logger.warning("caller not allowed")
                await call.reject()
                return
            await call.answer()
            await call.wait_established(SET_UP_S)
        except baresip.BaresipError as error:
            logger.info("caller gave up", error=str(error))
            return
        self._answered.put(SipChannel(call, self._settings, agent.dial, self._trace))

    async def _may_call(self, call: baresip.Call) -> bool:
        """The trace that tells where a call comes from is read by a thread of its own."""
        if self._allowed is None:
            return True
        until = perf_counter() + TRACE_S
        while (traced := self._trace.of(call.call_id or "")) is None and perf_counter() < until:
            await _a_moment()
        return traced is not None and all(origin in self._allowed for origin in tuple(traced.origins))


async def _a_moment() -> None:
    """The stack tells nobody that audio has come or gone."""
    await asyncio.sleep(POLL_S)


def stack_config(settings: Sip, most: int) -> baresip.Config:
    lines = [
        f"sip_listen {settings.address}:{settings.port}",
        f"rtp_ports {settings.first_rtp_port}-{settings.last_rtp_port}",
        "audio_jitter_buffer_type adaptive",
        f"audio_jitter_buffer_ms {settings.jitter_min_ms}-{settings.jitter_max_ms}",
    ]
    if settings.certificate:
        lines.append(f"sip_certificate {settings.certificate}")
    return baresip.Config(
        net_interface=settings.address,
        max_concurrent_calls=most,
        rtp_timeout=settings.rtp_timeout_s,
        native_log_level=LOG_LEVEL,
        sip_trace=True,
        expose_headers=(IDENTITY,) if settings.allow else (),
        extra_config_text="\n".join(lines),
    )


def account(settings: Sip, transport: Transport) -> baresip.Account:
    """Any user of the address is the shop. Without `video_codecs=none` the stack invites every caller twice."""
    return baresip.Account(
        user=settings.user,
        domain=settings.address,
        password="",
        reg_interval=0,
        transport=transport,
        audio_codecs=tuple(CODECS[name] for name in settings.codecs),
        extra_params=("video_codecs=none", "catchall=yes", *SRTP[settings.srtp]),
    )


def registration(settings: Sip, password: str) -> baresip.Account:
    """The account at the registrar."""
    return replace(
        account(settings, settings.transports[0]),
        domain=settings.registrar,
        password=password,
        auth_user=settings.auth_user or None,
        reg_interval=settings.register_s,
        extra_params=("video_codecs=none", *SRTP[settings.srtp]),
    )


def caller_of(uri: str) -> str | None:
    """The number or name that a SIP address says who calls; None where it is withheld."""
    found = _USER.search(uri)
    name = (found[1] or found[2]) if found else ""
    return name if name.lower() not in ("", "anonymous", "unknown", "restricted") else None
