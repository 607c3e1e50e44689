"""A real registrar and proxy, kamailio, with one account: shop, s3cret. It tells every REGISTER it accepts."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.telephones import eventually

CONFIG = """
debug=0
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
{modules}
modparam("registrar", "max_expires", {expires})
modparam("registrar", "min_expires", 1)
request_route {{
    if (has_totag()) {{
        loose_route();
        t_relay();
        exit;
    }}
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("127.0.0.1", "s3cret", "0")) {{
            www_challenge("127.0.0.1", "1");
            exit;
        }}
        save("location");
        xlog("L_ALERT", "registered $ct\\n");
        exit;
    }}
    if (is_method("CANCEL")) {{
        t_relay();
        exit;
    }}
    record_route();
    if (!lookup("location")) {{
        sl_send_reply("404", "Not here");
        exit;
    }}
    t_relay();
}}
"""
MODULES = "tm sl rr pv maxfwd usrloc registrar textops siputils auth xlog"


class Registrar:
    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self._log = log

    @property
    def accepted(self) -> list[str]:
        """The contact of every registration, renewals and sign-offs among them."""
        return [line.partition("registered ")[2] for line in self._text().splitlines() if "registered " in line]

    @property
    def is_up(self) -> bool:
        with suppress(OSError):
            return f"{self.port:04X}" in Path("/proc/net/udp").read_text("ascii")
        return False

    def _text(self) -> str:
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""


@asynccontextmanager
async def registrar(port: int, folder: Path, expires: int = 60) -> AsyncIterator[Registrar]:
    """On `port`; a registration there keeps for at most `expires` seconds."""
    program = shutil.which("kamailio", path=os.environ["PATH"] + ":/usr/sbin")
    assert program, "kamailio is missing: apt-get install --no-install-recommends kamailio"
    modules = "\n".join(f'loadmodule "{name}.so"' for name in MODULES.split())
    config, log, pid = folder / "kamailio.cfg", folder / "kamailio.log", folder / "kamailio.pid"
    _write(config, CONFIG.format(port=port, modules=modules, expires=expires))
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(program, "-f", config, "-DD", "-E", "-m", "32", "-M", "4", "-P", pid, "-Y", folder),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    found = Registrar(port, log)
    try:
        await eventually(lambda: found.is_up, "kamailio listens")
        yield found
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
