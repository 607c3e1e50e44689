"""Knows what can go wrong with a shop; what the caller should hear is an Outcome instead."""


class CommerceError(Exception):
    """Base of every error that this package raises; its text names the remedy."""


class ShopFileError(CommerceError):
    """A shop file that is not valid; names file, table and key."""


class StoreError(CommerceError):
    """The database cannot be used: locked, full, damaged or from a newer version."""


class KeyReused(CommerceError):  # noqa: N818
    """The same idempotency key came with another command."""


class PinRefused(CommerceError):  # noqa: N818
    """A new PIN that is no PIN, or too easy to guess; the text does not repeat it."""


class CustomerError(CommerceError):
    """A customer that cannot be added or changed as asked; says why."""
