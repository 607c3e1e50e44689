"""Who moves the money, in memory, for tests: remembers every hold and what became of it, and can be made to fail."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TypeVar

from commerce.errors import BackEndRefused, BackEndUnavailable
from commerce.money import Money
from commerce.payments import Declined, Held, Hold, PayLink, SavedCard

T = TypeVar("T")

GOOD, BROKE = ("cus_ann", "pm_good"), ("cus_ann", "pm_broke")
"""A card that can be charged, and one that is declined."""


@dataclass
class Account:
    """What became of one hold or link."""

    amount: Money
    state: str = "held"
    captured: int = 0
    refunded: int = 0


@dataclass
class Bank:
    """`commerce.payments.Payments`. `lose_answers`: so many next questions are done, and then not answered; `away`: so
    many are not even heard. `asked`: every question, in order."""

    accounts: dict[str, Account] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lose_answers: int = 0
    away: int = 0
    file: Path | None = None
    """Where it is remembered when its process dies."""
    before: Callable[[str], None] = lambda _question: None
    after: Callable[[str], None] = lambda _question: None
    _keys: dict[str, object] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def authorize(self, hold: Hold) -> Held | Declined:
        return self._once("authorize", hold.id, lambda: self._authorize(hold))

    def _authorize(self, hold: Hold) -> Held | Declined:
        if (hold.payer, hold.method) == BROKE:
            return Declined("card_declined")
        self.accounts[f"pi_{hold.id}"] = Account(hold.amount)
        return Held(f"pi_{hold.id}")

    def capture(self, reference: str, key: str) -> None:
        def work() -> None:
            account = self.accounts[reference]
            if account.state != "held":
                raise BackEndRefused(f"it is {account.state}")
            account.state, account.captured = "captured", account.amount.minor

        self._once("capture", key, work)

    def release(self, hold: Hold | None, reference: str, key: str) -> None:
        def work() -> None:
            found = reference
            if not found and hold is not None:
                answer = self._keys.setdefault(hold.id, self._authorize(hold))
                found = answer.reference if isinstance(answer, Held) else ""
            if (account := self.accounts.get(found)) is not None:
                account.state = "void" if account.state in ("held", "open") else account.state
                account.refunded = account.captured

        self._once("release", key, work)

    def refund(self, reference: str, amount: Money, key: str) -> None:
        def work() -> None:
            account = self.accounts[reference]
            if account.refunded + amount.minor > account.captured:
                raise BackEndRefused("more than was charged")
            account.refunded += amount.minor

        self._once("refund", key, work)

    def link(self, payment: str, amount: Money, what: str) -> PayLink:
        def work() -> PayLink:
            self.accounts[f"cs_{payment}"] = Account(amount, "open")
            return PayLink(f"cs_{payment}", f"https://pay.example/{payment}")

        assert what
        return self._once("link", payment, work)

    def saved_card(self, payer: str, method: str) -> SavedCard:
        if (payer, method) not in (GOOD, BROKE):
            raise BackEndRefused("no such card")
        return SavedCard("visa", "4242")

    def pay(self, payment: str) -> Money:
        """As a customer who follows the link."""
        account = self.accounts[f"cs_{payment}"]
        assert account.state == "open"
        account.state, account.captured = "captured", account.amount.minor
        self.accounts[f"pi_{payment}"] = account
        return account.amount

    @property
    def kept(self) -> int:
        """All that was charged and not paid back, in minor units."""
        return sum(each.captured - each.refunded for each in set_of(self.accounts))

    @property
    def held(self) -> int:
        return sum(each.amount.minor for each in set_of(self.accounts) if each.state == "held")

    def _recall(self) -> None:
        if self.file is not None and self.file.exists():
            accounts, keys = pickle.loads(self.file.read_bytes())
            self.accounts.clear()
            self.accounts.update(accounts)
            self._keys.clear()
            self._keys.update(keys)

    def _remember(self) -> None:
        if self.file is not None:
            self.file.with_suffix(".new").write_bytes(pickle.dumps((self.accounts, self._keys)))
            self.file.with_suffix(".new").replace(self.file)

    def _once(self, question: str, key: str, work: Callable[[], T]) -> T:
        """The same key again has the same answer, whatever became of it since."""
        with self._lock:
            self.asked.append(f"{question} {key}")
            self.before(question)
            if self.away:
                self.away -= 1
                raise BackEndUnavailable("the bank is away")
            self._recall()
            if key not in self._keys:
                self._keys[key] = work()
                self._remember()
            answer: T = self._keys[key]  # type: ignore[assignment]
            self.after(question)
            if self.lose_answers:
                self.lose_answers -= 1
                raise BackEndUnavailable("the answer was lost")
            return answer


def set_of(accounts: dict[str, Account]) -> list[Account]:
    return list({id(each): each for each in accounts.values()}.values())
