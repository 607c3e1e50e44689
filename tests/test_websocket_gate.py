"""Who is let in: by path, token, signature, or because there are no secrets."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha1

import pytest

from voice.channels.websocket_gate import SIGNATURE, Gate

URL = "wss://shop.example.com/call"


def signed(url: str, auth_token: str = "12345") -> dict[str, str]:
    made = hmac.digest(auth_token.encode(), url.encode(), sha1)
    return {"Host": "shop.example.com", SIGNATURE: b64encode(made).decode()}


def test_the_signature_is_what_openssl_makes_of_the_address() -> None:
    headers = {"Host": "shop.example.com", SIGNATURE: "smJ9Qdw532JpxfO9FLnDI39GxVw="}
    assert Gate("/call", "", "", "12345").lets_in("/call", headers) is True


@pytest.mark.parametrize("target", ["/call", "/call/", "/call/secret", "/call?token=x", "/call/secret?a=b"])
def test_the_path_and_one_part_below_it(target: str) -> None:
    assert Gate("/call", "", "", "").knows_path(target)


@pytest.mark.parametrize("target", ["/", "/calls", "/call/a/b", "/other/call", ""])
def test_other_paths(target: str) -> None:
    assert not Gate("/call", "", "", "").knows_path(target)


def test_a_token() -> None:
    gate = Gate("/call", "", "secret", "")
    assert gate.lets_in("/call/secret", {}) is True
    assert gate.lets_in("/call?token=secret&caller=1", {}) is True
    assert gate.lets_in("/call/secre", {}) is False
    assert gate.lets_in("/call?token=", {}) is None
    assert gate.lets_in("/call", {}) is None
    assert gate.accepts("secret")
    assert not gate.accepts("")
    assert not gate.accepts("ä\udcff")
    assert gate.lets_in("/call/\udcff", {}) is False


def test_a_signature() -> None:
    gate = Gate("/call", "", "", "12345")
    assert gate.lets_in("/call", signed(URL)) is True
    assert gate.lets_in("/call", signed(URL + "/")) is True
    assert gate.lets_in("/call", signed(URL, "54321")) is False
    assert gate.lets_in("/call", signed("wss://other.example.com/call")) is False
    assert gate.lets_in("/call", {SIGNATURE: "ä\udcff"}) is False
    assert gate.lets_in("/call", {}) is False
    assert not gate.accepts("")


def test_a_proxy_hides_the_host_that_was_called() -> None:
    headers = signed(URL) | {"Host": "127.0.0.1:9093"}
    assert Gate("/call", "", "", "12345").lets_in("/call", headers) is False
    assert Gate("/call", "wss://shop.example.com/", "", "12345").lets_in("/call", headers) is True


def test_either_secret_is_enough_but_a_wrong_signature_is_not_made_good() -> None:
    gate = Gate("/call", "", "secret", "12345")
    assert gate.lets_in("/call", signed(URL)) is True
    assert gate.lets_in("/call/secret", {}) is True
    assert gate.lets_in("/call", {}) is None
    assert gate.lets_in("/call", signed(URL, "54321")) is False


def test_without_secrets_no_web_page_comes_in() -> None:
    gate = Gate("/call", "", "", "")
    assert gate.lets_in("/call", {}) is True
    assert gate.lets_in("/call", {"Origin": "https://evil.example.com"}) is False
