from __future__ import annotations

from voice.audio import RATE_HZ
from voice.channels import Keys
from voice.keypad import Keypad


def keypad(kind: str) -> Keypad:
    fresh = Keypad()
    fresh.expect(kind, 2000)
    return fresh


def test_a_number_is_finished_by_a_pause() -> None:
    keys = keypad("digits")
    keys.press(Keys("4", 0))
    keys.press(Keys("7", RATE_HZ))
    assert keys.finished(3 * RATE_HZ - 1) is None
    assert keys.is_pending
    assert keys.finished(3 * RATE_HZ) == Keys("47", RATE_HZ)
    assert not keys.is_pending
    assert keys.finished(9 * RATE_HZ) is None


def test_a_number_is_finished_by_the_hash_key() -> None:
    keys = keypad("digits")
    keys.press(Keys("47#", 100))
    assert keys.finished(100) == Keys("47", 100)


def test_the_hash_key_alone_is_an_answer() -> None:
    keys = keypad("digits")
    keys.press(Keys("#", 100))
    assert keys.finished(100) == Keys("#", 100)


def test_a_menu_is_answered_at_once() -> None:
    keys = keypad("choice")
    keys.press(Keys("2", 100))
    assert keys.finished(100) == Keys("2", 100)
    keys.press(Keys("#", 200))
    assert keys.finished(200) == Keys("#", 200)


def test_keys_of_one_question_do_not_answer_the_next() -> None:
    keys = keypad("digits")
    keys.press(Keys("4", 0))
    keys.expect("digits", 2000)
    keys.press(Keys("7", 100))
    assert keys.finished(3 * RATE_HZ) == Keys("7", 100)


def test_the_star_begins_a_number_anew() -> None:
    keys = keypad("digits")
    keys.press(Keys("12*34#", 100))
    assert keys.finished(100) == Keys("34", 100)
    keys.press(Keys("12", 200))
    keys.press(Keys("*", 300))
    assert not keys.is_pending
    assert keys.finished(300 + 9 * RATE_HZ) is None


def test_in_a_menu_the_star_is_an_answer() -> None:
    keys = keypad("choice")
    keys.press(Keys("*", 100))
    assert keys.finished(100) == Keys("*", 100)
