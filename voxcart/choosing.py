"""Knows how goods are found, compared, recommended and offered beside others. Changes nothing in the cart. PURE."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from commerce import choosing
from commerce.catalog import Catalog, Product
from commerce.choosing import ProductsFound, Recommend, Recommended
from commerce.commands import AddLine, CheckStock
from commerce.money import Money
from commerce.outcomes import StockKnown
from commerce.pricing import CheckPrices, PricesKnown
from nlu import intent
from voxcart.answers import offer_list, prices_known, stock_known
from voxcart.decisions import Ask, Decision, Do
from voxcart.facts import Fact, Goods, Listed, Named, fact, products
from voxcart.guiding import begin, begun
from voxcart.moves import quote
from voxcart.prices import at_most
from voxcart.quantities import pack_of
from voxcart.states import Choosing, Confirming, DialogueState, Guiding, Scene, Shopping

MOST_TOLD = 4
"""So many differences are told at most."""


def asked(
    state: DialogueState,
    meaning: intent.FindProducts | intent.Compare | intent.HelpChoose,
    scene: Scene,
) -> Decision:
    match meaning:
        case intent.Compare():
            return compare(state, meaning)
        case intent.FindProducts():
            return find(state, meaning, scene)
        case intent.HelpChoose():
            return begin(state, meaning, scene)


def find(state: DialogueState, asked: intent.FindProducts, scene: Scene) -> Decision:
    return Do(state, choosing.FindProducts(asked.category, asked.traits, asked.brand, at_most(asked, scene)))


def recommend(state: DialogueState, scene: Scene) -> Decision:
    return Do(state, Recommend(scene.cart.id, state.customer, state.proof))


def known(state: DialogueState, outcome: StockKnown | PricesKnown, scene: Scene) -> Decision:
    """Prices or stock, whatever they were looked up for."""
    match outcome:
        case StockKnown() if state.checking == "beside":
            return beside_known(state, outcome, scene)
        case StockKnown():
            return stock_known(state, outcome, scene)
        case PricesKnown() if state.checking == "compare":
            return compared(state, outcome, scene)
        case PricesKnown():
            return prices_known(state, outcome, scene)


def found(state: DialogueState, outcome: ProductsFound | Recommended, scene: Scene) -> Decision:
    there = tuple(each for each in outcome.products if each in scene.catalog.by_id)
    if there and state.checking == "guide":
        return begun(state, there, scene)
    if not there:
        return Ask(state, (fact("none-found" if isinstance(outcome, ProductsFound) else "no-recommendation"),))
    told = (fact("recommended"),) if isinstance(outcome, Recommended) else ()
    return offer_list(state, there, scene, told)


# ---- two beside each other -----------------------------------------------------------------------------------


def compare(state: DialogueState, asked: intent.Compare) -> Decision:
    pair = (asked.first, asked.second)
    return Do(replace(state, checking="compare", offered=pair, topic=None), CheckPrices(pair))


def compared(state: DialogueState, known: PricesKnown, scene: Scene) -> Decision:
    """Only what differs, the price first."""
    (first, price), (second, other) = known.prices
    one, two = scene.catalog.by_id[first], scene.catalog.by_id[second]
    facts = [*_prices(one, price, two, other), *_traits(one, two), *_options(one, two, scene.catalog)]
    said = tuple(facts[:MOST_TOLD]) or (fact("no-difference", products=products((first, second))),)
    state = replace(state, checking="stock")
    if isinstance(state.phase, Shopping | Choosing | Guiding):
        asked = Choosing((first, second), (), intent.Add(intent.Item(first)), "compared")
        state = replace(state, phase=asked, unlisted=())
    return Ask(state, said)


def _prices(one: Product, price: Money | None, two: Product, other: Money | None) -> list[Fact]:
    if price is None or other is None:
        gone = tuple(each.id for each, known in ((one, price), (two, other)) if known is None)
        return [fact("sold-out", products=products(gone))]
    if one.unit != two.unit or price == other:
        return []
    dearer, cheaper = (one, two) if price > other else (two, one)
    gap = max(price, other) - min(price, other)
    return [fact("compare-price", product=_name(dearer), other=_name(cheaper), price=gap)]


def _traits(one: Product, two: Product) -> list[Fact]:
    told: list[Fact] = []
    for first, second in ((one, two), (two, one)):
        theirs = {value for _, values in second.traits for value in values}
        only = [value for _, values in first.traits for value in values if value not in theirs]
        if only:
            told.append(fact("compare-trait", product=_name(first), what=Listed(tuple(only))))
    if one.brand and two.brand and one.brand != two.brand:
        told.append(fact("compare-brand", product=_name(one), what=one.brand, other=_name(two), theirs=two.brand))
    if one.pack and two.pack and one.pack != two.pack and one.unit == two.unit == "each":
        packs = {"what": pack_of(one) or one.pack, "theirs": pack_of(two) or two.pack}
        told.append(fact("compare-pack", product=_name(one), other=_name(two), **packs))
    return told


def _options(one: Product, two: Product, catalog: Catalog) -> list[Fact]:
    told = []
    for first, second in ((one, two), (two, one)):
        only = tuple(each for each in first.options if each not in second.options and each in catalog.group_by_id)
        if only:
            groups = Listed(tuple(Named("group", each) for each in only))
            told.append(fact("compare-options", product=_name(first), groups=groups, other=_name(second)))
    return told


def _name(product: Product) -> Named:
    return Named("product", product.id)


# ---- one thing beside the cart -------------------------------------------------------------------------------


def beside(state: DialogueState, scene: Scene) -> Decision:
    """Before the total, once in a call: what goes with the cart, if the merchant names it and it is there."""
    held = {line.product for line in scene.cart.lines}
    sold = scene.catalog.by_id
    wanted = (each for line in scene.cart.lines if line.product in sold for each in sold[line.product].goes_with)
    fitting = tuple(dict.fromkeys(each for each in wanted if each not in held and _simple(sold[each])))
    if state.offered_beside or not scene.settings.cross_sell or not fitting:
        return quote(state, scene)
    return Do(replace(state, checking="beside", offered_beside=True), CheckStock(fitting))


def beside_known(state: DialogueState, known: StockKnown, scene: Scene) -> Decision:
    there = [product for product, level in known.levels if level is None or level > 0]
    state = replace(state, checking="stock")
    if not there:
        return quote(state, scene)
    goods = Goods(there[0], Decimal(1))
    phase = Confirming(AddLine(there[0], Decimal(1)), fact("ask-beside", goods=goods))
    return Ask(replace(state, phase=phase, checking_out=True))


def _simple(product: Product) -> bool:
    """Needs no question of its own."""
    return product.by_voice and product.min_age is None and product.unit == "each"
