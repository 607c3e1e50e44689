"""Runs every benchmark, one after the other, each in a process of its own: `python -m benchmarks [--data FOLDER]`."""

from __future__ import annotations

import argparse
import subprocess
import sys

WITH_DATA = (
    "orders",
    "rejection",
    "pin",
    "latency",
    "endpointing",
    "barge_in",
    "capacity",
    "sip_latency",
    "sip_load",
    "lookup",
    "names",
    "catalogue",
    "device",
    "own_voice",
    "wake",
)
WITHOUT_DATA = ("waterfall", "cold_start", "money", "pin_timing", "sip_torture", "sip_mutations", "sip_flood")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="../shared/data", help="folder of the recordings (benchmarks/README.md)")
    options = parser.parse_args()
    failed = []
    for name in WITH_DATA + WITHOUT_DATA:
        print(f"== {name}", flush=True)
        data = ["--data", options.data] if name in WITH_DATA else []
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *data], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
