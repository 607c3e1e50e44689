"""Knows how figures are drawn as SVG. Knows no call and no shop."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INCHES = (8.0, 3.0)
MOST_LABELS = 14


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """Bars side by side, one group for each label; an <svg> element that needs nothing else."""
    with rc_context({"svg.hashsalt": title, "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=INCHES, layout="constrained")
        axes = figure.subplots()
        width = 0.8 / len(series)
        for number, (name, values) in enumerate(series.items()):
            places = [at - 0.4 + width * (number + 0.5) for at in range(len(labels))]
            axes.bar(places, values, width, label=name)
        every = -(-len(labels) // MOST_LABELS)
        axes.set_xticks(range(0, len(labels), every), labels[::every], rotation=30, ha="right")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(title)
        figure.legend(loc="outside lower center", ncols=len(series), frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^.*?(?=<svg)|<!--.*?-->|<metadata>.*?</metadata>", "", drawn.getvalue(), flags=re.DOTALL)
