"""The command for a microphone and a loudspeaker on the counter. Knows how to ask and print; the line is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from voice.channels.live import Listener
from voice.errors import LineError
from voxcart.config import Config, load_config
from voxcart.replay import Screen
from voxcart.serve import open_switchboard, serve_calls
from voxcart.terminal import ConfigOption, ShopOption, out


def talk(
    shop: ShopOption = None,
    device: Annotated[str | None, typer.Option("--device", metavar="NAME", help="Microphone and loudspeaker.")] = None,
    list_devices: Annotated[bool, typer.Option("--list-devices", help="Show what is plugged in, and stop.")] = False,
    config: ConfigOption = None,
) -> None:
    """Talk to whoever speaks to the microphone (docs/device.md). Ends with Ctrl-C."""
    settings = load_config(config)
    if list_devices:
        _list_devices()
        return
    if device is not None:
        settings = replace(settings, device=replace(settings.device, input=device, output=device))
    listener = open_microphone(settings)
    out.print("[dim]Loading the models ...[/dim]")
    with open_switchboard(settings, shop, Screen(out), partial(print, "Speak to the", flush=True)) as switchboard:
        serve_calls(switchboard, [listener])


def open_microphone(config: Config) -> Listener:
    """Raises LineError where PortAudio is missing."""
    with _portaudio():
        from voice.channels.mic import MicListener
    return MicListener(config.device, config.voice)


def _list_devices() -> None:
    with _portaudio():
        from voice.channels.sound_card import devices
    table = Table("name", "microphone", "loudspeaker", box=None, pad_edge=False)
    found = devices()
    for each in found:
        hears, speaks = _mark(each.hears, each.is_default_input), _mark(each.speaks, each.is_default_output)
        table.add_row(escape(each.name), hears, speaks)
    out.print(table if found else "No sound device. Connect one; under Linux the user must be in the group audio.")


@contextmanager
def _portaudio() -> Iterator[None]:
    """Held while what needs it is imported."""
    try:
        yield
    except ImportError as error:
        raise LineError("The microphone needs PortAudio. Install it: apt-get install libportaudio2") from error


def _mark(channels: int, is_default: bool) -> str:
    return "default" if is_default else "yes" if channels else ""
