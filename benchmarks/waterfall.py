"""Where do the milliseconds of an answer go? Draws every turn of a replayed call as a bar (CHECKS.md row 1).

The same as `voxcart replay --timing`, as results/waterfall.png. Needs matplotlib: `pip install -e .[bench]`.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks import report
from voice import events
from voice.channels.script import load_script
from voxcart.build import open_engines, open_shop
from voxcart.config import load_config
from voxcart.replay import Screen, replay
from voxcart.waterfall import STAGES, Turn, Waterfall, percentiles

DEMO = Path(__file__).parent.parent / "audio_fixtures" / "calls" / "demo.toml"


class Watcher(Screen):
    """Shows nothing."""

    def __init__(self) -> None:
        self.waterfall = Waterfall()

    def watch(self, event: events.CallEvent) -> None:
        self.waterfall.watch(event)

    def frame(self, caller: bytes, assistant: bytes, start: int) -> None:
        self.waterfall.frame(caller, assistant, start)

    def log(self, kind: str, payload: Mapping[str, Any]) -> None:
        pass


def draw(turns: Sequence[Turn], path: Path) -> None:
    """One bar a turn, the first on top; a dot where the waveform has the answer's beginning."""
    mpl.use("agg")
    from matplotlib import pyplot
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.4 * len(turns)), layout="constrained")
    palette = pyplot.get_cmap("tab10")
    colours = {stage: palette(number) for number, stage in enumerate(STAGES)}
    for number, turn in enumerate(turns, start=1):
        for stage, begun, ms in turn.bars():
            axes.barh(number, ms, left=begun, color=colours[stage], height=0.6)
        axes.plot(turn.waited, number, "o", color="black", markersize=5)
    handles = [Rectangle((0, 0), 1, 1, color=colours[stage]) for stage in STAGES]
    dot = Line2D([], [], color="black", marker="o", linestyle="none", markersize=5)
    names = [*(stage.replace("_", " ") for stage in STAGES), "answer on the waveform"]
    figure.legend([*handles, dot], names, loc="outside lower center", ncols=4, frameon=False)
    axes.set(xlabel="milliseconds after the caller's last sound", ylabel="turn", yticks=range(1, len(turns) + 1))
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("script", type=Path, nargs="?", default=DEMO, help="a call script or a recording")
    options = parser.parse_args()
    config, watcher = load_config(), Watcher()
    with tempfile.TemporaryDirectory() as scratch:
        front = open_shop(replace(config, store=replace(config.store, database=f"{scratch}/bench.db")), "coffee")
        engines = open_engines(config, front)
        asyncio.run(replay(load_script(options.script), config, front, engines, screen=watcher))
        engines.close()
        front.close()
    turns = watcher.waterfall.turns
    rows = [
        {"stage": name.replace("_", " "), "p50_ms": round(p50), "p95_ms": round(p95), "turns": count}
        for name, p50, p95, count in percentiles(turns)
    ]
    path = report.write("waterfall", rows, script=options.script.name).with_suffix(".png")
    draw(turns, path)
    print(path)


if __name__ == "__main__":
    main()
