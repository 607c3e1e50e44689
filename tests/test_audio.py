from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from voice import audio
from voice.errors import AudioFileError


def tone(rate_hz: int, seconds: float = 1.0, hz: float = 440.0, peak: float = 0.5) -> audio.Samples:
    at = np.arange(int(rate_hz * seconds)) / rate_hz
    return (peak * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def snr_db(wanted: audio.Samples, got: audio.Samples) -> float:
    """Signal to error ratio away from the edges, where filters ring."""
    wanted, got = wanted[1600:-1600], got[1600 : len(wanted) - 1600]
    return float(10 * np.log10(np.sum(wanted**2) / np.sum((wanted - got) ** 2)))


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 32000, 44100, 48000])
@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_files_of_any_rate_become_the_same_sound(tmp_path: Path, rate_hz: int, ending: str) -> None:
    path = tmp_path / f"tone.{ending}"
    soundfile.write(path, tone(rate_hz), rate_hz)
    read = audio.to_samples(audio.read_audio(path))
    assert abs(len(read) - audio.RATE_HZ) <= 1
    assert snr_db(tone(audio.RATE_HZ)[: len(read)], read) > 50


def test_stereo_is_mixed(tmp_path: Path) -> None:
    path = tmp_path / "two.wav"
    left, right = tone(16000, hz=300), tone(16000, hz=700)
    soundfile.write(path, np.column_stack((left, right)), 16000)
    assert snr_db((left + right) / 2, audio.to_samples(audio.read_audio(path))) > 50


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT", "ULAW"])
def test_other_encodings_are_read(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(16000), 16000, subtype=subtype)
    assert snr_db(tone(16000), audio.to_samples(audio.read_audio(path))) > 30


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.wav", None, "no such file"),
        ("text.wav", b"this is no sound", "cannot be read"),
        ("zero.wav", b"", "cannot be read"),
        ("cut.flac", b"fLaC\0\0\0\x22", "cannot be read"),
    ],
)
def test_what_is_no_sound_is_refused_by_name(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioFileError, match=says) as refused:
        audio.read_audio(path)
    assert str(path) in str(refused.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="cannot be read"):
        audio.read_audio(tmp_path)


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    soundfile.write(path, np.zeros(0, np.float32), 16000)
    with pytest.raises(AudioFileError, match="holds no sound"):
        audio.read_audio(path)


def test_values_that_are_no_samples_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([0.0, np.nan, 0.1], np.float32), 16000, subtype="FLOAT")
    with pytest.raises(AudioFileError, match="no samples"):
        audio.read_audio(path)


def test_written_audio_is_read_back(tmp_path: Path) -> None:
    pcm = audio.to_pcm(tone(16000))
    audio.write_wav(tmp_path / "tone.wav", pcm)
    assert audio.read_audio(tmp_path / "tone.wav") == pcm


