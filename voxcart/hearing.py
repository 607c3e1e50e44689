"""Knows what was heard as an answer to the open question: words, keys, silence. Without side effects. PURE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from commerce.catalog import Catalog
from commerce.spoken import Spoken
from nlu import intent
from nlu.language import load_language
from nlu.redaction import card_in, is_card
from nlu.text import is_unfinished
from voice.audio import RATE_HZ
from voice.call import CallInput, HandedOver, HungUp, NotHandedOver, Silence, Stretch
from voice.channels import Keys
from voice.prompt import Foresight
from voice.recognizer import Transcript
from voxcart.decisions import Gone, Silent, TakenOver, Unanswered, Unclear, Unsaid
from voxcart.questions import expecting, is_whole
from voxcart.states import (
    AskingQuantity,
    AskingRating,
    AwaitingAddress,
    AwaitingCode,
    AwaitingCoupon,
    AwaitingCustomer,
    AwaitingOrderNumber,
    AwaitingPhone,
    AwaitingPin,
    Choosing,
    ChoosingCategory,
    ConfirmingOrder,
    Guiding,
    OnList,
    Paused,
    Phase,
    Shopping,
)

COMPLETE = frozenset({"checkout", "goodbye", "human", "help", "read_cart", "undo", "redo", "cancel"})
"""What is complete as soon as it is said while shopping."""
IN_SENTENCES = ("order", "choice", "yes_no", "slot")
"""Kinds of answers in which words stand as in sentences; elsewhere "a" is a letter."""
Parse = Callable[[str, str, tuple[str, ...]], intent.Meaning | None]
"""(text, kind of answer expected, ids it may name) -> what it means."""
Heard: TypeAlias = intent.Meaning | Unsaid
CARD = intent.Simple("card")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was heard and what it means. `ignorable`: an "uh-huh" where nothing was asked that it could answer;
    `in_doubt`: parts of it were guessed or cannot be meant."""

    heard: CallInput
    meaning: Heard
    over_prompt: bool = False
    ignorable: bool = False
    in_doubt: bool = False

    @property
    def understood(self) -> bool:
        return not isinstance(self.meaning, Unclear)

    @property
    def unheard(self) -> bool:
        """Whether what was said must not be kept anywhere."""
        return self.meaning == CARD

    @property
    def replaceable(self) -> bool:
        """Whether another way to hear the same speech may be believed instead: nothing certain was understood."""
        return isinstance(self.meaning, Unclear) or self.in_doubt

    @property
    def can_replace(self) -> bool:
        """Whether this is certain, and may be found among the ways to hear it."""
        return can_stand_in(self.meaning) and not self.in_doubt

    @property
    def dictated(self) -> str | None:
        return number_in(self.meaning)

    @property
    def gist(self) -> Heard:
        return self.meaning

    @property
    def topics(self) -> frozenset[object]:
        return topics_of(self.meaning)


def number_in(meaning: Heard | None) -> str | None:
    """The digits of a number; "" where they are unclear, None for anything else."""
    match meaning:
        case intent.Digits(digits, clear):
            return digits if clear else ""
        case _:
            return None


def is_in_doubt(meaning: Heard, catalog: Catalog, has_lines: bool = True) -> bool:
    """Whether parts of it were guessed, name nothing in the shop, or cannot be: options that the product does not take,
    changes of an empty cart. What names several things is not in doubt."""
    match meaning:
        case intent.Several(parts):
            return any(is_in_doubt(part, catalog, has_lines) for part in parts)
        case intent.Order(edits, _, not_sold):
            items = [edit.item for edit in edits if isinstance(edit, intent.Add | intent.Replace)]
            changes_only = not any(isinstance(edit, intent.Add) for edit in edits)
            impossible = any(item.guessed or not _can_be(item, catalog) for item in items)
            return bool(not_sold) or impossible or (changes_only and not has_lines)
        case intent.OnList(order):
            return is_in_doubt(order, catalog)
        case intent.AskPrice(intent.Item(guessed=True)) | intent.AskStock(intent.Item(guessed=True)):
            return True
        case intent.AskUnknown():
            return True
        case _:
            return False


def _can_be(item: intent.Item, catalog: Catalog) -> bool:
    takes = catalog.by_id[item.product].options
    return all(choice.group in takes for choice in item.options if choice.wanted)


def topics_of(meaning: Heard) -> frozenset[object]:
    """The products and option values that are spoken of."""
    match meaning:
        case intent.Several(parts):
            return frozenset().union(*map(topics_of, parts))
        case intent.Order(edits) | intent.OnList(intent.Order(edits)):
            return frozenset().union(*map(_edited, edits))
        case intent.AskPrice(intent.Item() as item) | intent.AskStock(intent.Item() as item):
            return _of_item(item)
        case _:
            return frozenset()


def _edited(edit: intent.Edit) -> frozenset[object]:
    match edit:
        case intent.Add(item):
            return _of_item(item)
        case intent.Replace(ref, item):
            return _of_item(item) | _of_ref(ref)
        case intent.SetOptions(ref, options):
            return _of_ref(ref) | {(choice.group, choice.value) for choice in options}
        case other:
            return _of_ref(other.ref)


def _of_item(item: intent.Item) -> frozenset[object]:
    return frozenset((item.product, *item.alternatives, *((choice.group, choice.value) for choice in item.options)))


