"""Does the time of an answer tell a right PIN from a wrong one, or a customer from nobody?

The three kinds are tried in random order on one database on disk, so that the load of the machine falls on all alike.
`p` is Welch's test against the right PIN: below 0.05 the kinds could be told apart.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from math import sqrt
from pathlib import Path
from statistics import NormalDist, fmean, median, variance
from time import perf_counter

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


def measure(shop: Shop, tries: int, dice: random.Random) -> dict[str, list[float]]:
    """Seconds of each try by kind."""
    ann, pin = add_customer(shop.till, "Ann", "5550100100")
    wrong = str((int(pin) + 1) % 10_000).zfill(4)
    kinds = {"right PIN": (ann, pin), "wrong PIN": (ann, wrong), "nobody": (NOBODY, pin)}
    order = [kind for kind in kinds for _ in range(tries)]
    dice.shuffle(order)
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number, kind in enumerate(order):
        command = CheckPin(kinds[kind][0], "bench", kinds[kind][1])
        began = perf_counter()
        shop.execute(command, f"bench/{number}")
        seconds[kind].append(perf_counter() - began)
    return seconds


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
        seconds = measure(shop, tries, random.Random(SEED))
        shop.close()
    right = seconds["right PIN"]
    rows = [
        {
            "kind": kind,
            "mean_ms": round(fmean(times) * 1000, 3),
            "median_ms": round(median(times) * 1000, 3),
            "mean_off_percent": round(100 * (fmean(times) / fmean(right) - 1), 2),
            "p": round(welch(right, times), 3),
        }
        for kind, times in seconds.items()
    ]
    report.write("pin_timing", rows, tries_of_each=tries, seed=SEED)


if __name__ == "__main__":
    main()
