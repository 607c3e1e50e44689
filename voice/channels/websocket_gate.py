"""Knows who may open a line over a WebSocket: by path, token or Twilio's signature. Does not know it. PURE."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha1
from urllib.parse import parse_qs, urlsplit

SIGNATURE = "X-Twilio-Signature"
TOKEN = "token"


class Gate:
    """`token` and `auth_token` (Twilio's, of the account) are secrets; where both are empty anybody may come who is
    no web page: a page cannot read answers from elsewhere, but it can open WebSockets."""

    def __init__(self, path: str, public_url: str, token: str, auth_token: str) -> None:
        self._path = path.rstrip("/")
        self._public_url = public_url.rstrip("/")
        self._token = token
        self._auth_token = auth_token

    def knows_path(self, target: str) -> bool:
        """Whether the line is at this path, or at one below it that may be the token."""
        path = urlsplit(target).path.rstrip("/")
        return path == self._path or path.rpartition("/")[0] == self._path

    def lets_in(self, target: str, headers: Mapping[str, str]) -> bool | None:
        """`target`: path and query of the request. None = only with a token in the first message."""
        if not self._token and not self._auth_token:
            return "Origin" not in headers
        signature = headers.get(SIGNATURE)
        if self._auth_token and signature is not None:
            return self._is_signed(target, headers.get("Host", ""), signature)
        parts = urlsplit(target)
        below = parts.path.rstrip("/").removeprefix(self._path).strip("/")
        offered = below or parse_qs(parts.query).get(TOKEN, [""])[0]
        if offered:
            return self.accepts(offered)
        return None if self._token else False

    def accepts(self, token: str) -> bool:
        return bool(self._token) and hmac.compare_digest(_bytes(token), _bytes(self._token))

    def _is_signed(self, target: str, host: str, signature: str) -> bool:
        """Twilio signs the address that it was told to call, and may have added a slash."""
        url = (self._public_url or f"wss://{host}") + target
        made = (hmac.digest(_bytes(self._auth_token), _bytes(each), sha1) for each in (url, f"{url}/"))
        return any(hmac.compare_digest(b64encode(each), _bytes(signature)) for each in list(made))


def _bytes(text: str) -> bytes:
    """Requests hold any bytes; those that are no text come as surrogates."""
    return text.encode("utf-8", "surrogatepass")