def _of_ref(ref: intent.Ref) -> frozenset[object]:
    named = (ref.product, *ref.alternatives) if ref.product is not None else ()
    return frozenset((*named, *((choice.group, choice.value) for choice in ref.options)))


def can_stand_in(meaning: Heard) -> bool:
    """Whether it is no answer that must not be heard into noise: a "yes", a PIN, a goodbye."""
    match meaning:
        case intent.Several(parts):
            return all(map(can_stand_in, parts))
        case (
            intent.Order()
            | intent.OnList()
            | intent.AskPrice()
            | intent.AskStock()
            | intent.AskProducts()
            | intent.AskOptions()
        ):
            return True
        case _:
            return False


def read(heard: CallInput, phase: Phase, parse: Parse, catalog: Catalog, has_lines: bool = True) -> Reading:
    """`has_lines`: there is something in the cart that could be changed."""
    match heard:
        case Silence():
            return Reading(heard, Silent())
        case NotHandedOver():
            return Reading(heard, Unanswered())
        case HandedOver():
            return Reading(heard, TakenOver())
        case HungUp():
            return Reading(heard, Gone())
        case Keys(digits, over_prompt=over_prompt):
            if is_card(digits.strip("*#")):
                return Reading(heard, CARD, over_prompt)
            return Reading(heard, keyed(digits, phase.back if isinstance(phase, Paused) else phase), over_prompt)
        case Transcript(text, over_prompt=over_prompt):
            expected = expecting(phase)
            if card_in(text, load_language(catalog.language)):
                return Reading(heard, CARD, over_prompt)
            meaning = (parse(text, expected.kind, expected.focus) if text else None) or Unclear()
            ignorable = meaning == intent.Simple("backchannel")
            return Reading(heard, meaning, over_prompt, ignorable, is_in_doubt(meaning, catalog, has_lines))


def spoken_at(stretch: Stretch | None) -> Spoken | None:
    """Where a yes was; None where nothing was heard, as in a typed conversation."""
    if stretch is None or stretch.prompt_end is None:
        return None
    return Spoken(*(at * 1000 // RATE_HZ for at in (stretch.prompt_end, stretch.start, stretch.end)))


SHOPPING_KEYS: dict[str, intent.Intent] = {
    "1": intent.AskProducts(),
    "2": intent.Order((intent.AddSame(intent.Ref()),)),
    "3": intent.Simple("read_cart"),
    "*": intent.Simple("undo"),
    "#": intent.Simple("checkout"),
}
"""Where nothing is asked: what there is, one more of the last, the cart, take back, finish."""


def keyed(keys: str, phase: Phase) -> intent.Intent | Unclear:
    """Keys answer what the phase asks: a number, the place in a list (9 = the rest of it), 1 for yes and 2 for no.

    0 alone is a person. Wherever no number is asked for, * takes back and # ends: the order, or the question beside it.
    """
    match phase, keys:
        case OnList(asks), _:
            return keyed(keys, asks[0])
        case _, "0" | "0#":
            return intent.Simple("human")
        case AwaitingPin() | AwaitingCode() | AwaitingCustomer() | AwaitingOrderNumber() | AwaitingPhone(), _:
            digits = keys.rstrip("#")
            return intent.Digits(digits, digits.isdigit())
        case AwaitingCoupon() | AwaitingAddress(), _ if keys.isdigit():
            return intent.Spelled(keys)
        case Shopping(), _ if keys in SHOPPING_KEYS:
            return SHOPPING_KEYS[keys]
        case Shopping(), _:
            return Unclear()
        case ConfirmingOrder(), "#":
            return Unclear()
        case _, "*" | "#":
            return intent.Simple("no")
        case AskingQuantity() | AskingRating(), _ if keys.isdigit():
            return intent.Number(Decimal(keys))
        case Choosing(rest=rest) | ChoosingCategory(rest=rest), "9" if rest:
            return intent.Simple("more")
        case Guiding(division=division), "1" | "2" if len(division.values) == 1:
            return intent.Simple("yes" if keys == "1" else "no")
        case Guiding(), "9":
            return intent.Simple("more")
        case ChoosingCategory(), _ if keys.isdigit():
            return intent.Pick(int(keys))
        case _ if keys.isdigit() and expecting(phase).kind == "choice":
            return intent.Pick(int(keys))
        case _, "1" | "2":
            return intent.Simple("yes" if keys == "1" else "no")
        case _:
            return Unclear()


def foresee(partial: str, phase: Phase, catalog: Catalog, parse: Parse, has_lines: bool) -> Foresight:
    """A yes, a choice, "that's all" or a whole PIN is complete when it is heard; "I'd like" must go on."""
    asked = expecting(phase)
    if asked.kind in IN_SENTENCES and is_unfinished(partial, load_language(catalog.language)):
        return "unfinished"
    match parse(partial, asked.kind, asked.focus):
        case None | intent.Said():
            return "open"
        case intent.Digits(digits, clear):
            return "complete" if clear and is_whole(digits, phase) else "open"
        case intent.Person():
            return "complete"
        case intent.Simple(name) if asked.kind == "order" and name in COMPLETE:
            return "complete"
        case intent.Simple() | intent.Pick() if asked.kind in ("yes_no", "choice"):
            return "complete"
        case meaning:
            return "open" if is_in_doubt(meaning, catalog, has_lines) else "sensible"
