"""Knows when to ask again what has failed too often. Knows no clock, and not what is asked. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed: everything may be asked. After `most_failures` in a row open for `rest_s`: nothing may. Then one
    question is let through: an answer closes it, a failure opens it anew. Times are seconds of any one clock."""

    most_failures: int
    rest_s: float
    failures: int = 0
    open_until: float | None = None
    probing: bool = False

    def may_ask(self, now: float) -> bool:
        return self.open_until is None or (now >= self.open_until and not self.probing)

    def asked(self) -> Breaker:
        """To be noted of every question that is let through."""
        return self if self.open_until is None else replace(self, probing=True)

    def answered(self) -> Breaker:
        return Breaker(self.most_failures, self.rest_s)

    def failed(self, now: float) -> Breaker:
        """A question that was asked before it opened, and fails later, prolongs nothing."""
        if self.open_until is not None and not self.probing:
            return self
        failures = self.failures + 1
        is_open = self.probing or failures >= self.most_failures
        return Breaker(self.most_failures, self.rest_s, failures, now + self.rest_s if is_open else None)
