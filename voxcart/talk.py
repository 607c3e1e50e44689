"""The command for a microphone and a loudspeaker on the counter. Knows how to ask and print; the line is elsewhere."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from voice.channels.waking import Key, Phrase, Waker
from voice.errors import LineError
from voice.spotter import Spotter
from voice.vad import voice_activity
from voxcart.config import Config, load_config
from voxcart.errors import ConfigError
from voxcart.replay import Screen
from voxcart.serve import Switchboard, open_switchboard, serve_calls
from voxcart.terminal import ConfigOption, ShopOption, out
from voxcart.view import View


def talk(
    shop: ShopOption = None,
    device: Annotated[str | None, typer.Option("--device", metavar="NAME", help="Microphone and loudspeaker.")] = None,
    list_devices: Annotated[bool, typer.Option("--list-devices", help="Show what is plugged in, and stop.")] = False,
    ptt: Annotated[bool, typer.Option("--ptt", help="Push to talk: listen when Enter was pressed.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="A line for everything that happens, one below another.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Talk to whoever speaks to the microphone (docs/device.md). Ends with Ctrl-C."""
    settings = load_config(config)
    if list_devices:
        _list_devices()
        return
    if device is not None:
        settings = replace(settings, device=replace(settings.device, input=device, output=device))
    with _portaudio():
        from voice.channels.mic import MicListener
    out.print("[dim]Loading the models ...[/dim]")
    told, home = partial(print, _how(settings, ptt), flush=True), settings.household.name
    view = View(out) if out.is_terminal and not (plain or out.is_dumb_terminal) else None
    with open_switchboard(settings, shop, view or Screen(out), told, home) as switchboard:
        waker = _pressed() if ptt else _called(switchboard)
        listener = MicListener(settings.device, settings.voice, waker)
        with view.running(listener) if view else nullcontext():
            serve_calls(switchboard, [listener])


def _how(config: Config, ptt: bool) -> str:
    if ptt:
        return "Press Enter, then speak to the"
    phrases = " or ".join(f'"{phrase}"' for phrase in config.device.wake_phrases)
    return f"Say {phrases} to the" if phrases else "Speak to the"


def _pressed() -> Callable[[], Waker]:
    """Enter on the terminal, or the signal USR1 of whoever reads a button."""
    key = Key()
    Thread(target=_wait_for_enter, args=(key,), daemon=True).start()
    with suppress(AttributeError):  # no such signal under Windows
        signal.signal(signal.SIGUSR1, lambda *_: key.press())
    return key.released


def _wait_for_enter(key: Key) -> None:
    for _ in sys.stdin:
        key.press()


def _called(switchboard: Switchboard) -> Callable[[], Waker] | None:
    """Raises ConfigError for a phrase that cannot be heard."""
    voice, phrases = switchboard.config.voice, switchboard.config.device.wake_phrases
    if not phrases:
        return None
    recognizer = switchboard.engines.recognizer
    if unknown := recognizer.unknown_words([word for phrase in phrases for word in phrase.split()]):
        raise ConfigError(f"device.wake_phrases: {', '.join(unknown)} cannot be heard. Take other words.")
    with switchboard.live.call() as opening:
        others = opening.front.grammar.phrases("order")
    return lambda: Phrase(Spotter(recognizer, voice_activity(voice.vad), voice, phrases, others))


def _list_devices() -> None:
    with _portaudio():
        from voice.channels.sound_card import NO_DEVICE, devices
    found = devices()
    if not found:
        out.print(NO_DEVICE)
        raise typer.Exit(1)
    table = Table("name", "microphone", "loudspeaker", box=None, pad_edge=False)
    for each in found:
        hears, speaks = _mark(each.hears, each.is_default_input), _mark(each.speaks, each.is_default_output)
        table.add_row(escape(each.name), hears, speaks)
    out.print(table)


@contextmanager
def _portaudio() -> Iterator[None]:
    """Held while what needs it is imported."""
    try:
        yield
    except ImportError as error:
        raise LineError("The microphone needs PortAudio. Install it: apt-get install libportaudio2") from error


def _mark(channels: int, is_default: bool) -> str:
    return "default" if is_default else "yes" if channels else ""
