"""A real registrar and proxy, kamailio, with one account: shop, s3cret. It tells every REGISTER it accepts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.kamailio import Kamailio, kamailio

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
    def __init__(self, proxy: Kamailio) -> None:
        self.port = proxy.port
        self._proxy = proxy

    @property
    def accepted(self) -> list[str]:
        """The contact of every registration, renewals and sign-offs among them."""
        return [line.partition("registered ")[2] for line in self._proxy.said.splitlines() if "registered " in line]


@asynccontextmanager
async def registrar(port: int, folder: Path, expires: int = 60) -> AsyncIterator[Registrar]:
    """On `port`; a registration there keeps for at most `expires` seconds."""
    modules = "\n".join(f'loadmodule "{name}.so"' for name in MODULES.split())
    async with kamailio(CONFIG.format(port=port, modules=modules, expires=expires), port, folder) as proxy:
        yield Registrar(proxy)
