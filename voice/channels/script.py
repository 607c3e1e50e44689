"""Knows the call script: a TOML file of what a caller does, and when. Does not know how a call goes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np

from voice.audio import RATE_HZ, amplify, hiss, mix_at_snr, read_audio, to_pcm, to_samples, trim
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, Leave, OverPrompt, Press, Sound, What, When
from voice.errors import AudioFileError, ScriptError

Say: TypeAlias = Callable[[str], Awaitable[bytes]]
"""A caller's voice: text to 16 kHz mono s16le."""

HISS_DBFS = -70.0
KEEP_SILENCE_MS = 100.0

KEYS = frozenset("0123456789*#ABCD")
WHAT = ("clip", "say", "keys", "hang_up")
WHEN = ("after", "over_ms", "wait_ms")


class _Step(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    clip: str | list[str] = ""
    say: str = ""
    keys: str = ""
    hang_up: bool = False
    after: str = ""
    pause_ms: int = 500
    over_ms: int | None = None
    wait_ms: int | None = None
    gap_ms: int = 200
    gain_db: float = 0.0
    noise: str = ""
    snr_db: float = 15.0


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    step: list[_Step] = []
    caller: str | None = None
    silence_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Script:
    """A call from the caller's side. `silence_s` without a voice after the last step, and the caller hangs up."""

    path: Path
    caller: str | None
    silence_s: float
    steps: tuple[_Step, ...]

    @property
    def speaks(self) -> bool:
        """Whether a caller's voice is needed, because a step says text."""
        return any(step.say for step in self.steps)


def load_script(path: Path) -> Script:
    """Read a call script; any other file is taken for the recording of one utterance.

    Raises ScriptError that names file and key. Sound files are read by `rehearse`.
    """
    if path.suffix.lower() != ".toml":
        return Script(path, None, _File().silence_s, (_Step(clip=path.name),))
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ScriptError(f"{path} is not valid TOML: {error}.") from error
    try:
        read = msgspec.convert(tree, _File)
    except msgspec.ValidationError as error:
        raise ScriptError(f"{path}: {_in_words(error)}.") from error
    for number, (step, given) in enumerate(zip(read.step, tree.get("step", []), strict=True), 1):
        if wrong := _wrong(step, given):
            raise ScriptError(f"{path}: step {number}: {wrong}.")
    if not read.step:
        raise ScriptError(f"{path}: key `step` is missing: a script has at least one [[step]].")
    return Script(path, read.caller, read.silence_s, tuple(read.step))


def _in_words(error: msgspec.ValidationError) -> str:
    """msgspec counts steps from 0 and puts the place last."""
    text = str(error).replace(" - at `$.", ": key `")
    if found := re.search(r"step\[(\d+)\]\.?", text):
        text = f"step {int(found[1]) + 1}: {text.replace(found[0], '')}"
    return text.removesuffix(": key ``")


def _wrong(step: _Step, given: dict[str, Any]) -> str:
    """What msgspec cannot see: keys that exclude each other, values out of range."""
    whats, whens = ([key for key in keys if key in given] for keys in (WHAT, WHEN))
    odd = "".join(key for key in step.keys if key not in KEYS)
    checks = [
        (len(whats) != 1, f"give exactly one of {', '.join(WHAT)} (found {', '.join(whats) or 'none'})"),
        (len(whens) > 1, f"give only one of {', '.join(WHEN)} (found {', '.join(whens)})"),
        ("after" in given and step.after != "prompt", f'key `after` can only be "prompt", not {step.after!r}'),
        (bool(odd), f"key `keys` holds {odd!r}; a keypad has 0 to 9, *, # and A to D"),
        (any(not given[key] for key in whats), f"key `{(whats or [''])[0]}` is empty"),
        ("snr_db" in given and not step.noise, "key `snr_db` needs `noise`"),
        (bool(step.noise) and not (step.clip or step.say), "key `noise` needs `clip` or `say`"),
        (min(step.pause_ms, step.over_ms or 0, step.wait_ms or 0, step.gap_ms) < 0, "a time cannot be negative"),
    ]
    return next((why for is_wrong, why in checks if is_wrong), "")


async def rehearse(script: Script, say: Say | None = None) -> tuple[Cue, ...]:
    """Everything the caller will utter, ready to be played. `say` speaks the steps that have text.

    Raises ScriptError that names file and step.
    """
    cues = []
    for number, step in enumerate(script.steps, 1):
        try:
            cues.append(Cue(await _what(step, script.path.parent, say), _when(step)))
        except (AudioFileError, ScriptError) as error:
            raise ScriptError(f"{script.path}: step {number}: {error}") from error
    return tuple(cues)


def _when(step: _Step) -> When:
    if step.over_ms is not None:
        return OverPrompt(step.over_ms)
    if step.wait_ms is not None:
        return AfterPrevious(step.wait_ms)
    return AfterPrompt(step.pause_ms)


async def _what(step: _Step, folder: Path, say: Say | None) -> What:
    if step.hang_up:
        return Leave()
    if step.keys:
        return Press(step.keys)
    if step.say and say is None:
        raise ScriptError("key `say` needs a caller's voice, and there is none. Use clips.")
    clips = [step.clip] if isinstance(step.clip, str) else step.clip
    gap = hiss(step.gap_ms * RATE_HZ // 1000, HISS_DBFS, seed=2)
    pcm = await say(step.say) if step.say and say else gap.join(_read(folder / clip) for clip in clips)
    if step.noise:
        pcm = _in_noise(pcm, read_audio(folder / step.noise), step.snr_db)
    return Sound(amplify(pcm, step.gain_db))


def _read(path: Path) -> bytes:
    """A clip without the silence around it, so that its moment is the moment of the voice."""
    pcm = read_audio(path)
    return to_pcm(trim(to_samples(pcm), RATE_HZ, KEEP_SILENCE_MS)) or pcm


def _in_noise(pcm: bytes, noise: bytes, snr_db: float) -> bytes:
    speech = to_samples(pcm)
    return to_pcm(mix_at_snr(speech, np.resize(to_samples(noise), len(speech)), snr_db))
