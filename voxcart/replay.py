"""Knows how a recorded call is taken through the whole line and shown while it runs. Decides nothing in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from commerce.cart import Cart
from commerce.catalog import Catalog
from voice import events
from voice.call import CallSummary, StageTimes
from voice.channels.caller import Cue
from voice.channels.pace import PaceName
from voice.channels.script import Script
from voice.recording import CallRecording
from voice.turns import run_call
from voxcart.build import Engines, Front, new_call_id, open_mind, open_recording, open_replay
from voxcart.config import Config
from voxcart.waterfall import STAGES, Turn, Waterfall, percentiles

BAR = 40
ENDS = {"caller": "the caller hung up", "shop": "the assistant hung up", "person": "a person took over"}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A call that was taken. `recording` is None where none was made or kept."""

    call: str
    summary: CallSummary
    recording: Path | None
    recording_error: str | None


class Watcher(Protocol):
    """Who looks on. `log` takes the mind's events, `cart` what is in it when the assistant begins to speak."""

    def watch(self, event: events.CallEvent, /) -> None: ...

    def log(self, kind: str, payload: Mapping[str, Any], /) -> None: ...

    def cart(self, cart: Cart, catalog: Catalog, /) -> None: ...


class Screen:
    """Writes a call to the terminal: what was heard, understood, done and said, and how long each turn took."""

    def __init__(self, console: Console, timing: bool = False) -> None:
        self._console = console
        self._waterfall = Waterfall() if timing else None

    def frame(self, caller: bytes, assistant: bytes, start: int) -> None:
        """With `timing`: both sides of every frame, to measure what the caller waits."""
        if self._waterfall is not None and (turn := self._waterfall.frame(caller, assistant, start)):
            self._turn(turn)

    def watch(self, event: events.CallEvent) -> None:
        if self._waterfall is not None:
            self._waterfall.watch(event)
        match event:
            case events.Saying(prompt, at):
                self._line("assistant", prompt.text, "bold cyan", f"{at / 16000:6.1f} s")
            case events.HeardWords(None) | events.PressedKeys(None):
                self._line("caller", "(private)", "bold green")
            case events.HeardWords(transcript) if transcript is not None:
                over = " (while the assistant spoke)" if transcript.over_prompt else ""
                self._line("caller", f"{transcript.text or '(unintelligible)'}{over}", "bold green", transcript.engine)
            case events.PressedKeys(digits) if digits is not None:
                self._line("caller", f"[keys] {digits}", "bold green")
            case events.SaidNothing():
                self._line("caller", "(silence)", "green")
            case events.BrokenOff():
                self._line("", "(interrupted)", "dim")
            case events.TakenUp():
                self._line("", "(goes on)", "dim")
            case events.Timed(times) if self._waterfall is None:
                self._times(times)
            case events.Ended(end, at):
                self._line("", f"({ENDS[end]} after {at / 16000:.1f} s)", "dim")
                self._all_turns()
            case _:
                pass

    def log(self, kind: str, payload: Mapping[str, Any]) -> None:
        """The mind's events: how the words were read, and what the shop did about it."""
        if kind != "turn":
            return
        if payload.get("reading"):
            self._line("understood", _short(payload["reading"]), "yellow")
        for done in payload.get("did", ()):
            outcome = done["outcome"]
            self._line("done", f"{_kind(done['command'])} -> {_kind(outcome)}", "magenta", done["key"])

    def cart(self, cart: Cart, catalog: Catalog) -> None:
        """What changed in it stands among the mind's events."""

    def _times(self, times: StageTimes) -> None:
        if times.endpoint is None:
            return
        total = sum(getattr(times, stage) or 0.0 for stage in STAGES)
        self._line("", f"{total:.0f} ms from the caller's last sound to the answer", "dim")

    def _turn(self, turn: Turn) -> None:
        """One bar for each stage, each from where the one before it ended."""
        scale = BAR / max(turn.sum, 1.0)
        for stage, begun, ms in turn.bars():
            left, right = round(begun * scale), round((begun + ms) * scale)
            bar = " " * left + ("█" * (right - left) or "▏")
            self._line("", f"{_spaced(stage):<14}{ms:6.0f} ms  {bar}", "dim")
        self._line("", f"{'sum':<14}{turn.sum:6.0f} ms, {turn.waited:.0f} ms on the waveform", "dim")

    def _all_turns(self) -> None:
        if self._waterfall is None or not self._waterfall.turns:
            return
        self._line("", f"{'':<14}{'p50':>8}{'p95':>8}  turns", "dim")
        for name, p50, p95, count in percentiles(self._waterfall.turns):
            self._line("", f"{_spaced(name):<14}{p50:8.0f}{p95:8.0f}{count:7}", "dim")

    def _line(self, who: str, text: str, style: str, aside: str = "") -> None:
        line = Text(f"{who:>10}  ", style=style)
        line.append(text, style="" if style != "dim" else "dim")
        if aside:
            line.append(f"  {aside}", style="dim")
        self._console.print(line)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _kind(found: Any) -> str:
    return str(found.get("type", "?")) if isinstance(found, dict) else str(found)


def _short(reading: Any, width: int = 160) -> str:
    """A reading as `Type key=value ...`, without what is empty."""
    if isinstance(reading, dict):
        parts = [str(reading["type"])] if "type" in reading else []
        for key, value in reading.items():
            if key == "type" or value in (None, False, "", [], {}) or (key, value) == ("wanted", True):
                continue
            inner = _short(value, 1000)
            parts.append(f"{key}=({inner})" if isinstance(value, dict | list) else f"{key}={inner}")
        text = " ".join(parts)
    elif isinstance(reading, list):
        text = ", ".join(_short(each, 1000) for each in reading)
    else:
        text = str(reading)
    return text if len(text) <= width else f"{text[: width - 1]}…"


async def replay(
    script: Script,
    config: Config,
    front: Front,
    engines: Engines,
    *,
    pace: PaceName = "honest",
    screen: Screen | None = None,
    record_in: Path | None = None,
    cues: Sequence[Cue] | None = None,
) -> Replayed:
    """Take the call that a script or a recording stands for; `cues` if it was rehearsed already.

    Raises ScriptError before the call begins.
    """
    call = new_call_id()
    recording = open_recording(config, call, record_in)
    channel = await open_replay(script, config, pace, recording, cues=cues, on_frame=screen.frame if screen else None)
    append = front.shop.store.append_event

    def log(call: str, turn: str, kind: str, payload: Mapping[str, Any]) -> None:
        append(call, turn, kind, payload)
        if screen is not None:
            screen.log(kind, payload)

    mind = open_mind(front, call, script.caller, log=log, recording=recording)
    try:
        summary = await run_call(
            channel,
            mind,
            engines.recognizer,
            engines.synthesizer,
            engines.second_pass,
            config.voice,
            recorder=recording,
            watch=watching(recording, screen),
        )
    finally:
        if recording is not None:
            recording.close()
    kept = recording.path if recording is not None and recording.path.exists() else None
    return Replayed(call, summary, kept, recording.error if recording is not None else None)


def watching(recording: CallRecording | None, screen: Watcher | None) -> Callable[[events.CallEvent], None]:
    """Show events, and store the recording once the caller has heard the notice and gone on."""
    prompts = 0

    def watch(event: events.CallEvent) -> None:
        nonlocal prompts
        if isinstance(event, events.Saying):
            prompts += 1
            if prompts == 2 and recording is not None:
                recording.release()
        if screen is not None:
            screen.watch(event)

    return watch
