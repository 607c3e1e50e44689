"""After the rating callers may tell anything; it is kept with the call, and who does not want to need not."""

from __future__ import annotations

import pytest

from commerce.commands import Command, Failed, Outcome
from nlu.intent import AskHours, Meaning, Number, Said, Simple
from tests.talk import CHECKOUT, NO, YES, Talk, add
from voxcart.patience import DialogueSettings
from voxcart.redress_states import AskingComment
from voxcart.states import AwaitingPhone, Shopping

BYE, LOVELY = Simple("goodbye"), Said("You were lovely, Ann told me so")


async def rated(by_key: bool = False, comment: bool = True) -> Talk:
    talk = Talk(settings=DialogueSettings(ask_rating=True, ask_comment=comment))
    await talk.says(add("latte"), CHECKOUT, YES, BYE)
    await (talk.press("4") if by_key else talk.says(Number(4)))
    return talk


def kept(talk: Talk) -> list[tuple[str, str, int]]:
    with talk.shop.store.transaction():
        return [(row["call"], row["said"], row["rating"]) for row in talk.shop.store.comments()]


@pytest.mark.parametrize("by_key", [False, True])
async def test_a_rating_and_a_comment_are_kept_with_the_call(by_key: bool) -> None:
    talk = await rated(by_key)
    assert "anything you would like to tell us" in talk.last.text
    assert talk.last.listening.kind == "told"
    assert not talk.last.hang_up
    assert "Thank you, that helps us" in await talk.says(LOVELY)
    assert talk.last.hang_up
    assert kept(talk) == [("call-1", "You were lovely, Ann told me so", 4)]


@pytest.mark.parametrize("answer", [NO, BYE, Simple("thanks"), CHECKOUT])
async def test_who_does_not_want_to_need_not(answer: Meaning) -> None:
    talk = await rated()
    await talk.says(answer)
    assert talk.last.hang_up
    assert kept(talk) == []


async def test_yes_is_listened_to() -> None:
    talk = await rated()
    assert "listening" in await talk.says(YES)
    await talk.says(LOVELY)
    assert len(kept(talk)) == 1


async def test_silence_and_nonsense_end_the_call_soon() -> None:
    talk = await rated()
    await talk.silent()
    assert talk.last.hang_up
    other = await rated()
    await other.say(None)
    assert isinstance(other.phase, AskingComment)
    await other.say(None)
    assert other.last.hang_up
    assert kept(other) == []


async def test_a_further_order_comes_first() -> None:
    talk = await rated()
    await talk.says(AskHours("monday"))
    assert isinstance(talk.phase, AskingComment)
    await talk.says(add("tea"))
    assert isinstance(talk.phase, Shopping)


@pytest.mark.parametrize("said", ["human", "help"])
async def test_what_works_everywhere_works_here(said: str) -> None:
    talk = await rated()
    await talk.says(Simple(said))
    assert isinstance(talk.phase, AwaitingPhone if said == "human" else AskingComment)


async def test_where_it_is_off_the_call_ends_with_the_rating() -> None:
    talk = await rated(comment=False)
    assert talk.last.hang_up


async def test_a_comment_that_cannot_be_kept_does_not_hold_anybody_up() -> None:
    talk = await rated()
    execute = talk.shop.execute

    def failing(command: Command, key: str) -> Outcome:
        return Failed("full") if type(command).__name__ == "CommentCall" else execute(command, key)

    talk.shop.execute = failing
    assert "went wrong" in await talk.says(LOVELY)
    await talk.says(NO)
    assert talk.last.hang_up
