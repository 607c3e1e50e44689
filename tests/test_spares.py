from __future__ import annotations

from voice.spares import Spares


def test_what_is_put_back_is_taken_once() -> None:
    spares = Spares[str](3)
    spares.put("order", "a")
    assert spares.take("yes_no") is None
    assert spares.take("order") == "a"
    assert spares.take("order") is None


def test_the_last_one_is_taken_first_and_the_oldest_goes() -> None:
    spares = Spares[str](3)
    for kind, thing in (("order", "a"), ("yes_no", "b"), ("order", "c"), ("order", "d")):
        spares.put(kind, thing)
    assert spares.take("order") == "d"
    assert spares.take("order") == "c"
    assert spares.take("order") is None
    assert spares.take("yes_no") == "b"
