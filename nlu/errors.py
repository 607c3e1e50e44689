"""Knows what can go wrong with sentences."""


class NluError(Exception):
    """Base of every error that this package raises."""


class SentencesError(NluError):
    """A sentence file that cannot be compiled; names file, table and sentence."""
