"""How a shopping list is spoken of, in a coffee bar and a grocery; and that an order stays an order."""

from __future__ import annotations

import pytest

from nlu.grammar import Grammar
from nlu.intent import Add, Digits, Meaning, OnList, Order, Person, Ref, Remove, Several, Simple
from nlu.language import load_language
from nlu.lists import WHOLE
from nlu.parse import parse
from tests.menus import load_menu
from tests.test_dialogues import grammar_of

COFFEE = Grammar.load("en", load_menu("coffee")[0])


def grocery() -> Grammar:
    return grammar_of("grocery")


def on_list(meaning: Meaning | None) -> list[tuple[str, str | None, int | None]]:
    """What kind of edit, of which product, of how many."""
    assert isinstance(meaning, OnList), meaning
    found: list[tuple[str, str | None, int | None]] = []
    for edit in meaning.order.edits:
        match edit:
            case Add(item):
                found.append(("add", item.product, int(item.quantity) if item.quantity else None))
            case Remove(ref, quantity):
                found.append(("remove", ref.product, int(quantity) if quantity else None))
    assert len(found) == len(meaning.order.edits)
    return found


@pytest.mark.parametrize(
    ("said", "edits"),
    [
        ("put two milks on the list", [("add", "milk", 2)]),
        ("add bananas to my shopping list", [("add", "bananas", None)]),
        ("put milk and two bananas on the list please", [("add", "milk", None), ("add", "bananas", 2)]),
        ("can you put eggs on our list", [("add", "eggs", None)]),
        ("could you add eggs to the grocery list", [("add", "eggs", None)]),
        ("we need eggs on the list", [("add", "eggs", None)]),
        ("i need three bananas on the list", [("add", "bananas", 3)]),
        ("on the list put three bananas", [("add", "bananas", 3)]),
        ("bananas on the list", [("add", "bananas", None)]),
        ("write eggs on the list", [("add", "eggs", None)]),
        ("note down two milks on the shopping list", [("add", "milk", 2)]),
        ("okay please put milk on my list", [("add", "milk", None)]),
        ("i'd like to add milk to the list", [("add", "milk", None)]),
        ("um put a dozen bananas on the family list", [("add", "bananas", 12)]),
        ("take milk off the list", [("remove", "milk", None)]),
        ("remove the bananas from our list", [("remove", "bananas", None)]),
        ("take two bananas off the list", [("remove", "bananas", 2)]),
        ("take it off the list", [("remove", None, None)]),
        ("cross the eggs off the shopping list", [("remove", "eggs", None)]),
        ("delete milk from my list please", [("remove", "milk", None)]),
        ("don't put eggs on the list", [("remove", "eggs", None)]),
        ("we don't need eggs on the list", [("remove", "eggs", None)]),
    ],
)
def test_what_is_put_on_the_list_or_taken_off(said: str, edits: list[tuple[str, str | None, int | None]]) -> None:
    assert on_list(parse(said, grocery())) == edits


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("what's on the list", "read_list"),
        ("what is on my shopping list please", "read_list"),
        ("read me the list", "read_list"),
        ("read the list to me", "read_list"),
        ("the list", "read_list"),
        ("can you tell me what's on the list", "read_list"),
        ("is there anything on the list", "read_list"),
        ("what do we still need to buy", "read_list"),
        ("clear the list", "clear_list"),
        ("empty my shopping list please", "clear_list"),
        ("delete everything on the list", "clear_list"),
        ("take everything off the list", "clear_list"),
        ("order the list", "order_list"),
        ("buy everything on the list", "order_list"),
        ("put the list in the cart", "order_list"),
        ("add the list to my order", "order_list"),
        ("put everything from the list in my cart", "order_list"),
        ("i'd like to order everything on the list", "order_list"),
        ("okay order the shopping list please", "order_list"),
    ],
)
def test_what_is_said_of_the_whole_list(said: str, name: str) -> None:
    for grammar in (grocery(), COFFEE):
        meaning = parse(said, grammar)
        assert isinstance(meaning, Simple)
        assert meaning.name == name


def test_every_sentence_about_the_whole_list_is_understood() -> None:
    language = load_language("en")
    wrong = {
        " ".join(words)
        for key, name in WHOLE.items()
        for words in language.lists[key]
        if parse(" ".join(words), COFFEE) != Simple(name)
    }
    assert wrong == set()


