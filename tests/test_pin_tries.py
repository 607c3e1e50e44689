"""Three wrong PINs lock an account, over calls, restarts and processes; an attempt is counted before it is compared."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commerce import failpoints
from commerce.commands import CheckPin, CountUnclearPin, PinAccepted, PinLocked, PinRejected, PinUnclear
from commerce.customers import add_customer, list_customers, unlock_customer
from commerce.errors import CustomerError, KeyReused, PinRefused
from commerce.pin_tries import change_pin
from commerce.shop import Shop
from tests.small_shop import Caller, StandingClock, open_kiosk

PIN = "8362"
WRONG = "9174"


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shop(clock: StandingClock) -> Shop:
    return open_kiosk(clock=clock)


@pytest.fixture
def ann(shop: Shop) -> str:
    return add_customer(shop.till, "Ann", "5550100100", PIN)[0]


def tried(shop: Shop, customer: str, pin: str, call: str = "") -> object:
    call = call or f"call-{os.urandom(4).hex()}"
    return shop.execute(CheckPin(customer, call, pin), f"{call}/1")


def test_remaining_tries_are_told_and_the_third_locks(shop: Shop, ann: str, clock: StandingClock) -> None:
    assert tried(shop, ann, WRONG) == PinRejected(2)
    assert tried(shop, ann, WRONG) == PinRejected(1)
    until = clock() + timedelta(minutes=15)
    assert tried(shop, ann, WRONG) == PinLocked(until)
    assert tried(shop, ann, PIN) == PinLocked(until), "the right PIN is refused as well"
    clock.move(minutes=14, seconds=59)
    assert tried(shop, ann, PIN) == PinLocked(until)
    clock.move(seconds=1)
    assert isinstance(tried(shop, ann, PIN), PinAccepted)


def test_each_lock_is_longer_and_the_last_needs_the_operator(shop: Shop, ann: str, clock: StandingClock) -> None:
    locks = []
    for _ in range(3):
        outcomes = [tried(shop, ann, WRONG) for _ in range(3)]
        assert outcomes[:2] == [PinRejected(2), PinRejected(1)]
        locks.append(outcomes[-1])
        if isinstance(outcomes[-1], PinLocked) and outcomes[-1].until:
            locks[-1] = (outcomes[-1].until - clock()).total_seconds() / 60
            clock.move(minutes=locks[-1])
    assert locks == [15, 30, PinLocked(None)]
    clock.move(days=1000)
    assert tried(shop, ann, PIN) == PinLocked(None)
    assert [(each.locked, each.locked_until) for each in list_customers(shop.till)] == [(True, None)]
    unlock_customer(shop.till, ann)
    assert isinstance(tried(shop, ann, PIN), PinAccepted)


def test_a_right_pin_starts_the_count_again(shop: Shop, ann: str) -> None:
    for _ in range(3):
        tried(shop, ann, WRONG)
        assert tried(shop, ann, WRONG) == PinRejected(1)
        assert isinstance(tried(shop, ann, PIN), PinAccepted), "the third try may be right"


def test_locks_survive_a_restart_and_leave_others_alone(tmp_path: Path, clock: StandingClock) -> None:
    shop = open_kiosk(tmp_path / "shop.db", clock)
    ann, _ = add_customer(shop.till, "Ann", "5550100100", PIN)
    bob, _ = add_customer(shop.till, "Bob", "5550100101", PIN)
    for _ in range(3):
        tried(shop, ann, WRONG)
        shop.close()
        shop = open_kiosk(tmp_path / "shop.db", clock)
    assert isinstance(tried(shop, ann, PIN), PinLocked)
    assert isinstance(tried(shop, bob, PIN), PinAccepted)


def test_the_telephone_number_is_no_second_account(shop: Shop, ann: str) -> None:
    tried(shop, ann, WRONG)
    assert tried(shop, "5550100100", WRONG) == PinRejected(1)
    accepted = tried(shop, "5550100100", PIN)
    assert isinstance(accepted, PinAccepted)
    assert accepted.customer == ann


def test_nobody_is_counted_and_locked_like_a_customer(shop: Shop) -> None:
    assert [tried(shop, "123456", PIN) for _ in range(2)] == [PinRejected(2), PinRejected(1)]
    assert isinstance(tried(shop, "123456", PIN), PinLocked)


def test_nobody_runs_the_same_statements_as_a_customer(shop: Shop, ann: str) -> None:
    paths = []
    for customer, pin in ((ann, PIN), (ann, WRONG), ("123456", WRONG)):
        statements: list[str] = []
        failpoints.install(lambda moment, sql, seen=statements: seen.append(sql) if moment == "before" else None)
        tried(shop, customer, pin)
        failpoints.clear()
        paths.append(statements)
    assert paths[0] == paths[1] == paths[2]


def test_unclear_input_is_no_attempt_but_has_an_end(shop: Shop, ann: str) -> None:
    caller = Caller(shop)
    unclear = CountUnclearPin(ann, caller.call)
    assert [caller.say(unclear) for _ in range(6)] == [PinUnclear(left) for left in (4, 3, 2, 1, 0, 0)]
    assert tried(shop, ann, WRONG) == PinRejected(2)
    assert shop.execute(CountUnclearPin(ann, "another"), "another/1") == PinUnclear(4)


def test_the_same_key_is_one_attempt(shop: Shop, ann: str) -> None:
    assert [tried(shop, ann, WRONG, "c") for _ in range(5)] == [PinRejected(2)] * 5
    with pytest.raises(KeyReused):
        tried(shop, ann, PIN, "c")
    assert tried(shop, ann, WRONG) == PinRejected(1)


def die(*_: object) -> bool:
    raise RuntimeError("the process ended here")


@pytest.mark.parametrize(("pin", "outcome"), [(PIN, PinAccepted), (WRONG, PinRejected)])
def test_an_attempt_that_broke_off_is_finished_under_its_key(
    pin: str, outcome: type[object], shop: Shop, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(shop.till.hasher, "matches", die)
        with pytest.raises(RuntimeError):
            tried(shop, ann, pin, "c")
        with pytest.raises(KeyReused):
            tried(shop, ann, "5293", "c")
    finished = tried(shop, ann, pin, "c")
    assert isinstance(finished, outcome)
    [check] = shop.store._rows("SELECT id, accepted FROM pin_checks")
    assert check["accepted"] == (pin == PIN)
    assert finished in (PinAccepted(check["id"], ann), PinRejected(2))


def test_a_third_try_that_broke_off_may_still_be_right(shop: Shop, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        tried(shop, ann, WRONG)
    with monkeypatch.context() as broken:
        broken.setattr(shop.till.hasher, "matches", die)
        with pytest.raises(RuntimeError):
            tried(shop, ann, PIN, "c")
    assert isinstance(tried(shop, ann, PIN), PinLocked), "it is counted, so the account is locked meanwhile"
    assert isinstance(tried(shop, ann, PIN, "c"), PinAccepted)
    assert tried(shop, ann, WRONG) == PinRejected(2), "the count has begun anew"


def test_a_key_has_one_answer_whatever_happens_later(shop: Shop, ann: str, clock: StandingClock) -> None:
    rejected = tried(shop, ann, WRONG, "first")
    tried(shop, ann, WRONG)
    locked = tried(shop, ann, WRONG, "third")
    refused = tried(shop, ann, PIN, "fourth")
    assert isinstance(refused, PinLocked)
    clock.move(minutes=15)
    assert [tried(shop, ann, WRONG, "first"), tried(shop, ann, WRONG, "third")] == [rejected, locked]
    assert tried(shop, ann, PIN, "fourth") == refused
    assert isinstance(tried(shop, ann, PIN), PinAccepted)


def test_after_a_success_the_first_lock_is_short_again(shop: Shop, ann: str, clock: StandingClock) -> None:
    for _ in range(2):
        assert [tried(shop, ann, WRONG) for _ in range(2)] == [PinRejected(2), PinRejected(1)]
        assert tried(shop, ann, WRONG) == PinLocked(clock() + timedelta(minutes=15))
        clock.move(minutes=15)
        assert isinstance(tried(shop, ann, PIN), PinAccepted)


def test_two_processes_with_one_key_make_one_attempt(shop: Shop, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other settles the attempt while this one compares."""
    matches = shop.till.hasher.matches
    first: list[object] = []

    def overtaken(pin: str, pin_hash: str | None) -> bool:
        monkeypatch.setattr(shop.till.hasher, "matches", matches)
        first.append(tried(shop, ann, pin, "c"))
        return matches(pin, pin_hash)

    monkeypatch.setattr(shop.till.hasher, "matches", overtaken)
    assert [tried(shop, ann, PIN, "c")] == first
    assert len(shop.store._rows("SELECT 1 FROM pin_checks")) == 1


