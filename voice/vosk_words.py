"""Knows which words a Vosk model can write, read from its files. Does not load the model."""

from __future__ import annotations

import struct
from pathlib import Path

from voice.errors import ModelCorrupt

# The layout of OpenFst binaries: fst.h and symbol-table.cc.
FST_MAGIC, SYMBOLS_MAGIC = 2_125_659_606, 2_125_658_996
HAS_INPUT_SYMBOLS, HAS_OUTPUT_SYMBOLS = 1, 2


def words_of(folder: Path) -> tuple[str, ...]:
    """Every word of the model, in the order of its symbol table. Raises ModelCorrupt if there is no such table."""
    listed = folder / "graph" / "words.txt"
    graph = folder / "graph" / "Gr.fst"
    try:
        if listed.is_file():
            return tuple(line.split()[0] for line in listed.read_text("utf-8").splitlines() if line.strip())
        return _Reader(graph.read_bytes()).output_symbols()
    except (OSError, ValueError, struct.error) as error:
        raise ModelCorrupt(f"{folder} does not say which words it knows: {error}.") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def output_symbols(self) -> tuple[str, ...]:
        if self._number("<i") != FST_MAGIC:
            raise ValueError("Gr.fst is no OpenFst file")
        self._text()
        self._text()
        _version, flags = self._number("<i"), self._number("<i")
        for _ in ("properties", "start", "states", "arcs"):
            self._number("<q")
        if not flags & HAS_OUTPUT_SYMBOLS:
            raise ValueError("Gr.fst has no words")
        if flags & HAS_INPUT_SYMBOLS:
            self._symbols()
        return self._symbols()

    def _symbols(self) -> tuple[str, ...]:
        if self._number("<i") != SYMBOLS_MAGIC:
            raise ValueError("Gr.fst has no symbol table where it should be")
        self._text()
        self._number("<q")
        symbols = []
        for _ in range(self._number("<q")):
            symbols.append(self._text())
            self._number("<q")
        return tuple(symbols)

    def _number(self, form: str) -> int:
        (number,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return int(number)

    def _text(self) -> str:
        length = self._number("<i")
        text = self._data[self._at : self._at + length]
        self._at += length
        return text.decode("utf-8")
