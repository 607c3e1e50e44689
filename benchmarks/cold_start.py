"""How soon after its start does the line answer the telephone? (CHECKS.md row 7)

A softphone waits, `voxcart serve` is started in a fresh process, and dialled the moment it says that calls come in.
Times count from the start of the process. `answered` is the first sample of the greeting out of the softphone.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks import report
from voxcart.phone import HOST, free_ports
from voxcart.softphone import AUDIBLE, Line, Softphone, softphone, until

CONFIG = """
[store]
database = "{folder}/shop.db"

[sip]
address = "{host}"
port = {port}
transports = ["udp"]
"""


async def start(folder: Path) -> dict[str, object]:
    """One start with a new database: seconds until the port is open, and until the greeting is heard."""
    port = free_ports(6)
    (folder / "config.toml").write_text(CONFIG.format(folder=folder, host=HOST, port=port), "utf-8")
    async with softphone(Line(port + 2, port + 4, port + 1000), folder / "phone") as phone:
        command = [sys.executable, "-m", "voxcart", "serve", "--config", str(folder / "config.toml")]
        began = perf_counter()
        line = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            assert line.stdout is not None
            while f":{port}".encode() not in await asyncio.wait_for(line.stdout.readline(), 60):
                pass
            opened = perf_counter() - began
            await phone.dial(f"sip:shop@{HOST}:{port}")
            heard = await until(lambda: _is_audible(phone), 20)
            answered = perf_counter() - began
        finally:
            line.terminate()
            await phone.command("hangup")
            await line.wait()
    return {"port_open_s": round(opened, 2), "answered_s": round(answered, 2) if heard else None}


def _is_audible(phone: Softphone) -> bool:
    samples = np.frombuffer(phone.heard(), "<i2").astype(np.int32)
    return bool(np.any(np.abs(samples) > AUDIBLE))


async def starts(times: int) -> list[dict[str, object]]:
    rows = []
    for number in range(times):
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"start": number + 1, **await start(Path(folder))})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    report.write("cold_start", asyncio.run(starts(options.times)))


if __name__ == "__main__":
    main()
