"""Knows the turns of a call: speak, listen, think, speak. Does not know what is talked about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeAlias, cast

import structlog

from voice import events
from voice.audio import Frame
from voice.call import (
    CallEnd,
    CallSummary,
    Foresees,
    HandedOver,
    HungUp,
    Mind,
    NotHandedOver,
    Silence,
    StageTimes,
    Understood,
)
from voice.channels import Channel, Keys
from voice.channels.live import Echoing, LiveChannel
from voice.echo import EchoCanceller, Unechoed
from voice.errors import TransferRefused
from voice.filling import Filler
from voice.handing_over import hand_over
from voice.keypad import Keypad
from voice.listening import Heard, Listener
from voice.prompt import Foresight, Prompt, Transfer
from voice.recognizer import Recognizer
from voice.recording import Recorder
from voice.second_pass import SecondPass
from voice.settings import Vad, VoiceSettings
from voice.speaking import Speaking
from voice.synthesizer import Synthesizer
from voice.tasks import end, to_the_end
from voice.threads import in_thread
from voice.vad import VoiceActivity, voice_activity
from voice.words import Words

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A prompt was played to its end."""

    speaking: Speaking


@dataclass(frozen=True, slots=True)
class _Failed:
    """The recogniser failed."""

    error: Exception


_Event: TypeAlias = Heard | Keys | Silence | HungUp | _Spoken | _Failed


async def run_call(
    channel: Channel,
    mind: Mind,
    recognizer: Recognizer,
    synthesizer: Synthesizer,
    second_pass: SecondPass | None,
    settings: VoiceSettings,
    *,
    activity: Callable[[Vad], VoiceActivity] = voice_activity,
    recorder: Recorder | None = None,
    watch: events.Watch | None = None,
) -> CallSummary:
    """Take one call from the greeting to the end of the line.

    Whoever hangs up, and whatever fails, `Mind.act` is awaited to its end and no task is left behind.
    """
    call = _Call(channel, mind, synthesizer, second_pass, settings, recorder, watch)
    call.listener = Listener(recognizer, activity(settings.vad), settings, call.foresee)
    return await call.run()


