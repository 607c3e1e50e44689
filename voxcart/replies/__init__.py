"""Knows every sentence the assistant can say, as data per language. Does not know why it is said."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.lists import format_list
from babel.numbers import get_currency_name
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Junk, Message, TextElement

from commerce.cart import Chosen
from commerce.catalog import Catalog, Product
from commerce.money import Money, minor_digits
from voxcart.errors import VoxcartError
from voxcart.experiments import Experiment
from voxcart.facts import Arg, DigitGroups, Fact, Goods, Listed, Measure, Named, Ordinal, Span, Spelled
from voxcart.replies.numbers import amount_class, digit_groups, number_words, ordinal_words, plain, spelled_out
from voxcart.replies.trials import trial_messages

FOLDER = Path(__file__).parent
NONE = "none"
"""What stands for an empty argument in a message's variants."""
_WHOLE_SENTENCE = re.compile(r"(?:^|(?<=[.!?:] ))([^\s.!?:,;][^.!?:]*[.!?:])(?=\s|$)")


class Replies:
    """Words facts for one shop in one language. Pure: the same fact is always worded the same."""

    def __init__(
        self,
        messages: str,
        rules: Mapping[str, Any],
        catalog: Catalog,
        experiments: Mapping[str, Experiment] | None = None,
    ) -> None:
        self._language: str = rules["language"]
        self._rules = rules
        self._catalog = catalog
        functions: dict[str, Any] = {"WORDS": self._words, "DAY": self._day, "UNIT": self._unit}
        self._bundle = FluentBundle([self._language], use_isolating=False, functions=functions)
        resource = FluentResource(messages + trial_messages(messages, experiments or {}))
        if broken := next((each for each in resource.body if isinstance(each, Junk)), None):
            raise VoxcartError(f"The {self._language}.ftl file cannot be read near: {str(broken.content)[:80]!r}.")
        self._bundle.add_resource(resource)
        self._messages = [each for each in resource.body if isinstance(each, Message)]
        self._categories = {each.id: each.name for each in catalog.categories}

    @classmethod
    def load(cls, language: str, catalog: Catalog, experiments: Mapping[str, Experiment] | None = None) -> Replies:
        """Raises VoxcartError if the language has no sentences, ConfigError if an experiment's cannot be said."""
        messages, rules = FOLDER / f"{language}.ftl", FOLDER / f"{language}.toml"
        if not messages.is_file() or not rules.is_file():
            spoken = ", ".join(sorted(each.stem for each in FOLDER.glob("*.ftl")))
            raise VoxcartError(f"There are no replies in {language!r}. Set the shop's language to one of: {spoken}.")
        return cls(messages.read_text("utf-8"), tomllib.loads(rules.read_text("utf-8")), catalog, experiments)

    # ---- facts ---------------------------------------------------------------------------------------------------

    def say(self, facts: Iterable[Fact]) -> str:
        """The facts as sentences, one after the other."""
        sentences = [sentence for each in facts if (sentence := self.word(each))]
        return " ".join([*sentences[:1], *map(self._without_opener, sentences[1:])])

    def _without_opener(self, sentence: str) -> str:
        """What follows in the same breath opens no second time: "Okay. ... Okay. ..."."""
        opener = next((each for each in self._rules["openers"] if sentence.startswith(f"{each} ")), "")
        return _capital(sentence[len(opener) :].lstrip())

    def word(self, said: Fact) -> str:
        """One fact as a sentence, speakable as it is: no digits, no symbols."""
        text = self._message(self._wording(said), **{name: self._arg(value) for name, value in said.args})
        return _capital(text)

    def wordings(self, key: str) -> int:
        """How many ways there are to say it."""
        return next(n for n in range(1, 99) if not self._bundle.has_message(f"{key}-{n + 1}"))

    def fixed(self) -> list[str]:
        """The sentences that are always the same, to be synthesised beforehand."""
        patterns = (self._bundle.get_message(key).value for key in (each.id.name for each in self._messages))
        worded = (self._bundle.format_pattern(pattern, {}) for pattern in patterns if pattern)
        return [_capital(str(text)) for text, errors in worded if not errors and str(text)[-1] in ".?!"]

    def openings(self) -> list[str]:
        """The fixed sentences that answers begin with before they go into particulars ("Okay. Two lattes.")."""
        return self._fragments(lambda elements: elements[:1])

    def fragments(self) -> list[str]:
        """The fixed sentences between the particulars of answers ("Once more:")."""
        return self._fragments(lambda elements: elements[1:])

    def _fragments(self, among: Callable[[Sequence[object]], Sequence[object]]) -> list[str]:
        values = (each.value.elements for each in self._messages if each.value and len(each.value.elements) > 1)
        texts = (
            element.value for elements in values for element in among(elements) if isinstance(element, TextElement)
        )
        return list(dict.fromkeys(found for text in texts for found in _WHOLE_SENTENCE.findall(text)))

    def _wording(self, said: Fact) -> str:
        at = said.variant % self.wordings(said.key)
        return said.key if at == 0 else f"{said.key}-{at + 1}"

    def _message(self, key: str, /, **args: object) -> str:
        pattern = self._bundle.get_message(key).value
        assert pattern is not None
        text, errors = self._bundle.format_pattern(pattern, args)
        if errors:
            raise VoxcartError(f"The reply {key!r} cannot be worded: {errors[0]}. Mend the {self._language}.ftl file.")
        return str(text)

    def _arg(self, value: Arg) -> str | int | Decimal:
        match value:
            case str():
                return value or NONE
            case int():
                return value
            case Decimal():
                return plain(value)
            case Money():
                return self.money(value)
            case Goods():
                return self.goods(value)
            case Named():
                return self._named(value)
            case Chosen(wanted=wanted):
                said = self._value(value)
                return said if wanted else self._message("value-refused", value=said)
            case Listed():
                return self._list(value)
            case Measure(quantity, unit):
                return self._measure(quantity, unit)
            case DigitGroups(digits):
                return digit_groups(digits, self._language)
            case Spelled(text):
                return spelled_out(text, self._language)
            case Ordinal(place):
                return self._message("the", thing=ordinal_words(place, self._language))
            case time():
                return self._time(value)
            case Span(opens, closes):
                return self._message("span", opens=self._time(opens), closes=self._time(closes))
            case Fact():
                return self._message(value.key, **{name: self._arg(each) for name, each in value.args})

    # ---- things --------------------------------------------------------------------------------------------------

    def goods(self, said: Goods) -> str:
        """ "two large lattes with a little bit of almond milk"."""
        product = self._catalog.by_id[said.product]
        quantity = said.quantity
        if quantity is None:
            return self._described(said, self._name(product))
        if product.unit != "each":
            measure = self._measure(quantity, product.unit)
            return self._message("weighed", measure=measure, thing=self._described(said, self._name(product)))
        if quantity == 1:
            thing = self._described(said, self._name(product))
            leading = tuple(each for each in said.options if each.wanted and self._leads(each))
            head = self._described(Goods(said.product, None, leading), self._name(product))
            article = self._first(self._rules["articles"], head)
            return self._message("single", article=article or NONE, thing=thing)
        several = self._described(said, self._bent(self._rules["plurals"], self._name(product)))
        return self._message("counted", count=number_words(quantity, self._language), thing=several)

    def _described(self, said: Goods, name: str) -> str:
        wanted = [each for each in said.options if each.wanted]
        before = " ".join(self._value(each) for each in wanted if self._leads(each))
        after = [self._value(each) for each in wanted if not self._leads(each)]
        without = [self._value(each) for each in said.options if not each.wanted]
        has = {(True, True): "both", (True, False): "before", (False, True): "with"}.get((bool(before), bool(after)))
        joined = format_list(after, locale=self._language) if after else ""
        thing = self._message("described", has=has or "plain", before=before, name=name, **{"with": joined})
        if not without:
            return thing
        refused = format_list(without, style="or", locale=self._language)
        return self._message("refusing", thing=thing, without=refused)

    def _leads(self, chosen: Chosen) -> bool:
        """One value of several that exclude each other leads the name ("large"); what is added follows it."""
        group = self._catalog.group_by_id[chosen.group]
        return group.choose == "one" and not group.amounts

    def _value(self, chosen: Chosen) -> str:
        group = self._catalog.group_by_id[chosen.group]
        value = next((each.name for each in group.values if each.id == chosen.value), chosen.value)
        amount = next((each.name for each in group.amounts if each.id == chosen.amount), None)
        return self._aloud(self._message("value-amount", amount=amount, value=value) if amount else value)

    def _name(self, product: Product) -> str:
        return self._aloud(product.name)

    def _named(self, said: Named) -> str:
        match said.kind:
            case "product":
                return self._name(self._catalog.by_id[said.id])
            case "some":
                weighed = self._catalog.by_id[said.id].unit != "each"
                return self.goods(Goods(said.id, None if weighed else Decimal(1)))
            case "products":
                product = self._catalog.by_id[said.id]
                is_one = product.unit == "each" and product.pack is None
                return self._bent(self._rules["plurals"], self._name(product)) if is_one else self._name(product)
            case "group":
                return self._aloud(self._catalog.group_by_id[said.id].name)
            case "category":
                return self._aloud(self._categories[said.id])

    def _list(self, said: Listed) -> str:
        items = [str(self._arg(each)) for each in said.items]
        long = any(isinstance(each, Goods) and len(each.options) > 1 for each in said.items)
        if len(items) == 2 and long and said.joined == "and":
            return self._message("pair-long", first=items[0], second=items[1])
        style: Any = {"and": "standard", "or": "or"}[said.joined]
        return format_list(items, style=style, locale=self._language)

    # ---- numbers -------------------------------------------------------------------------------------------------

    def money(self, amount: Money) -> str:
        """ "four dollars and fifty cents". The amount can be told back from the words exactly."""
        size = 10 ** minor_digits(amount.currency)
        major, minor = divmod(amount.minor, size)
        parts = "major" if minor == 0 else "minor" if major == 0 else "both"
        names = {
            "major-name": self._currency(amount.currency, major),
            "minor-name": self._message(self._known(f"currency-{amount.currency}-minor", "currency-minor"), n=minor),
        }
        return self._message("money", parts=parts, major=major, minor=minor, **names)

    def _currency(self, currency: str, n: int) -> str:
        if self._bundle.has_message(f"currency-{currency}"):
            return self._message(f"currency-{currency}", n=n)
        return get_currency_name(currency, n, locale=self._language)

    def _known(self, key: str, otherwise: str) -> str:
        return key if self._bundle.has_message(key) else otherwise

    def _measure(self, quantity: Decimal, unit: str) -> str:
        amount = amount_class(quantity)
        if quantity < 1 and amount == "other":
            for whole, part, size in self._rules["parts_of_units"]:
                if whole == unit and quantity * size >= 1:
                    quantity, unit = quantity * size, part
                    break
        return self._message("measured", amount=amount, n=plain(quantity), unit=unit)

    def _words(self, number: object) -> str:
        exact = Decimal(str(number))
        if exact % 1 == Decimal("0.5") and exact > 1:
            return self._message("number-and-half", whole=number_words(Decimal(int(exact)), self._language))
        return number_words(exact, self._language)

    def _day(self, day: object) -> str:
        return self._message("day", day=str(day))

    def _unit(self, unit: object, count: object = "one") -> str:
        return self._message("unit", unit=str(unit).replace(" ", "-"), n=1 if str(count) == "one" else 2)

    def _time(self, at: time) -> str:
        if (at.hour, at.minute) in ((12, 0), (0, 0)):
            return self._message("noon" if at.hour else "midnight")
        hours_a_day = int(self._rules["hours_a_day"])
        hour = at.hour if hours_a_day == 24 else (at.hour - 1) % 12 + 1
        minute = number_words(Decimal(at.minute), self._language) if at.minute else NONE
        if 0 < at.minute < 10:
            minute = self._message("minute-under-ten", minute=minute)
        part = next(words for until, words in self._rules["parts_of_day"] if at.hour < until)
        return self._message("clock", hour=number_words(Decimal(hour), self._language), minute=minute, part=part)

    # ---- spelling ------------------------------------------------------------------------------------------------

    def _aloud(self, text: str) -> str:
        for pattern, spoken in self._aloud_rules:
            text = pattern.sub(spoken, text)
        return " ".join(text.split())

    @cached_property
    def _aloud_rules(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern, re.IGNORECASE), spoken) for pattern, spoken in self._rules["read_aloud"]]

    @staticmethod
    def _first(rules: Iterable[tuple[str, str]], text: str) -> str:
        return next(found for pattern, found in rules if re.search(pattern, text, re.IGNORECASE))

    @staticmethod
    def _bent(rules: Iterable[tuple[str, str]], word: str) -> str:
        pattern, ending = next(rule for rule in rules if re.search(rule[0], word, re.IGNORECASE))
        return re.sub(pattern, ending, word, count=1, flags=re.IGNORECASE)


def _capital(text: str) -> str:
    """Every sentence begins with a capital, also one that begins with an argument."""
    return re.sub(r"(^|[.!?] )(\w)", lambda found: found[1] + found[2].upper(), text)
