"""Does the time of an answer tell a right PIN from a wrong one, or a customer from nobody?

The three kinds are tried in random order on one database on disk, so that the load of the machine falls on all alike.
`p` is Welch's test of the time by the clock against the right PIN: below 0.05 the kinds could be told apart. `cpu` is
what this process worked, which other programs disturb least.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from math import sqrt
from pathlib import Path
from statistics import NormalDist, fmean, median, variance
from time import perf_counter, process_time

from benchmarks import report
from commerce.commands import CheckPin
from commerce.customers import add_customer
from commerce.settings import CommerceSettings
from commerce.shop import Shop, open_shop
from commerce.shop_file import load_shop

SHOP = Path(__file__).parent.parent / "commerce" / "shops" / "coffee.toml"
SEED = 7
NOBODY = "999999"
NEVER_LOCKED = 10**9


def measure(shop: Shop, tries: int, dice: random.Random) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of each try by kind: by the clock, and of the processor."""
    ann, pin = add_customer(shop.till, "Ann", "5550100100")
    wrong = str((int(pin) + 1) % 10_000).zfill(4)
    kinds = {"right PIN": (ann, pin), "wrong PIN": (ann, wrong), "nobody": (NOBODY, pin)}
    order = [kind for kind in kinds for _ in range(tries)]
    dice.shuffle(order)
    clock: dict[str, list[float]] = {kind: [] for kind in kinds}
    cpu: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number, kind in enumerate(order):
        command = CheckPin(kinds[kind][0], "bench", kinds[kind][1])
        began, worked = perf_counter(), process_time()
        shop.execute(command, f"bench/{number}")
        cpu[kind].append((process_time() - worked) * 1000)
        clock[kind].append((perf_counter() - began) * 1000)
    return clock, cpu


def welch(one: list[float], other: list[float]) -> float:
    """The two-sided p of equal means; by the normal law, which holds for samples of hundreds."""
    spread = sqrt(variance(one) / len(one) + variance(other) / len(other))
    return 2 * (1 - NormalDist().cdf(abs(fmean(one) - fmean(other)) / spread))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=1000, help="of each kind")
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as folder:
        settings = CommerceSettings(pin_tries=NEVER_LOCKED)
        shop = open_shop(load_shop(SHOP), Path(folder) / "shop.db", settings)
        clock, cpu = measure(shop, tries, random.Random(SEED))
        shop.close()
    rows = [
        {
            "kind": kind,
            "mean_ms": round(fmean(times), 3),
            "median_ms": round(median(times), 3),
            "mean_off_percent": _off(clock, kind),
            "p": round(welch(clock["right PIN"], times), 3),
            "cpu_mean_ms": round(fmean(cpu[kind]), 3),
            "cpu_mean_off_percent": _off(cpu, kind),
            "cpu_p": round(welch(cpu["right PIN"], cpu[kind]), 3),
        }
        for kind, times in clock.items()
    ]
    report.write("pin_timing", rows, tries_of_each=tries, seed=SEED)


def _off(times: dict[str, list[float]], kind: str) -> float:
    return round(100 * (fmean(times[kind]) / fmean(times["right PIN"]) - 1), 2)


if __name__ == "__main__":
    main()
