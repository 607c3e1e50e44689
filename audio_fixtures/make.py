"""Makes the generated clips of manifest.toml (flite must be installed) and writes every file's sha256 into it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import soundfile

HERE = Path(__file__).parent
MANIFEST = HERE / "manifest.toml"


def speak(text: str, voice: str, target: Path) -> None:
    """One sentence by flite into a FLAC file, at flite's own rate."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(wav)], check=True)
        pcm, rate_hz = soundfile.read(wav, dtype="int16")
    target.parent.mkdir(exist_ok=True)
    soundfile.write(target, pcm, rate_hz, format="FLAC")


def cough(target: Path) -> None:
    """Two bursts of low-passed noise with a sharp attack: what a microphone hears of a cough."""
    import numpy as np

    rng, rate_hz = np.random.default_rng(4), 16_000
    burst = rng.standard_normal(int(0.16 * rate_hz)) * np.exp(-np.linspace(0, 6, int(0.16 * rate_hz)))
    pause = np.zeros(int(0.12 * rate_hz))
    sound = np.convolve(np.concatenate([burst, pause, 0.8 * burst]), np.ones(6) / 6, "same")
    soundfile.write(target, (0.5 * sound / np.abs(sound).max() * 32767).astype("int16"), rate_hz, format="FLAC")


def main() -> int:
    """Generate, then hash. Exit code 2 when flite is missing."""
    if shutil.which("flite") is None:
        print("flite is missing: apt-get install flite", file=sys.stderr)
        return 2
    text = MANIFEST.read_text("utf-8")
    clips = tomllib.loads(text)["clip"]
    for clip in clips:
        if "voice" in clip:
            speak(clip["text"], clip["voice"], HERE / clip["file"])
        elif clip["speaker"] == "nobody: shaped noise":
            cough(HERE / clip["file"])
    lines = [line for line in text.splitlines() if not line.startswith("sha256")]
    hashed: list[str] = []
    for line in lines:
        hashed.append(line)
        if found := re.match(r'file = "(.+)"', line):
            digest = hashlib.sha256((HERE / found[1]).read_bytes()).hexdigest()
            hashed.append(f'sha256 = "{digest}"')
    MANIFEST.write_text("\n".join(hashed) + "\n", "utf-8")
    print(f"{len(clips)} clips")
    return 0


if __name__ == "__main__":
    sys.exit(main())
