"""Calls of a real telephone program, Debian's baresip: transports, codecs, encryption, hold, keys, transfer."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.telephones import Taken, eventually, next_call, open_line
from tests.test_sip_media import chirps, kept
from voice.audio import RATE_HZ, resample, to_pcm, to_samples
from voice.channels.sip import SipListener
from voice.errors import TransferRefused
from voice.settings import Sip
from voxcart.softphone import Line, Softphone, softphone

pytestmark = pytest.mark.device


def line_beside(sip: Sip, **changes: str) -> Line:
    return replace(Line(sip.port + 2, sip.port + 4, sip.port + 1000), **changes)


@asynccontextmanager
async def calling(
    listener: SipListener, sip: Sip, folder: Path, line: Line, uri: str = ""
) -> AsyncIterator[tuple[Softphone, Taken]]:
    async with softphone(line, folder) as phone:
        await phone.dial(uri or f"sip:shop@{sip.address}:{sip.port};transport={line.transport}")
        taken = Taken(await next_call(listener))
        await eventually(lambda: phone.seen("CALL_ESTABLISHED"), "the telephone knows it is answered")
        yield phone, taken
        await phone.command("hangup")
        await taken.over()


async def heard_both_ways(phone: Softphone, taken: Taken) -> None:
    said = chirps(1.5, RATE_HZ)
    await phone.say(said)
    await taken.channel.play(said)
    await taken.channel.drain()
    start = len(taken.frames)
    await eventually(lambda: len(taken.frames) > start + 60, "the rest arrives")
    rate = phone.rate_hz
    at_rate = to_pcm(resample(to_samples(said), RATE_HZ, rate))
    assert kept(at_rate, phone.heard(), rate // 10) >= 0.7
    assert kept(said, taken.pcm, RATE_HZ // 10) >= 0.7


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722/16000"])
async def test_every_codec_carries_both_sides(codec: str, tmp_path: Path) -> None:
    async with open_line() as (listener, sip), calling(listener, sip, tmp_path, line_beside(sip, codec=codec)) as call:
        await heard_both_ways(*call)


async def test_calls_come_over_tcp(tmp_path: Path) -> None:
    async with (
        open_line() as (listener, sip),
        calling(listener, sip, tmp_path, line_beside(sip, transport="tcp")) as call,
    ):
        await heard_both_ways(*call)


async def test_calls_come_over_tls_with_encrypted_audio(tmp_path: Path) -> None:
    certificate = made_certificate(tmp_path)
    async with open_line(transports=("tls",), certificate=str(certificate), srtp="required") as (listener, sip):
        line = line_beside(sip, transport="tls", parameters=";mediaenc=srtp-mand")
        uri = f"sip:shop@127.0.0.1:{sip.port + 1};transport=tls"
        async with calling(listener, sip, tmp_path / "phone", line, uri) as call:
            await heard_both_ways(*call)


async def test_a_telephone_that_does_not_encrypt_is_refused_where_it_must(tmp_path: Path) -> None:
    async with open_line(srtp="required") as (_, sip), softphone(line_beside(sip), tmp_path) as phone:
        await phone.dial(f"sip:shop@127.0.0.1:{sip.port}")
        await eventually(lambda: phone.seen("CALL_CLOSED"), "the call is refused")
        assert "488" in phone.seen("CALL_CLOSED")[0]["param"]


async def test_the_telephone_holds_and_comes_back(tmp_path: Path) -> None:
    async with open_line() as (listener, sip), calling(listener, sip, tmp_path, line_beside(sip)) as (phone, taken):
        await eventually(lambda: len(taken.frames) > 10, "the line runs")
        await phone.command("hold")
        await eventually(taken.is_standing, "the line stands still")
        await phone.command("resume")
        await eventually(lambda: not taken.is_standing(), "the line runs again")
        said = chirps(1.5, RATE_HZ)
        await phone.say(said)
        start = len(taken.frames)
        await eventually(lambda: len(taken.frames) > start + 130, "what is said arrives")
        assert kept(said, taken.pcm, RATE_HZ // 10) >= 0.7


async def test_keys_of_the_telephone_arrive(tmp_path: Path) -> None:
    async with open_line() as (listener, sip), calling(listener, sip, tmp_path, line_beside(sip)) as (phone, taken):
        await eventually(lambda: len(taken.frames) > 10, "the line runs")
        for number, key in enumerate("4739#", 1):
            await phone.command("sndcode", key)
            await phone.command("sndcode", "\x04")
            await eventually(lambda count=number: len(taken.keys) >= count, f"key {key} arrives")
        assert taken.keys == "4739#"


async def test_opus_is_heard_as_16_khz(tmp_path: Path) -> None:
    """Its stream is 48 kHz and stereo. It keeps the sound and not the wave, so speech-like bands are compared."""
    async with (
        open_line(codecs=("opus",)) as (listener, sip),
        calling(listener, sip, tmp_path, line_beside(sip, codec="opus/48000/2")) as (phone, taken),
    ):
        await eventually(lambda: len(taken.frames) > 10, "the line runs")
        melody = b"".join(tone(hz) for hz in (400, 900, 1600, 700))
        await phone.say(melody)
        await taken.channel.play(melody)
        await taken.channel.drain()
        start = len(taken.frames)
        await eventually(lambda: len(taken.frames) > start + 80, "the rest arrives")
        assert melody_in(taken.pcm, RATE_HZ) == [400, 900, 1600, 700]
        assert melody_in(phone.heard(), phone.rate_hz) == [400, 900, 1600, 700]


def tone(hz: float, seconds: float = 0.5) -> bytes:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return to_pcm((0.3 * np.sin(2 * np.pi * hz * at)).astype(np.float32))


def melody_in(pcm: bytes, rate_hz: int) -> list[int]:
    """The pitches of what can be heard, to the next 100 Hz, each once where it stays for 200 ms."""
    samples, step = to_samples(pcm), rate_hz // 10
    pitches: list[int] = []
    for at in range(0, len(samples) - step, step):
        part = samples[at : at + step]
        if np.max(np.abs(part)) > 0.1:
            pitches.append(round(float(np.argmax(np.abs(np.fft.rfft(part)))) * 10 / 100) * 100)
    steady = [one for one, two in pairwise(pitches) if one == two]
    return [pitch for number, pitch in enumerate(steady) if not number or pitch != steady[number - 1]]


@asynccontextmanager
async def desk(sip: Sip, folder: Path, answers: str) -> AsyncIterator[tuple[Softphone, str]]:
    """The telephone of a human, and its address."""
    line = Line(sip.port + 6, sip.port + 8, sip.port + 1200, user="human", answers=answers)
    async with softphone(line, folder / "desk") as phone:
        yield phone, f"sip:human@127.0.0.1:{line.port}"


async def test_a_caller_is_handed_over_to_a_human(tmp_path: Path) -> None:
    async with (
        open_line() as (listener, sip),
        desk(sip, tmp_path, "auto") as (human, uri),
        calling(listener, sip, tmp_path / "caller", line_beside(sip)) as (_, taken),
    ):
        await eventually(lambda: len(taken.frames) > 10, "the line runs")
        await taken.channel.transfer(uri, 20.0)
        await taken.over()
        await eventually(lambda: human.seen("CALL_ESTABLISHED"), "the human has the caller")


async def test_a_caller_stays_when_the_human_does_not_take_the_call(tmp_path: Path) -> None:
    async with (
        open_line() as (listener, sip),
        desk(sip, tmp_path, "manual") as (human, uri),
        calling(listener, sip, tmp_path / "caller", line_beside(sip)) as (_, taken),
    ):
        await eventually(lambda: len(taken.frames) > 10, "the line runs")
        handing_over = asyncio.create_task(taken.channel.transfer(uri, 20.0))
        await eventually(lambda: human.seen("CALL_INCOMING"), "it rings")
        await human.command("hangup")
        with pytest.raises(TransferRefused):
            await handing_over
        frames = len(taken.frames)
        await eventually(lambda: len(taken.frames) > frames + 10, "the call goes on")


def made_certificate(folder: Path) -> Path:
    key, chain, both = folder / "key.pem", folder / "chain.pem", folder / "both.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(chain)]
    subprocess.run([*made, *subject], check=True, capture_output=True, timeout=60)
    both.write_text(key.read_text("utf-8") + chain.read_text("utf-8"), "utf-8")
    return both