class _Call:
    """The state of one call. `_pump` takes what comes in and posts events; `run` takes the turns."""

    listener: Listener
    _line: asyncio.Task[None]

    def __init__(
        self,
        channel: Channel,
        mind: Mind,
        synthesizer: Synthesizer,
        second_pass: SecondPass | None,
        settings: VoiceSettings,
        recorder: Recorder | None,
        watch: events.Watch | None,
    ) -> None:
        self._channel = channel
        self._mind = mind
        self._synthesizer = synthesizer
        self._words = Words(mind, second_pass if settings.second_pass.enabled else None, settings)
        self._settings = settings
        self._recorder = recorder
        self._watch = watch or (lambda _event: None)
        self._filler = Filler(mind, channel, synthesizer, settings.speech, self._watch)
        own = channel.echo if isinstance(channel, Echoing) else EchoCanceller()
        self._echo = own if settings.echo.cancel else Unechoed()
        self._keypad = Keypad()
        self._events: asyncio.Queue[_Event] = asyncio.Queue()
        self._speaking: Speaking | None = None
        self._decoding: asyncio.Task[None] | None = None
        self._held: list[Heard | Keys] = []
        self._noted: list[StageTimes] = []
        self._turns = 0
        self._heard_until = 0
        self._partial = ""
        self._is_waiting = False
        self._is_acting = False
        self._is_handed_over = False
        self._line_is_gone = False

    # ---- what comes in ---------------------------------------------------------------------------------------

    async def _pump(self) -> None:
        """Take frames and keys as long as there is a line; fall silent the moment the caller speaks."""
        try:
            async for item in self._channel.frames():
                match item:
                    case Frame():
                        self._take_frame(item)
                    case Keys() if not self._is_acting:
                        self._keypad.press(item)
                        if self._may_stop:
                            self._break_off()
                    case Keys():
                        pass  # it answers what has been answered, and must not answer what is asked next
        finally:
            self._line_is_gone = True
            self._events.put_nowait(HungUp())

    def _take_frame(self, frame: Frame) -> None:
        self.listener.notice(self._echo.cleaned(frame))
        if self._may_stop and self.listener.breaks_in and not self._echo.is_own_voice:
            self._break_off()
        if self.listener.is_due and self._decoding is None:
            # On a line that stands still while the assistant thinks the next frame comes after the decoding.
            thinking = ExitStack()
            thinking.enter_context(self._channel.thinking())
            self._decoding = asyncio.create_task(self._decode(thinking), name="decoding")
        if keys := self._keypad.finished(frame.end):
            self._post(keys)
        if self._is_silent(frame.end):
            self._post(Silence())

    async def _decode(self, thinking: ExitStack) -> None:
        """Decode until what has come in is caught up with."""
        try:
            with thinking:
                while self.listener.is_due:
                    if heard := await in_thread(self.listener.decode):
                        self._post(heard)
                    self._tell_partial()
        except Exception as error:
            self._post(_Failed(error))
        finally:
            self._decoding = None

    def _tell_partial(self) -> None:
        is_private = self._speaking is not None and self._speaking.prompt.private
        partial = "" if is_private else self.listener.partial
        if partial != self._partial:
            self._partial = partial
            self._watch(events.HearingWords(partial))

    def _post(self, event: _Event) -> None:
        """Hand over to the turn; until it has been considered nobody is waited for."""
        self._is_waiting = False
        self._events.put_nowait(event)

    @property
    def _may_stop(self) -> bool:
        speaking = self._speaking
        return speaking is not None and speaking.is_playing and _is_interruptible(speaking.prompt)

    def _break_off(self) -> None:
        if self._speaking is not None:
            self._speaking.stop()
            self._watch(events.BrokenOff(self._channel.played))

    def _is_silent(self, at: int) -> bool:
        """Whether the open question has waited long enough for any sign of the caller."""
        speaking = self._speaking
        if not self._is_waiting or speaking is None or speaking.ended_at is None:
            return False
        if self.listener.is_open or self._keypad.is_pending:
            return False
        no_input_ms = self._settings.turn(speaking.prompt.listening.kind).no_input_ms
        return _ms(at - max(speaking.ended_at, self._heard_until)) >= no_input_ms

    def foresee(self, partial: str) -> Foresight:
        return self._mind.foresee(partial) if isinstance(self._mind, Foresees) else "open"

    # ---- turns -----------------------------------------------------------------------------------------------

    async def run(self) -> CallSummary:
        self._line = pump = asyncio.create_task(self._pump(), name="line")
        prompt: Prompt | None
        try:
            with self._channel.thinking():
                prompt = await to_the_end(self._mind.greet())
                speaking = self._say(prompt)
            while prompt is not None:
                prompt, speaking = await self._turn(speaking)
        finally:
            ended: CallEnd = "person" if self._is_handed_over else "caller" if self._line_is_gone else "shop"
            await self._hang_up(pump)
        if not pump.cancelled() and (error := pump.exception()):
            raise error
        self._watch(events.Ended(ended, self._channel.played))
        return CallSummary(ended, self._turns, self._channel.played, tuple(self._noted))

    async def _turn(self, speaking: Speaking) -> tuple[Prompt | None, Speaking]:
        """Let the prompt be heard and wait for its answer; returns what is said to that, None at the end."""
        while True:
            event = await self._events.get()
            with self._channel.thinking():
                if isinstance(event, HungUp) or self._line_is_gone:
                    await self._leave(speaking)
                    return None, speaking
                meaning = await self._consider(event, speaking)
                if meaning is not None:
                    prompt = await self._act(meaning, speaking)
                    return prompt, self._say(prompt)
            self._is_waiting = speaking.is_finished
            if isinstance(event, _Spoken) and event.speaking is speaking and _is_last(speaking.prompt):
                return await self._after_last(speaking)

    async def _after_last(self, speaking: Speaking) -> tuple[Prompt | None, Speaking]:
        """Hang up, or have somebody take over; what the caller says meanwhile is not said to us."""
        transfer = speaking.prompt.transfer
        if transfer is None:
            return None, speaking
        self._is_handed_over = await self._hand_over(transfer)
        over = HandedOver() if self._is_handed_over else HungUp() if self._line_is_gone else NotHandedOver()
        with self._channel.thinking():
            prompt = await self._act(self._mind.understand(over), speaking, isinstance(over, NotHandedOver))
        if not isinstance(over, NotHandedOver):
            return None, speaking
        self._events = asyncio.Queue()
        if self._line_is_gone:
            self._events.put_nowait(HungUp())
        return prompt, self._say(prompt)

    async def _hand_over(self, transfer: Transfer) -> bool:
        self._is_acting = True
        try:
            channel = cast(LiveChannel, self._channel)
            await hand_over(channel, transfer, self._synthesizer, self._settings.speech, self._line)
        except TransferRefused as error:
            logger.warning("call not handed over", reason=str(error))
            return False
        return True

    def _say(self, prompt: Prompt) -> Speaking:
        """Begin to speak, and to listen for the answer."""
        listening = prompt.listening
        self.listener.expect(listening)
        self._keypad.expect(listening.kind, self._settings.turn(listening.kind).key_pause_ms)
        if self._recorder is not None:
            self._recorder.private = prompt.private
        self._is_acting = False
        times = self._words.take_times()
        self._speaking = speaking = Speaking(
            prompt,
            self._channel,
            self._synthesizer,
            self._settings.speech,
            on_first_audio=lambda ms: self._note(replace(times, first_audio=ms)),
            on_end=lambda: self._events.put_nowait(_Spoken(speaking)),
        )
        if not self._line_is_gone:
            self._turns += 1
            self._watch(events.Saying(prompt, self._channel.played))
            speaking.start()
        return speaking

    async def _consider(self, event: _Event, speaking: Speaking) -> Understood | None:
        """What the event means for the open question; None = go on as if it had not been."""
        match event:
            case Heard() | Keys() if _is_last(speaking.prompt):
                return None
            case Heard() | Keys() if speaking.is_playing and not _is_interruptible(speaking.prompt):
                self._held.append(event)
                return None
            case Heard():
                return None if self._keypad.is_pending else await self._consider_words([event], speaking)
            case Keys(digits, at, over):
                self._watch(events.PressedKeys(None if speaking.prompt.private else digits))
                over = over or speaking.ended_at is None or at <= speaking.ended_at
                self._words.locate(at, at, speaking.ended_at)
                return self._words.meaning_of(replace(event, over_prompt=over))
            case Silence():
                self._watch(events.SaidNothing())
                return self._words.meaning_of(event)
            case _Failed(error):
                raise error
            case _Spoken(ended) if ended is speaking:
                return await self._after_prompt(speaking)
            case _:
                return None

    async def _after_prompt(self, speaking: Speaking) -> Understood | None:
        """The prompt has been played to its end: take what came over it, or wait for the answer."""
        if speaking.failure is not None:
            raise speaking.failure
        held, self._held = self._held, []
        typed = "".join(each.digits for each in held if isinstance(each, Keys))
        if typed:
            return await self._consider(Keys(typed, self._channel.played, over_prompt=True), speaking)
        heard = [each for each in held if isinstance(each, Heard)]
        return await self._consider_words(heard, speaking) if heard else None

    async def _consider_words(self, heard: list[Heard], speaking: Speaking) -> Understood | None:
        """One utterance, or all that was said over a protected prompt; None when it was nothing."""
        over = speaking.ended_at is None or heard[0].utterance.speech_start < speaking.ended_at
        private = speaking.prompt.private
        self._words.locate(heard[0].utterance.speech_start, heard[-1].utterance.speech_end, speaking.ended_at)
        transcript, meaning = await self._words.understand(heard, over_prompt=over, private=private)
        if meaning is None:
            self._heard_until = heard[-1].utterance.end
            self._go_on(speaking)
        else:
            unheard = bool(getattr(meaning, "unheard", False))
            if unheard and self._recorder is not None:
                self._recorder.forget_since(heard[0].utterance.start)
            self._watch(events.HeardWords(None if private or unheard else transcript))
        return meaning

    def _go_on(self, speaking: Speaking) -> None:
        """Take the prompt up where it was broken off."""
        if not speaking.is_playing and not speaking.is_finished:
            self._watch(events.TakenUp(speaking.stopped_at))
            speaking.start()

    # ---- answers ---------------------------------------------------------------------------------------------

    async def _act(self, meaning: Understood, speaking: Speaking, is_heard: bool = True) -> Prompt:
        """Fall silent and have the mind act. Not to be cancelled: it may be placing an order."""
        self._is_waiting, self._is_acting = False, True
        self._held.clear()
        await speaking.aclose()
        began = perf_counter()
        acting = self._mind.act(meaning)
        prompt = await to_the_end(self._filler.during(acting) if is_heard else acting)
        self._words.times = replace(self._words.times, act=(perf_counter() - began) * 1000)
        return prompt

    def _note(self, times: StageTimes) -> None:
        self._noted.append(times)
        self._mind.note(times)
        self._watch(events.Timed(times))

    async def _leave(self, speaking: Speaking) -> None:
        """The caller is gone: tell the mind; there is nobody to hear its answer."""
        await speaking.aclose()
        await self._act(self._mind.understand(HungUp()), speaking, is_heard=False)

    async def _hang_up(self, pump: asyncio.Task[None]) -> None:
        """End the line and every task of the call."""
        try:
            if self._speaking is not None:
                await self._speaking.aclose()
            await self._channel.hang_up()
        finally:
            await end(*(task for task in (pump, self._decoding) if task is not None))


def _is_interruptible(prompt: Prompt) -> bool:
    """A farewell is always heard to the end."""
    return prompt.interruptible and not _is_last(prompt)


def _is_last(prompt: Prompt) -> bool:
    """Whether nothing that is said to it is answered."""
    return prompt.hang_up or prompt.transfer is not None


def _ms(samples: int) -> float:
    return samples / 16
