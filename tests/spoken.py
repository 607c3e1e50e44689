"""Spoken calls through the real engines: scripts in, what was heard, said, stored and recorded out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from commerce.cart import Cart
from commerce.customers import add_customer
from voice import events
from voice.call import CallSummary
from voice.channels.pace import PaceName
from voice.channels.script import Say, Script, load_script
from voice.turns import run_call
from voxcart.build import Engines, Front, open_mind, open_recording, open_replay, open_shop
from voxcart.config import StoreChoice, load_config
from voxcart.facts import goods
from voxcart.replay import watching
from voxcart.states import DialogueState

PHONE, PIN = "+15550100", "4739"
FIXTURES = Path(__file__).parent.parent / "audio_fixtures"


@dataclass
class Kept:
    """A call that is over. `turns` are the payloads of its `turn` events; sides are empty without a recording."""

    summary: CallSummary
    state: DialogueState
    cart: Cart
    events: list[events.CallEvent]
    turns: list[Mapping[str, Any]]
    recording: Path | None
    caller: npt.NDArray[np.int16]
    assistant: npt.NDArray[np.int16]

    @property
    def heard(self) -> list[str]:
        """The caller's words; None of what was private."""
        found = [each.transcript for each in self.events if isinstance(each, events.HeardWords)]
        return ["(private)" if each is None else each.text for each in found]

    @property
    def said(self) -> str:
        return " ".join(each.prompt.text for each in self.events if isinstance(each, events.Saying))


@dataclass
class Line:
    """A shop that takes scripted calls, one after the other, with one database."""

    front: Front
    engines: Engines
    say: Say
    folder: Path
    household: str = ""
    calls: list[Kept] = field(default_factory=list)

    async def take(
        self, steps: str | Path, *, pace: PaceName = "frozen", record: bool = False, caller: str | None = PHONE
    ) -> Kept:
        """Take the call of a script file, or of steps written as they are in one."""
        if isinstance(steps, Path):
            return await self._take(load_script(steps), pace, record)
        path = self.folder / f"script-{len(self.calls) + 1}.toml"
        path.write_text("silence_s = 9\n" + (f'caller = "{caller}"\n' if caller else "") + steps, "utf-8")
        return await self._take(load_script(path), pace, record)

    async def _take(self, script: Script, pace: PaceName, record: bool) -> Kept:
        name = f"call-{len(self.calls) + 1}"
        config = self.front.config
        recording = open_recording(config, name, self.folder) if record else None
        channel = await open_replay(script, config, pace, recording, self.say)
        turns: list[Mapping[str, Any]] = []
        seen: list[events.CallEvent] = []
        append = self.front.shop.store.append_event

        def log(call: str, turn: str, kind: str, payload: Mapping[str, Any]) -> None:
            append(call, turn, kind, payload)
            if kind == "turn":
                turns.append(payload)

        release = watching(recording, None)

        def watch(event: events.CallEvent) -> None:
            release(event)
            seen.append(event)

        mind = open_mind(self.front, name, script.caller, log=log, recording=recording, household=self.household)
        ears = self.engines
        summary = await run_call(
            channel,
            mind,
            ears.recognizer,
            ears.synthesizer,
            ears.second_pass,
            config.voice,
            recorder=recording,
            watch=watch,
        )
        if recording is not None:
            recording.close()
        kept = recording.path if recording is not None and recording.path.exists() else None
        sides = soundfile.read(kept, dtype="int16")[0] if kept else np.zeros((0, 2), "int16")
        state, cart = mind.snapshot()
        self.calls.append(Kept(summary, state, cart, seen, turns, kept, sides[:, 0], sides[:, 1]))
        return self.calls[-1]

    def clip(self, name: str) -> Path:
        return FIXTURES / name

    @property
    def goods(self) -> list[list[str]]:
        """What was ordered, an order a list, the newest first."""
        replies = self.front.tools.replies
        return [[replies.goods(goods(line)) for line in order.lines] for order in self.front.shop.orders()]

    def cart(self, call: Kept) -> list[str]:
        return [self.front.tools.replies.goods(goods(line)) for line in call.cart.lines]


def open_line(engines: Engines, say: Say, folder: Path) -> Line:
    config = replace(load_config(), store=StoreChoice(str(folder / "calls.db")))
    front = open_shop(config, "coffee")
    add_customer(front.shop.till, "Ada", PHONE, PIN)
    return Line(front, engines, say, folder)


def says(*texts: str, **first: int) -> str:
    """Steps of a script: each text is spoken by the caller's voice once the assistant has finished; "#12" keys 12."""
    steps = []
    for number, text in enumerate(texts):
        what = f'keys = "{text[1:]}"' if text.startswith("#") else f'say = "{text}"'
        when = "".join(f"\n{key} = {value}" for key, value in first.items()) if number == 0 else ""
        steps.append(f"[[step]]\n{what}{when}\n")
    return "".join(steps)
