from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice.audio import RATE_HZ, dbfs
from voice.channels.caller import AfterPrevious, AfterPrompt, Cue, Leave, OverPrompt, Press, Sound
from voice.channels.script import WHAT, WHEN, load_script, rehearse
from voice.errors import ScriptError

CALLS = Path(__file__).parent.parent / "audio_fixtures" / "calls"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    beep = 0.5 * np.sin(np.arange(8_000) / 5)
    soundfile.write(tmp_path / "beep.wav", beep, 8_000)
    soundfile.write(tmp_path / "stereo.flac", np.column_stack([beep, beep])[:4_410], 44_100)
    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(1).standard_normal(4_000) * 0.1, 16_000)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "call.toml"
    path.write_text(text, "utf-8")
    return path


async def voice(text: str) -> bytes:
    return b"\1\0" * len(text)


async def test_every_kind_of_step(folder: Path) -> None:
    path = written(
        folder,
        """
        caller = "+15550100"
        silence_s = 7
        [[step]]
        clip = "beep.wav"
        [[step]]
        say = "two lattes"
        pause_ms = 900
        [[step]]
        keys = "4711#"
        over_ms = 800
        [[step]]
        hang_up = true
        wait_ms = 1500
        """,
    )
    script = load_script(path)
    assert (script.caller, script.silence_s, script.speaks) == ("+15550100", 7, True)
    beep, *rest = await rehearse(script, voice)
    assert beep.when == AfterPrompt(500)
    assert isinstance(beep.what, Sound)
    assert len(beep.what.pcm) == 2 * RATE_HZ
    assert rest == [
        Cue(Sound(b"\1\0" * 10), AfterPrompt(900)),
        Cue(Press("4711#"), OverPrompt(800)),
        Cue(Leave(), AfterPrevious(1500)),
    ]


async def pcm_of(folder: Path, step: str) -> bytes:
    (cue,) = await rehearse(load_script(written(folder, f"[[step]]\n{step}\n")), voice)
    assert isinstance(cue.what, Sound)
    return cue.what.pcm


async def test_clips_are_joined_with_gaps(folder: Path) -> None:
    pcm = await pcm_of(folder, 'clip = ["beep.wav", "stereo.flac"]\ngap_ms = 300')
    assert len(pcm) / 2 == pytest.approx(RATE_HZ * (1 + 0.3 + 0.1), abs=2)
    assert dbfs(pcm[2 * RATE_HZ + 320 : 2 * RATE_HZ + 9000]) == pytest.approx(-70, abs=2)


async def test_gain_and_noise(folder: Path) -> None:
    plain, soft = [await pcm_of(folder, f'clip = "beep.wav"\ngain_db = {gain}') for gain in (0, -12)]
    assert dbfs(plain) - dbfs(soft) == pytest.approx(12, abs=0.2)
    noisy = await pcm_of(folder, 'clip = "beep.wav"\nnoise = "noise.wav"\nsnr_db = 0')
    assert len(noisy) == len(plain)
    assert noisy != plain


async def test_silence_around_a_clip_is_cut(folder: Path) -> None:
    beep, _ = soundfile.read(folder / "beep.wav")
    soundfile.write(folder / "late.wav", np.concatenate([np.zeros(8_000), beep, np.zeros(24_000)]), 8_000)
    assert len(await pcm_of(folder, 'clip = "late.wav"')) / 2 == pytest.approx(1.2 * RATE_HZ, abs=32)
    soundfile.write(folder / "silence.wav", np.zeros(8_000), 8_000)
    assert len(await pcm_of(folder, 'clip = "silence.wav"')) / 2 == RATE_HZ


async def test_a_sound_file_is_a_script_of_one_step(folder: Path) -> None:
    (cue,) = await rehearse(load_script(folder / "beep.wav"))
    assert isinstance(cue.what, Sound)
    assert cue.when == AfterPrompt(500)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "`step`"),
        ("[[step]]\nclap = 'beep.wav'", "clap"),
        ("[[step]]\nclip = 3", "clip"),
        ("[[step]]\npause_ms = 100", "exactly one of clip, say, keys, hang_up"),
        ("[[step]]\nclip = 'beep.wav'\nkeys = '1'", "found clip, keys"),
        ("[[step]]\nclip = ''", "`clip` is empty"),
        ("[[step]]\nhang_up = false", "`hang_up` is empty"),
        ("[[step]]\nkeys = '12x'", "'x'"),
        ("[[step]]\nkeys = '1'\nover_ms = 1\nwait_ms = 1", "over_ms, wait_ms"),
        ("[[step]]\nkeys = '1'\nafter = 'lunch'", "lunch"),
        ("[[step]]\nkeys = '1'\nwait_ms = -1", "negative"),
        ("[[step]]\nclip = 'beep.wav'\nsnr_db = 3", "`noise`"),
        ("[[step]]\nkeys = '1'\n[[step]]\nkeys = 1", "step 2: Expected `str`, got `int`: key `keys`"),
        ("[[step]]\nkeys = '1'\n[[step]]\nkeys = 'q'", "step 2"),
        ("colour = 'red'\n[[step]]\nkeys = '1'", "colour"),
        ("[[step\n", "not valid TOML"),
    ],
)
def test_a_wrong_script_names_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScriptError) as caught:
        load_script(path)
    assert str(path) in str(caught.value)
    assert named in str(caught.value)


async def test_a_missing_clip_names_step_and_clip(folder: Path) -> None:
    path = written(folder, "[[step]]\nclip = 'beep.wav'\n[[step]]\nclip = 'absent.wav'")
    with pytest.raises(ScriptError, match=r"step 2: .*absent\.wav"):
        await rehearse(load_script(path))


async def test_words_need_a_voice(folder: Path) -> None:
    with pytest.raises(ScriptError, match="step 1: key `say` needs a caller's voice"):
        await rehearse(load_script(written(folder, "[[step]]\nsay = 'hello'")))


def test_an_absent_script_is_a_script_error(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="cannot be read"):
        load_script(tmp_path / "absent.toml")


@pytest.mark.parametrize("path", sorted(CALLS.glob("*.toml")), ids=lambda path: path.name)
async def test_shipped_scripts_can_be_played(path: Path) -> None:
    assert await rehearse(load_script(path), voice)


def test_the_script_of_the_documentation_is_valid(tmp_path: Path) -> None:
    page = (CALLS.parent.parent / "docs" / "replay.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    assert len(blocks) == 1
    assert len(load_script(written(tmp_path, blocks[0])).steps) == 6
    for key in (*WHAT, *WHEN, "pause_ms", "gap_ms", "gain_db", "noise", "snr_db", "caller", "silence_s"):
        assert f"`{key}" in page or f"\n{key} =" in page