def test_a_right_pin_does_not_open_a_lock_made_meanwhile(shop: Shop, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    matches = shop.till.hasher.matches

    def slow(pin: str, pin_hash: str | None) -> bool:
        monkeypatch.setattr(shop.till.hasher, "matches", matches)
        assert [type(tried(shop, ann, WRONG)) for _ in range(2)] == [PinRejected, PinLocked]
        return matches(pin, pin_hash)

    monkeypatch.setattr(shop.till.hasher, "matches", slow)
    assert isinstance(tried(shop, ann, PIN), PinLocked)
    assert isinstance(tried(shop, ann, PIN), PinLocked)


# ---- many at once, and dying ---------------------------------------------------------------------------------

NOW = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


def guess(database: Path, customer: str, worker: int, results: multiprocessing.Queue[str]) -> None:
    shop = open_kiosk(database)
    for turn in range(4):
        outcome = shop.execute(CheckPin(customer, f"w{worker}", f"{9000 + 4 * worker + turn}"), f"w{worker}/{turn}")
        results.put(type(outcome).__name__)


def test_parallel_calls_have_three_tries_in_all(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    shop = open_kiosk(database)
    ann, _ = add_customer(shop.till, "Ann", "5550100100", PIN)
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[str] = context.Queue()
    workers = [context.Process(target=guess, args=(database, ann, worker, results)) for worker in range(6)]
    for worker in workers:
        worker.start()
    told = Counter(results.get(timeout=60) for _ in range(24))
    for worker in workers:
        worker.join(60)
    with shop.store.transaction():
        compared = shop.store._rows("SELECT accepted FROM pin_checks")
    assert [row["accepted"] for row in compared] == [0, 0, 0]
    assert told["PinLocked"] + told["PinRejected"] == 24
    assert told["PinRejected"] <= 2


def die_while_comparing(database: Path, customer: str) -> None:
    shop = open_kiosk(database)
    shop.till.hasher.matches = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,method-assign]
    tried(shop, customer, WRONG)


def test_dying_between_counting_and_comparing_is_no_free_try(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    ann, _ = add_customer(open_kiosk(database).till, "Ann", "5550100100", PIN)
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        process = context.Process(target=die_while_comparing, args=(database, ann))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    shop = open_kiosk(database)
    assert tried(shop, ann, PIN) == PinLocked(shop.till.clock() + timedelta(minutes=15))


# ---- enrolment ----------------------------------------------------------------------------------------------


def test_a_customer_gets_a_random_pin_unless_they_choose_one(shop: Shop) -> None:
    ann, pin = add_customer(shop.till, "Ann", "5550100100")
    assert len(pin) == 4
    assert isinstance(tried(shop, ann, pin), PinAccepted)
    assert add_customer(shop.till, "Bob", "5550100101", "836291")[1] == "836291"
    assert [(each.name, each.phone, each.locked) for each in list_customers(shop.till)] == [
        ("Ann", "5550100100", False),
        ("Bob", "5550100101", False),
    ]


@pytest.mark.parametrize(
    ("values", "error", "why"),
    [
        (("Ann", "555", PIN), CustomerError, "7 to 15 digits"),
        ((" ", "5550100100", PIN), CustomerError, "needs a name"),
        (("A\x1b[0m", "5550100100", PIN), CustomerError, "control characters"),
        (("Ann", "555-010-0199", PIN), CustomerError, "already"),
        (("Ann", "5550100100", "1234"), PinRefused, "too easy"),
        (("Ann", "5550100100", PIN, "ten"), CustomerError, "not an amount"),
        (("Ann", "5550100100", PIN, "-1"), CustomerError, "negative"),
    ],
)
def test_what_cannot_be_enrolled(shop: Shop, values: tuple[str, ...], error: type[Exception], why: str) -> None:
    add_customer(shop.till, "Eve", "5550100199")
    with pytest.raises(error, match=why):
        add_customer(shop.till, *values)
    assert [each.name for each in list_customers(shop.till)] == ["Eve"]


def test_a_new_pin_needs_the_old_one(shop: Shop, ann: str) -> None:
    with pytest.raises(PinRefused):
        change_pin(shop.till, ann, PIN, "1234")
    with pytest.raises(CustomerError, match=r"changed: the old one is wrong\.$"):
        change_pin(shop.till, ann, WRONG, "5293")
    assert tried(shop, ann, WRONG) == PinRejected(1), "the wrong old PIN counted"
    change_pin(shop.till, "555 010 0100", PIN, "5293")
    [changed] = shop.store._rows("SELECT used FROM pin_checks WHERE accepted = 1")
    assert changed["used"], "changing the PIN authorises no order"
    assert isinstance(tried(shop, ann, "5293"), PinAccepted)
    for _ in range(3):
        tried(shop, ann, PIN)
    with pytest.raises(CustomerError, match=r"changed: it is locked\.$"):
        change_pin(shop.till, ann, "5293", PIN)


def test_unlocking_nobody_is_an_error(shop: Shop) -> None:
    with pytest.raises(CustomerError, match="no customer"):
        unlock_customer(shop.till, "000000")


def test_no_pin_is_kept_or_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop = open_kiosk(tmp_path / "shop.db")
    pins = ["83629174", "52937168", "61947382"]
    ann, _ = add_customer(shop.till, "Ann", "5550100100", pins[0])
    change_pin(shop.till, ann, pins[0], pins[1])
    for number, pin in enumerate(pins):
        command = CheckPin(ann, f"c{number}", pin)
        assert pin not in repr(command)
        assert pin not in repr(shop.execute(command, f"c{number}/1"))
    shown = "".join(capfd.readouterr())
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + shown.encode()
    shop.close()
    kept += (tmp_path / "shop.db").read_bytes()
    assert b"5550100100" in kept, "the search would find what is there"
    assert [pin for pin in pins if pin.encode() in kept] == []
