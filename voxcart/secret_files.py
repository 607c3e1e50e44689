"""Knows how a secret is read from the file that holds it. Does not know what it opens."""

from __future__ import annotations

from voice.errors import LineError
from voxcart.config import Config


def read_secret(config: Config, key: str, name: str) -> str:
    """ "" where no file is named. Raises LineError that names the key and the file."""
    if not name:
        return ""
    path = config.path(name)
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise LineError(f"{key} {path} cannot be read: {error}.") from error
    if not secret:
        raise LineError(f"{key} {path} is empty.")
    return secret