@given(st.binary(max_size=200).map(lambda raw: raw[: len(raw) // 2 * 2]))
def test_samples_and_bytes_are_the_same_thing(pcm: bytes) -> None:
    assert audio.to_pcm(audio.to_samples(pcm)) == pcm


def test_too_loud_is_clipped_not_wrapped() -> None:
    clipped = np.frombuffer(audio.to_pcm(np.array([2.0, -2.0], np.float32)), "<i2")
    assert clipped.tolist() == [32767, -32768]


@pytest.mark.parametrize(("rate_hz", "to_hz"), [(8000, 16000), (16000, 8000), (22050, 16000), (48000, 16000)])
def test_a_stream_is_resampled_whatever_its_chunks(rate_hz: int, to_hz: int) -> None:
    pcm = audio.to_pcm(tone(rate_hz, 2.0))
    resampler = audio.StreamResampler(rate_hz, to_hz)
    out, rng, at = b"", np.random.default_rng(3), 0
    while at < len(pcm):
        size = 2 * int(rng.integers(1, rate_hz // 20))
        out += resampler.feed(pcm[at : at + size])
        at += size
    wanted = tone(to_hz, 2.0)
    assert 0 <= len(wanted) - len(out) // 2 <= 0.003 * to_hz
    assert snr_db(wanted[: len(out) // 2], audio.to_samples(out)[: len(wanted)]) > 40


def test_the_same_rate_passes_untouched() -> None:
    assert audio.StreamResampler(16000, 16000).feed(b"\1\2\3\4") == b"\1\2\3\4"


def test_levels() -> None:
    assert audio.dbfs(audio.silence(100)) == audio.SILENCE_DBFS
    assert audio.dbfs(b"") == audio.SILENCE_DBFS
    assert audio.dbfs(audio.to_pcm(tone(16000, peak=1.0))) == pytest.approx(-3.01, abs=0.05)
    softer = audio.amplify(audio.to_pcm(tone(16000)), -20)
    assert audio.dbfs(softer) == pytest.approx(audio.dbfs_of(tone(16000)) - 20, abs=0.1)


def test_normalise_lifts_soft_and_lowers_loud_sounds_but_not_silence() -> None:
    for peak in (0.05, 0.99):
        samples = audio.to_samples(audio.normalise(audio.to_pcm(tone(16000, peak=peak)), -6))
        assert float(np.max(np.abs(samples))) == pytest.approx(0.501, abs=0.01)
    faint = audio.to_samples(audio.normalise(audio.to_pcm(tone(16000, peak=0.001)), -6, most_gain_db=20))
    assert float(np.max(np.abs(faint))) == pytest.approx(0.01, abs=0.001)
    assert audio.normalise(audio.silence(10)) == audio.silence(10)


def test_trim_cuts_both_ends() -> None:
    padded = np.concatenate((np.zeros(8000, np.float32), tone(16000, 0.5), np.zeros(8000, np.float32)))
    kept = audio.trim(padded, 16000, keep_ms=30)
    assert abs(len(kept) - (8000 + 2 * 480)) < 40
    assert len(audio.trim(np.zeros(100, np.float32), 16000, 30)) == 0


@pytest.mark.parametrize("snr", [6.0, 15.0, 24.0])
def test_noise_is_mixed_at_the_ratio_of_the_loudest_windows(snr: float) -> None:
    rng = np.random.default_rng(1)
    speech, noise = tone(16000), rng.standard_normal(16000).astype(np.float32)
    mixed = audio.mix_at_snr(speech, noise, snr)
    assert float(np.max(np.abs(mixed))) == pytest.approx(0.5, abs=1e-3)
    # The noise left after the speech is taken out again, by least squares.
    share = float(np.dot(mixed, speech) / np.dot(speech, speech))
    rest = mixed - share * speech
    windows = [slice(at, at + 2048) for at in range(0, 16000 - 2048)][::16]
    ratio = max(np.sum((share * speech[at]) ** 2) for at in windows) / max(np.sum(rest[at] ** 2) for at in windows)
    assert 10 * np.log10(ratio) == pytest.approx(snr, abs=0.3)


def test_mulaw_follows_the_standard() -> None:
    known = {0: 0xFF, 32635: 0x80, -32635: 0x00, 1000: 0xCE, -1000: 0x4E}
    for linear, code in known.items():
        assert audio.pcm_to_mulaw(int(linear).to_bytes(2, "little", signed=True)) == bytes([code])
    every_code = bytes(range(256))
    again = audio.pcm_to_mulaw(audio.mulaw_to_pcm(every_code))
    assert [code for code in every_code if again[code] != code] == [0x7F]  # minus zero is zero


def test_telephone_keeps_speech_at_the_quality_of_g711() -> None:
    speech = tone(16000, hz=900)
    heard = audio.to_samples(audio.through_telephone(audio.to_pcm(speech)))
    assert 30 < snr_db(speech, heard) < 45


def test_frames_cover_the_audio_without_gap() -> None:
    pcm = audio.to_pcm(tone(16000, 0.05))
    frames = list(audio.frames_of(pcm, start=640))
    assert [frame.start for frame in frames] == [640, 960, 1280]
    assert {len(frame.pcm) for frame in frames} == {audio.FRAME_BYTES}
    assert b"".join(frame.pcm for frame in frames).startswith(pcm)
    assert frames[0].end == frames[1].start


@pytest.mark.parametrize("noise_dbfs", [-70, -50, -30])
def test_the_noise_of_a_line_is_estimated(noise_dbfs: int) -> None:
    spoken = audio.silence(16_000) + audio.to_pcm(tone(16_000))
    noisy = audio.mixed(spoken, audio.hiss(32_000, noise_dbfs, seed=2))
    tone_dbfs = 20 * np.log10(0.5 / np.sqrt(2))
    assert audio.estimated_snr_db(noisy) == pytest.approx(tone_dbfs - noise_dbfs, abs=1.5)


def test_nothing_has_no_distance_to_noise() -> None:
    assert audio.estimated_snr_db(b"") == 0.0


ORDERS = sorted((Path(__file__).parent.parent / "audio_fixtures" / "orders").glob("*.flac"))


@pytest.mark.parametrize("path", ORDERS, ids=lambda path: path.stem)
def test_a_telephone_line_is_narrow_and_a_recording_is_not(path: Path) -> None:
    pcm = audio.read_audio(path)
    assert not audio.is_narrow(pcm)
    assert audio.is_narrow(audio.through_telephone(pcm))


def test_silence_and_hiss_are_not_narrow() -> None:
    assert not audio.is_narrow(audio.silence(audio.RATE_HZ))
    assert not audio.is_narrow(audio.hiss(audio.RATE_HZ, -60, seed=1))
