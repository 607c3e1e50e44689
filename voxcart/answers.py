"""Knows the answers to questions about the shop: prices, choice, hours, terms. Changes nothing in the cart. PURE."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

from commerce.cart import Chosen
from commerce.catalog import Catalog, Deal, OpenSpan, Product
from commerce.commands import AddLine, CheckStock, FindOrder
from commerce.deals import running
from commerce.delivery import postcode, zone_of
from commerce.money import Money
from commerce.outcomes import OrderFound, StockKnown
from commerce.pricing import CheckPrices, PricesKnown
from commerce.shelf import Shelf, settle
from commerce.terms import Way
from nlu import intent
from voxcart.decisions import Ask, Decision, Do
from voxcart.edits import chosen, instead_of
from voxcart.facts import Fact, Goods, Listed, Named, Span, Spelled, every, fact, products
from voxcart.states import AwaitingOrderNumber, Choosing, ChoosingCategory, DialogueState, Scene, Shopping

MOST_WORDS, MOST_DEALS = 4, 5
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Question = (
    intent.AskPrice
    | intent.AskStock
    | intent.AskProducts
    | intent.AskOptions
    | intent.AskHours
    | intent.AskFaq
    | intent.AskDelivery
    | intent.AskPayment
    | intent.AskOrder
    | intent.AskUnknown
)


def answer_question(state: DialogueState, asked: Question, scene: Scene) -> Decision:
    """Answer, and leave the open question as it is."""
    catalog = scene.catalog
    match asked:
        case intent.AskPrice(item) | intent.AskStock(item) if _leaves_choice(state, item):
            return answer_question(replace(state, phase=Shopping()), asked, scene)
        case intent.AskPrice(item):
            return _price(state, item, scene)
        case intent.AskStock(item):
            return _stock(state, item, scene)
        case intent.AskProducts(category):
            return _products(state, category, catalog)
        case intent.AskOptions(product, group):
            return _options(state, product, group, scene)
        case intent.AskHours(day):
            return Ask(state, hours(catalog, day, scene.now))
        case intent.AskFaq(faq):
            text = next((entry.answer for entry in catalog.faqs if entry.id == faq), None)
            return Ask(state, (fact("merchant", text=text) if text else fact("no-answer"),))
        case intent.AskDelivery(code):
            return Ask(state, _delivers(catalog, code))
        case intent.AskPayment():
            return Ask(state, payment_told(scene))
        case intent.AskOrder(number):
            return find_order(state, number or state.placed, scene)
        case intent.AskUnknown(lost):
            return not_sold(state, lost, scene)


def _delivers(catalog: Catalog, code: str | None) -> tuple[Fact, ...]:
    """Whether a postcode is served, where one was named, and how the shop delivers."""
    note, terms = _note(catalog.delivery, "no-delivery"), catalog.delivers
    known = postcode(code, terms) if code is not None and terms is not None else None
    if known is None or terms is None:
        return (note,)
    if zone_of(known, terms) is None:
        return (fact("postcode-outside", code=Spelled(known)),)
    return (fact("postcode-served", code=Spelled(known)), *((note,) if catalog.delivery else ()))


def _leaves_choice(state: DialogueState, item: intent.Item | None) -> bool:
    """Whether something else is asked about than what was offered to look at."""
    looking = isinstance(state.phase, Choosing) and state.phase.why in ("browse", "compared")
    offered = (*state.phase.options, *state.phase.rest) if isinstance(state.phase, Choosing) else ()
    return looking and item is not None and item.product not in offered


def payment_told(scene: Scene) -> tuple[Fact, ...]:
    """The answer to "how can I pay"."""
    if scene.catalog.payment:
        return (fact("merchant", text=scene.catalog.payment),)
    if scene.catalog.ways:
        return (fact("pay-ways", ways=ways_listed(scene.catalog.ways, scene)),)
    return (fact("no-payment"),)


def ways_listed(ways: tuple[Way, ...], scene: Scene) -> Listed:
    return Listed(tuple(fact("pay-way", way=way_named(each, scene)) for each in ways), "or")


def way_named(way: Way, scene: Scene) -> str:
    """Where nothing is delivered, nobody pays on delivery."""
    return "handed" if way == "delivery" and scene.catalog.delivers is None else way


def _note(text: str | None, absent: str) -> Fact:
    return fact("merchant", text=text) if text else fact(absent)


# ---- price and stock -----------------------------------------------------------------------------------------


def _meant(state: DialogueState, item: intent.Item | None, scene: Scene) -> intent.Item | None:
    """What "it" is in a question: the product just talked about, else the line touched last."""
    if item is not None:
        return item
    if state.topic is not None:
        return state.topic
    line = scene.cart.line(scene.cart.touched) if scene.cart.touched is not None else None
    return intent.Item(line.product) if line else None


def _plain(item: intent.Item) -> intent.Item:
    """The answer named the product, so what was a guess is known by now."""
    return replace(item, guessed=False, alternatives=())


def _price(state: DialogueState, item: intent.Item | None, scene: Scene) -> Decision:
    cart = scene.cart
    if item is None and state.topic is None and cart.lines:
        return Ask(state, (fact("total-so-far", total=cart.total, n=len(cart.lines)),))
    meant = _meant(state, item, scene)
    if meant is None:
        return Ask(state, (fact("price-of-what"),))
    wanted = (meant.product, *meant.alternatives)[: scene.settings.options_at_a_time]
    state = replace(state, topic=_plain(meant), offered=wanted if len(wanted) > 1 else state.offered)
    return Do(state, CheckPrices(wanted))


def prices_known(state: DialogueState, known: PricesKnown, scene: Scene) -> Decision:
    """Of what was asked about, with the options that were named."""
    meant = state.topic
    assert meant is not None
    gone = tuple(product for product, price in known.prices if price is None)
    facts = tuple(_price_of(replace(meant, product=each), price, scene) for each, price in known.prices if price)
    return Ask(state, (*facts, *((fact("sold-out", products=products(gone)),) if gone else ())))


def _price_of(item: intent.Item, base: Money, scene: Scene) -> Fact:
    catalog = scene.catalog
    product = catalog.by_id[item.product]
    settled = settle(product, chosen(item.options), catalog, AddLine(product.id, Decimal(1), chosen(item.options)))
    options = settled if isinstance(settled, tuple) else ()
    price = Shelf(catalog, {product.id: base}, {}).unit_price(product.id, options) or base
    if product.unit != "each":
        return fact("price-by-unit", product=Named("product", product.id), price=price, unit=product.unit)
    return fact("price", goods=Goods(product.id, Decimal(1), options), price=price)


def _stock(state: DialogueState, item: intent.Item | None, scene: Scene) -> Decision:
    meant = _meant(state, item, scene)
    if meant is None:
        return Ask(state, (fact("stock-of-what"),))
    wanted = (meant.product, *meant.alternatives)[: scene.settings.options_at_a_time]
    topic = _plain(meant) if len(wanted) == 1 else None
    return Do(replace(state, topic=topic, checking="stock"), CheckStock(wanted))


def stock_known(state: DialogueState, known: StockKnown, scene: Scene) -> Decision:
    there = tuple(product for product, level in known.levels if level is None or level > 0)
    if state.checking == "list":
        return offer_list(state, there, scene)
    gone = tuple(product for product, level in known.levels if product not in there)
    few = {product: level for product, level in known.levels if level is not None and 0 < level <= 5}
    facts: list[Fact] = []
    if len(known.levels) == 1 and few:
        (product, level), *_ = few.items()
        facts.append(fact("few-left", goods=Goods(product, level)))
    elif there:
        several = Named("products", there[0]) if len(there) == 1 else products(there)
        facts.append(fact("in-stock", products=several))
    if gone:
        facts.append(fact("sold-out", products=products(gone)))
    return Ask(replace(state, offered=there) if len(there) > 1 else state, tuple(facts))


# ---- what there is -------------------------------------------------------------------------------------------


def _products(state: DialogueState, category: str | None, catalog: Catalog) -> Decision:
    if category is None and len(catalog.categories) > 1:
        names = tuple(each.id for each in catalog.categories)
        return list_categories(state, names)
    found = tuple(each.id for each in catalog.products if category in (None, each.category))
    if not found:
        return Ask(state, (fact("none-of-category"),))
    return Do(replace(state, checking="list"), CheckStock(found))


def list_categories(state: DialogueState, names: tuple[str, ...], at_a_time: int = 5) -> Decision:
    listed = Listed(tuple(Named("category", each) for each in names[:at_a_time]))
    rest = names[at_a_time:]
    if state.by_keys and isinstance(state.phase, Shopping | Choosing | ChoosingCategory):
        return Ask(replace(state, phase=ChoosingCategory(names[:at_a_time], rest), topic=None))
    return Ask(replace(state, unlisted=rest), (fact("categories", names=listed, more=int(bool(rest))),))


def offer_list(state: DialogueState, found: tuple[str, ...], scene: Scene, said: tuple[Fact, ...] = ()) -> Decision:
    """Offer a few to choose from; in the middle of another question only name them."""
    if not found:
        return Ask(state, (fact("none-in-stock"),))
    some = scene.settings.options_at_a_time
    shown, rest = found[:some], found[some:]
    if isinstance(state.phase, Shopping | Choosing | ChoosingCategory):
        browsing = Choosing(shown, rest, intent.Add(intent.Item(shown[0])), "browse")
        return Ask(replace(state, phase=browsing, unlisted=(), topic=None), said)
    names = fact("we-have", products=products(shown), more=int(bool(rest)))
    return Ask(replace(state, unlisted=rest, offered=shown), (names,))


def list_more(state: DialogueState, scene: Scene) -> Decision:
    """ "More", where no choice is open: go on with what was being listed."""
    if not state.unlisted:
        return Ask(state, (fact("no-more"),))
    if state.unlisted[0] in scene.catalog.by_id:
        return offer_list(state, state.unlisted, scene)
    return list_categories(state, state.unlisted)


def _options(state: DialogueState, product_id: str | None, group_id: str | None, scene: Scene) -> Decision:
    catalog = scene.catalog
    about = product_id
    if about is None and group_id is None and (meant := _meant(state, None, scene)):
        about = meant.product
    product = catalog.by_id.get(about or "")
    groups = (group_id,) if group_id else (product.options if product else ())
    if product and group_id and group_id not in product.options:
        return Ask(state, (takes_no(product.id, group_id),))
    if not groups:
        return Ask(state, (_no_options(product),))
    state = replace(state, topic=intent.Item(product.id)) if product else state
    if len(groups) == 1:
        return Ask(state, (fact("values", group=Named("group", groups[0]), values=values(catalog, groups[0])),))
    names = Listed(tuple(Named("group", each) for each in groups))
    return Ask(state, (fact("groups", product=Named("product", product.id) if product else "", groups=names),))


def takes_no(product_id: str, group_id: str) -> Fact:
    return fact("takes-no-option", product=Named("product", product_id), group=Named("group", group_id))


def _no_options(product: Product | None) -> Fact:
    return fact("no-options", product=Named("product", product.id)) if product else fact("options-of-what")


def values(catalog: Catalog, group_id: str, allowed: tuple[str, ...] = (), most: int = 8) -> Listed:
    """The values of a group by name; of very long lists the first few."""
    ids = allowed or tuple(value.id for value in catalog.group_by_id[group_id].values)
    return Listed(tuple(Chosen(group_id, each) for each in ids[:most]), "or")


def refused(lost: intent.NotSold) -> Fact:
    """Name what is not sold; many words are hardly a name."""
    if not lost.text:
        return fact("no-answer")
    return fact("not-sold", text=lost.text) if len(lost.text.split()) <= MOST_WORDS else fact("not-sold-that")


def not_sold(state: DialogueState, lost: intent.NotSold, scene: Scene) -> Decision:
    """Refuse what the shop has not, and offer what comes nearest."""
    near = instead_of(lost, scene)
    said = refused(lost)
    if near is None:
        return Ask(state, (said,))
    if isinstance(state.phase, Shopping | Choosing):
        return Ask(replace(state, phase=near, topic=None), (said,))
    return Ask(state, (said, fact("nearest", products=products(near.options, "or"))))


def deals(state: DialogueState, scene: Scene) -> Decision:
    """Those that run today; what is over is never spoken of."""
    found = running(scene.catalog.deals, scene.now.date())
    if not found:
        return Ask(state, (fact("no-deals"),))
    return Ask(state, (fact("deals", items=Listed(tuple(_deal(each, scene.catalog) for each in found[:MOST_DEALS]))),))


def returns(catalog: Catalog) -> Fact:
    """For how long and how something can be returned."""
    days = catalog.terms.return_days
    return fact("returns", n=days, way=catalog.terms.return_way) if days else fact("no-returns")


def _deal(deal: Deal, catalog: Catalog) -> Fact:
    what = Named("category", deal.category or "") if deal.product is None else Named("product", deal.product)
    if deal.price is None:
        return fact("deal-percent", what=what, n=deal.percent)
    if deal.product is None:
        return fact("deal-all", what=what, price=deal.price)
    if catalog.by_id[deal.product].unit != "each":
        return fact("deal-by-unit", what=what, price=deal.price, unit=catalog.by_id[deal.product].unit)
    return fact("deal-price", goods=Goods(deal.product, Decimal(1)), price=deal.price)


# ---- hours ---------------------------------------------------------------------------------------------------


def hours(catalog: Catalog, day: str | None, now: datetime) -> tuple[Fact, ...]:
    if catalog.hours is None:
        return (fact("no-hours"),)
    match day:
        case "now":
            return (_now(catalog.hours, now),)
        case "today" | "tomorrow":
            at = (now + timedelta(days=int(day == "tomorrow"))).weekday()
            return (_day(catalog.hours[at], day),)
        case str() if day in DAYS:
            return (_day(catalog.hours[DAYS.index(day)], day),)
        case _:
            return tuple(_day(spans, first, last) for first, last, spans in _alike(catalog.hours))


def _alike(week: tuple[tuple[OpenSpan, ...], ...]) -> list[tuple[str, str, tuple[OpenSpan, ...]]]:
    """Neighbouring days with the same hours, together: first day, last day, hours."""
    runs: list[tuple[str, str, tuple[OpenSpan, ...]]] = []
    for day, spans in zip(DAYS, week, strict=True):
        if runs and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    return runs


def _day(spans: tuple[OpenSpan, ...], day: str, last: str | None = None) -> Fact:
    until = "" if last in (None, day) else last or ""
    if (day, until) == (DAYS[0], DAYS[-1]):
        day, until = "every-day", ""
    if not spans:
        return fact("closed-on", day=day, last=until)
    return fact("open-on", day=day, last=until, spans=_spans(spans))


def _spans(spans: tuple[OpenSpan, ...]) -> Listed:
    return Listed(tuple(Span(each.opens, each.closes) for each in spans))


def _now(week: tuple[tuple[OpenSpan, ...], ...], now: datetime) -> Fact:
    today = week[now.weekday()]
    clock = now.time().replace(tzinfo=None)
    if any(each.opens <= clock < (each.closes if each.closes != time(0) else time.max) for each in today):
        return fact("open-now", spans=_spans(today))
    return fact("closed-now", spans=_spans(today)) if today else fact("closed-on", day="today", last="")


# ---- orders --------------------------------------------------------------------------------------------------


def find_order(state: DialogueState, number: str | None, scene: Scene) -> Decision:
    if number is None:
        beneath = state.phase.back if isinstance(state.phase, AwaitingOrderNumber) else state.phase
        return Ask(replace(state, phase=AwaitingOrderNumber(beneath)))
    return Do(state, find_by_number(state, number, scene))


def find_by_number(state: DialogueState, number: str, scene: Scene) -> FindOrder:
    return FindOrder(number, state.customer, scene.call, state.proof)


def order_found(found: OrderFound, scene: Scene) -> tuple[Fact, ...]:
    """What is in it only where the shop told: to the customer, or in the call that placed it."""
    state = fact("order-status", status=found.status)
    if not found.lines or found.total is None:
        return (state,)
    if scene.settings.gift_safe:
        return state, fact("order-parcel", n=len(found.lines))
    return state, fact("order-content", items=every(found.lines), total=found.total)
