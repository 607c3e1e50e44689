"""Knows the tables of what went from shopping lists into carts. Knows no rule."""

from __future__ import annotations

from commerce.database import DatabaseFile, Row


class MovedTables(DatabaseFile):
    """To be called inside a transaction. What a cart forgets of its past is forgotten here, too."""

    def keep_moved(self, cart: str, household: str, lines: str) -> None:
        """With the newest version of the cart."""
        self._run("INSERT INTO moved_lists SELECT id, head, ?, ? FROM carts WHERE id = ?", household, lines, cart)

    def moved_with(self, cart: str, ahead: int = 0) -> Row | None:
        """What came from a list with the present version of the cart, or with the one so many ahead."""
        return self._row(
            "SELECT household, lines FROM moved_lists JOIN carts ON cart = id WHERE id = ? AND version = head + ?",
            *(cart, ahead),
        )
