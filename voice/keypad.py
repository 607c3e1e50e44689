"""Knows how single keys become an answer: a number typed, or one key of a menu. Counts samples. PURE."""

from __future__ import annotations

from voice.audio import RATE_HZ
from voice.channels import Keys

NUMBER = "digits"
"""The kind of question that is answered with several keys."""
DONE = "#"
ANEW = "*"
"""In a number: what was typed before it does not count."""


class Keypad:
    """Collects keys. Of a number they are one answer, finished by `#` or a pause; else each key is an answer."""

    def __init__(self) -> None:
        self._digits = ""
        self._last = 0
        self._collects = False
        self._pause_samples = 0

    @property
    def is_pending(self) -> bool:
        """Whether keys were pressed that are not answered for yet."""
        return bool(self._digits)

    def expect(self, kind: str, pause_ms: int) -> None:
        """Ask another question. Keys pressed before it was asked cannot answer it."""
        self._digits = ""
        self._collects = kind == NUMBER
        self._pause_samples = pause_ms * RATE_HZ // 1000

    def press(self, keys: Keys) -> None:
        self._digits += keys.digits
        self._last = keys.at
        if self._collects and ANEW in self._digits:
            self._digits = self._digits.rpartition(ANEW)[2]

    def finished(self, at: int) -> Keys | None:
        """The answer, if there is one by the sample position `at`. It is given out once, without the final `#`."""
        if not self._digits:
            return None
        if self._collects and not self._digits.endswith(DONE) and at - self._last < self._pause_samples:
            return None
        digits, self._digits = self._digits, ""
        return Keys(digits.removesuffix(DONE) or digits if self._collects else digits, self._last)