@pytest.mark.parametrize(
    "said",
    [
        "put milk on the list and add bananas to my order",
        "add bananas to my order and put milk on the list",
    ],
)
def test_each_goes_where_it_is_said_to_go(said: str) -> None:
    meaning = parse(said, grocery())
    assert isinstance(meaning, Several)
    [noted] = [part for part in meaning.intents if isinstance(part, OnList)]
    assert on_list(noted) == [("add", "milk", None)]
    [ordered] = [part for part in meaning.intents if isinstance(part, Order)]
    assert [edit.item.product for edit in ordered.edits if isinstance(edit, Add)] == ["bananas"]


def test_twice_on_the_list() -> None:
    meaning = parse("put milk on the list and put bananas on the list", grocery())
    assert isinstance(meaning, Several)
    assert [on_list(part) for part in meaning.intents] == [[("add", "milk", None)], [("add", "bananas", None)]]


@pytest.mark.parametrize(
    "said",
    ["add two lattes to my order", "two lattes please", "take the latte off", "what's in my cart", "clear my order"],
)
def test_an_order_says_nothing_of_a_list(said: str) -> None:
    meaning = parse(said, COFFEE)
    assert meaning is not None
    assert not isinstance(meaning, OnList)
    assert meaning not in [Simple(name) for name in WHOLE.values()]


def test_what_nobody_sells_is_told() -> None:
    meaning = parse("put unobtainium on the list", grocery())
    assert isinstance(meaning, OnList)
    assert [lost.text for lost in meaning.order.not_sold] == ["unobtainium"]


def test_a_yes_before_it_is_kept_where_one_was_asked_for() -> None:
    meaning = parse("yes and put a latte on the list", COFFEE, "yes_no")
    assert isinstance(meaning, Several)
    assert meaning.intents[0] == Simple("yes")
    assert on_list(meaning.intents[1]) == [("add", "latte", 1)]


def test_it_is_no_answer_to_a_choice() -> None:
    assert on_list(parse("put a mocha on the list", COFFEE, "choice", ("latte", "mocha"))) == [("add", "mocha", 1)]


def test_samples_mean_what_they_say() -> None:
    told = list(COFFEE.sample(800, 11, lists=True))
    assert sum(isinstance(meaning, OnList) for _, meaning in told) >= 15
    assert [said for said, meaning in told if isinstance(meaning, OnList) and parse(said, COFFEE) != meaning] == []


def test_the_recogniser_hears_of_lists_only_where_there_is_one() -> None:
    without, with_list = COFFEE.phrases("order"), COFFEE.phrases("order", lists=True)
    assert not any("the list" in phrase for phrase in without)
    assert set(without) < set(with_list)
    about = [phrase for phrase in with_list if " list" in phrase]
    assert {"order the list"} <= set(about)
    assert len(about) > 500
    assert COFFEE.phrases("digits", lists=True) == COFFEE.phrases("digits")


class TestNames:
    NAMES = ("Ada Smith", "Robert", "Mary Ann", "Mary")

    @pytest.mark.parametrize(
        ("said", "name"),
        [("ada", "Ada Smith"), ("it's ada smith", "Ada Smith"), ("robert please", "Robert"), ("mary ann", "Mary Ann")],
    )
    def test_whole_or_by_the_first_word(self, said: str, name: str) -> None:
        assert parse(said, COFFEE, "who", self.NAMES) == Person(name)

    def test_an_exact_name_goes_before_the_first_word_of_another(self) -> None:
        assert parse("mary", COFFEE, "who", self.NAMES) == Person("Mary")

    @pytest.mark.parametrize("said", ["ada or robert", "jonathan", "robertson"])
    def test_neither_two_nor_others_are_anybody(self, said: str) -> None:
        assert not isinstance(parse(said, COFFEE, "who", self.NAMES), Person)

    def test_two_with_the_same_first_name_are_asked_for_again(self) -> None:
        assert not isinstance(parse("ada", COFFEE, "who", ("Ada Smith", "Ada Jones")), Person)
        assert parse("ada jones", COFFEE, "who", ("Ada Smith", "Ada Jones")) == Person("Ada Jones")

    def test_digits_are_a_number_and_no_stays_a_no(self) -> None:
        assert parse("one two three four five six", COFFEE, "who", self.NAMES) == Digits("123456")
        assert parse("no", COFFEE, "who", self.NAMES) == Simple("no")

    def test_they_are_listened_for_with_digits(self) -> None:
        phrases = COFFEE.phrases("who", focus=self.NAMES)
        assert {"ada smith", "ada", "robert"} <= set(phrases)
        assert set(COFFEE.phrases("digits")) <= set(phrases)


def test_a_reference_to_the_list_is_no_quantity() -> None:
    assert parse("take the first one off the list", COFFEE) == OnList(Order((Remove(Ref(position=1)),)))


def test_whether_something_is_on_it_is_answered_with_the_list() -> None:
    assert parse("is milk on my list", COFFEE) == Simple("read_list")
