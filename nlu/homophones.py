"""Knows which small words a recogniser writes for others that sound the same. Knows no meaning. PURE."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.language import Language


def reheard(words: Sequence[str], language: Language) -> list[str]:
    """The words as they must have been meant: "to lattes" is "two lattes". Rules of the language, in their order."""
    text = " ".join(words)
    for pattern, meant in language.homophones:
        text = re.sub(pattern, meant, text)
    return text.split()
