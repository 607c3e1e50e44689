"""Knows what can go wrong with a shop; what the caller should hear is an Outcome instead."""

from __future__ import annotations

from pathlib import Path


class CommerceError(Exception):
    """Base of every error that this package raises; its text names the remedy."""


class ShopFileError(CommerceError):
    """A shop file that is not valid; names file, table and key."""


class StoreError(CommerceError):
    """The database cannot be used: locked, full, damaged or from a newer version."""

    @classmethod
    def of(cls, path: Path | None, error: Exception) -> StoreError:
        """What SQLite or the system said, with what to do about it; `path` None = in memory."""
        said = str(error)
        if isinstance(error, TimeoutError) or "locked" in said or "busy" in said:
            words = f"another process keeps the database busy ({said}). End it, or try again."
        elif "full" in said:
            words = f"there is no room left to write ({said}). Free some disk space; nothing was changed."
        elif "not a database" in said or "malformed" in said:
            words = f"the file is damaged or no Voxcart database ({said}). Restore a backup, or name another one."
        else:
            words = f"the database cannot be used ({said}). Check the disk and the permissions of its folder."
        return cls(f"{path or 'the database in memory'}: {words}")


class KeyReused(CommerceError):
    """The same idempotency key came with another command."""


class PinRefused(CommerceError):
    """A new PIN that is no PIN, or too easy to guess; the text does not repeat it."""


class CustomerError(CommerceError):
    """A customer that cannot be added or changed as asked; says why."""


class BackEndUnavailable(CommerceError):
    """What the merchant keeps elsewhere gave no answer, or none that makes sense; it may be there again later."""


class BackEndRefused(CommerceError):
    """What the merchant keeps elsewhere said no, for good; says why."""
