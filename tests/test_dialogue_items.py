"""What the assistant does about orders, changes and doubtful items, with the real shop behind it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu import intent
from nlu.intent import Add, AddSame, Choice, Number, Order, Pick, Ref, Remove, Replace, SetOptions, SetQuantity, Simple
from tests.talk import CHECKOUT, NO, YES, Talk, add, item
from voxcart.states import (
    Choosing,
    ConfirmingGuess,
    ConfirmingQuantity,
    Shopping,
)

LARGE, SOY = ("size", "large"), ("milk", "soy_milk")


async def test_cheap_adds_are_echoed_in_passing() -> None:
    talk = Talk()
    assert await talk.says(add("latte", 2, LARGE)) == "Okay. Two large lattes. Anything else?"
    assert isinstance(talk.phase, Shopping)


async def test_several_items_are_one_command() -> None:
    talk = Talk()
    await talk.says(Order((Add(item("latte")), Add(item("croissant", 2)))))
    assert talk.cart == ["a medium latte", "two croissants"]
    assert [done["command"]["type"] for done in talk.log[-1][3]["did"]] == ["ChangeCart"]


async def test_compound_command_does_both_and_says_both() -> None:
    talk = Talk()
    answer = await talk.says(add("tea"), Order((Add(item("croissant")), Remove(Ref("tea")))))
    assert talk.cart == ["a croissant"]
    assert "croissant" in answer
    assert "medium tea" in answer


async def test_it_means_the_thing_added_in_the_same_breath() -> None:
    talk = Talk()
    await talk.says(Order((Add(item("latte")), SetQuantity(Ref(), Decimal(3)), SetOptions(Ref(), (Choice(*LARGE),)))))
    assert talk.cart == ["three large lattes"]


THREE_LINES = Order((Add(item("latte")), Add(item("mocha")), Add(item("tea"))))


@pytest.mark.parametrize(
    ("edit", "cart"),
    [
        (AddSame(Ref()), ["a medium latte", "a medium mocha", "two medium teas"]),
        (AddSame(Ref("latte"), Decimal(2)), ["three medium lattes", "a medium mocha", "a medium tea"]),
        (Remove(Ref(position=-1)), ["a medium latte", "a medium mocha"]),
        (Remove(Ref(position=2)), ["a medium latte", "a medium tea"]),
        (Remove(Ref(position=9)), ["a medium latte", "a medium mocha", "a medium tea"]),
        (SetQuantity(Ref("mocha"), Decimal(0)), ["a medium latte", "a medium tea"]),
        (SetOptions(Ref(), (Choice(*LARGE),)), ["a medium latte", "a medium mocha", "a large tea"]),
        (Replace(Ref("latte"), item("espresso")), ["a medium espresso", "a medium mocha", "a medium tea"]),
    ],
)
async def test_references_edit_the_line_that_is_meant(edit: intent.Edit, cart: list[str]) -> None:
    talk = Talk()
    await talk.says(THREE_LINES, Order((edit,)))
    assert talk.cart == cart


async def test_a_reference_that_fits_two_lines_is_asked_about() -> None:
    talk = Talk()
    both = Order((Add(item("latte", 1, LARGE)), Add(item("latte", 1, SOY))))
    answer = await talk.says(both, Order((Remove(Ref("latte")),)))
    assert "a large latte or a medium latte with soy milk" in answer
    await talk.says(Pick(options=(Choice(*SOY),)))
    assert talk.cart == ["a large latte"]


async def test_without_takes_off_what_the_line_has() -> None:
    talk = Talk()
    await talk.says(add("latte", 1, SOY), Order((SetOptions(Ref(), (Choice("milk", "milk", wanted=False),)),)))
    assert talk.cart == ["a medium latte"]


async def test_undo_twice_and_redo_restore_the_carts() -> None:
    talk = Talk()
    await talk.says(add("latte"), add("tea"), Order((Remove(Ref("latte")),)))
    carts = [talk.cart]
    for _ in range(2):
        await talk.says(Simple("undo"))
        carts.append(talk.cart)
    assert carts == [["a medium tea"], ["a medium latte", "a medium tea"], ["a medium latte"]]
    await talk.says(Simple("redo"))
    assert talk.cart == ["a medium latte", "a medium tea"]


async def test_correction_changes_the_line_just_added() -> None:
    talk = Talk()
    await talk.says(add("latte", 3), Order((SetQuantity(Ref(), Decimal(2)),), correction=True))
    assert talk.cart == ["two medium lattes"]


# ---- questions about items -----------------------------------------------------------------------------------------


async def test_a_guess_is_asked_about_before_it_is_bought() -> None:
    talk = Talk()
    assert "a mocha?" in await talk.says(add("mocha", 1, guessed=True))
    assert talk.cart == []
    await talk.says(YES)
    assert talk.cart == ["a medium mocha"]


async def test_a_wrong_guess_is_dropped_by_a_correction() -> None:
    talk = Talk()
    await talk.says(add("mocha", 1, guessed=True))
    assert isinstance(talk.phase, ConfirmingGuess)
    await talk.says(Order((Add(item("latte")),), correction=True))
    assert talk.cart == ["a medium latte"]
    assert isinstance(talk.phase, Shopping)


@pytest.mark.parametrize(
    ("pick", "chosen"),
    [
        (Pick(2), "a medium mocha"),
        (Pick(-1), "a medium espresso"),
        (Pick(product="latte"), "a medium latte"),
        (Pick(by="cheapest"), "a medium espresso"),
        (Pick(by="dearest"), "a medium mocha"),
    ],
)
async def test_candidates_are_picked_by_place_name_or_price(pick: Pick, chosen: str) -> None:
    talk = Talk()
    await talk.says(add("latte", 1, alternatives=("mocha", "espresso")), pick)
    assert talk.cart == [chosen]


async def test_out_of_catalogue_words_are_refused_with_the_nearest_offer() -> None:
    talk = Talk()
    answer = await talk.says(Order((), not_sold=(intent.NotSold("oat cookies", ("chocolate_cookie",)),)))
    assert "don't have oat cookies" in answer
    assert "a chocolate cookie" in answer
    assert talk.cart == []
    await talk.says(YES)
    assert talk.cart == ["a chocolate cookie"]


async def test_nine_hits_come_in_threes_without_repetition() -> None:
    talk = Talk()
    coffees = [product.id for product in talk.shop.catalog.products if product.category == "coffee"]
    await talk.says(intent.AskProducts("coffee"))
    heard: list[str] = []
    while isinstance(talk.phase, Choosing):
        assert len(talk.phase.options) <= 3
        heard += talk.phase.options
        await talk.says(Simple("more"))
    assert heard == coffees


async def test_a_number_answers_whether_several_were_meant() -> None:
    talk = Talk()
    answer = await talk.says(Order((Add(intent.Item("latte", guessed=True)),)))
    assert "latte" in answer
    await talk.says(Number(Decimal(3)))
    assert talk.cart == ["three medium lattes"]


async def test_one_of_several_that_are_there_can_be_picked() -> None:
    talk = Talk()
    answer = await talk.says(intent.AskStock(intent.Item("chocolate_cookie", alternatives=("hot_chocolate",))))
    assert "chocolate cookie and hot chocolate" in answer
    await talk.says(Pick(2))
    assert talk.cart == ["a medium hot chocolate"]


async def test_sold_out_products_are_not_offered() -> None:
    talk = Talk()
    talk.shop.set_stock("croissant", Decimal(0))
    assert "croissant" not in await talk.says(intent.AskProducts("pastry"))


async def test_stock_is_looked_up_when_asked() -> None:
    talk = Talk()
    assert "Yes, we have croissant" in await talk.says(intent.AskStock(item("croissant")))
    talk.shop.set_stock("croissant", Decimal(0))
    assert "out of croissant" in await talk.says(intent.AskStock(item("croissant")))


async def test_too_few_in_stock_offers_what_there_is() -> None:
    talk = Talk()
    talk.shop.set_stock("croissant", Decimal(3))
    answer = await talk.says(add("croissant", 5))
    assert "only have three croissants left" in answer
    await talk.says(YES)
    assert talk.cart == ["three croissants"]


async def test_option_that_is_not_on_the_list_names_those_that_are() -> None:
    talk = Talk()
    answer = await talk.says(add("latte", 1, ("roast", "blond_roast")))
    assert "light roast, medium roast, or dark roast" in answer
    await talk.says(Pick(options=(Choice("roast", "dark_roast"),)))
    assert talk.cart == ["a medium dark roast latte"]


async def test_option_that_the_product_does_not_take_is_refused() -> None:
    talk = Talk()
    assert "can't choose the milk for the croissant" in await talk.says(add("croissant", 1, SOY))
    await talk.says(YES)
    assert talk.cart == ["a croissant"]


async def test_absurd_quantity_is_asked_about() -> None:
    talk = Talk()
    assert "thirty" in await talk.says(add("latte", 30))
    assert talk.cart == []
    assert isinstance(talk.phase, ConfirmingQuantity)
    assert "How many" in await talk.says(NO)
    await talk.says(Number(Decimal(3)))
    assert talk.cart == ["three medium lattes"]


async def test_impossible_quantity_asks_for_a_realistic_number() -> None:
    talk = Talk()
    assert "How many" in await talk.says(add("latte", 18_000))
    assert talk.cart == []


async def test_undo_takes_back_the_question_before_the_cart() -> None:
    talk = Talk()
    await talk.says(add("tea"), add("latte", 30))
    assert isinstance(talk.phase, ConfirmingQuantity)
    await talk.says(Simple("undo"))
    assert isinstance(talk.phase, Shopping)
    assert talk.cart == ["a medium tea"]
    await talk.says(Simple("undo"))
    assert talk.cart == []


async def test_checkout_in_the_middle_of_a_doubt_follows_its_answer() -> None:
    talk = Talk()
    await talk.says(add("latte", 30))
    assert "thirty" in await talk.says(CHECKOUT)
    assert isinstance(talk.phase, ConfirmingQuantity)
    assert "Shall I place the order?" in await talk.says(YES)


async def test_a_correction_that_reaches_no_line_drops_the_question() -> None:
    talk = Talk()
    await talk.says(add("latte", 1, guessed=True))
    await talk.says(Order((), correction=True))
    assert isinstance(talk.phase, Shopping)
    assert talk.cart == []
