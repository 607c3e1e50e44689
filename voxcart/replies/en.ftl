# Every sentence the assistant can say in English. A message may have further wordings under its name with -2, -3 ...
# They take turns, so that nobody hears the same phrase again and again.
# WORDS($n) spells a number, DAY($day) names a day, UNIT($unit) names a unit. Everything else arrives as words.

## Beginning and end

greeting = { $greeting }
disclosure = I'm the shop's automated assistant.
recording-notice = This call is recorded. If you'd rather not, just say: don't record.
not-recorded = All right, I'm not recording this call.
never-recorded = Don't worry, this call is not being recorded.
hello = Hello!
goodbye = Thanks for calling. Goodbye!
busy = All our lines are busy. Please call again in a few minutes.
welcome-back = Welcome back.
too-often = You have called very often just now. Please call again in a few minutes.
rating-range = From one to five, please.
rating-thanks = Thank you, that helps us.
thanks-order = Thank you for your order.
nothing-ordered = Nothing has been ordered.
welcome = You're welcome.
welcome-2 = My pleasure.

## The open questions

ask-first = What would you like?
ask-first-2 = What can I get you?
ask-else = Anything else?
ask-else-2 = What else can I get you?
ask-else-3 = Anything else for you?
ask-else-after = Can I help with anything else?
ask-which = { $n ->
    [one] Do you mean { $products }?
   *[other] { $more ->
        [0] Which one: { $products }?
       *[other] Which one: { $products }? Or say more.
    }
}
ask-instead = { $n ->
    [one] Would you like { $products } instead?
   *[other] Would you like { $products } instead?
}
ask-browse = { $n ->
    [one] There's { $products }. Would you like that?
   *[other] { $more ->
        [0] There's { $products }. Which would you like?
       *[other] There's { $products }. Which would you like, or shall I go on? Just say more.
    }
}
ask-line = Which one do you mean: { $lines }?
ask-reading = Do you mean { $readings }?
ask-guess = Did you say { $goods }?
ask-rest = Shall I put in { $goods }?
ask-without = Shall I add { $goods } without it?
ask-packs = { $n ->
    [one] { $product } comes in packs of { $pack }. Shall I add one pack?
   *[other] { $product } comes in packs of { $pack }. Shall I add { WORDS($n) } packs?
}
ask-substitute = { $how ->
    [same] Would you like { $goods } instead, at the same price?
    [dearer] { $n ->
        [0] Would you like { $goods } instead? That's { $price } more.
       *[other] Would you like { $goods } instead? That's { $price } more for each.
    }
   *[cheaper] { $n ->
        [0] Would you like { $goods } instead? That's { $price } less.
       *[other] Would you like { $goods } instead? That's { $price } less for each.
    }
}
ask-drop = Shall I take it off and order the rest?
ask-quantity-sure = Did you really say { $goods }?
ask-how-many = How many would you like?
ask-how-much = How many { UNIT($unit, count: "many") } of { $product } would you like?
ask-option = Which { $group } would you like for the { $product }: { $values }?
ask-option-instead = You can have { $values }. Which would you like, or none?
ask-age = Are you { WORDS($n) } or older? Please say yes or no.
ask-order = That's { $total } altogether. Shall I place the order?
ask-customer = What's your telephone number, or your customer number? You can say it or type it in.
ask-phone = What number can my colleagues call you back on? You can say it or type it in.
ask-phone-right = I have { $number }. Is that right?
ask-buyer = Who is buying? Say your name, or your customer number.
ask-pin = Please say your PIN, digit by digit, or type it in.
ask-pin-digits = Please say { $places } digit of your PIN, or type them in.
ask-code = Please say the six digits that your app shows, or type them in.
ask-cancel-order = Shall I cancel it? Please say yes or no.
ask-change-order = To change it, I have to cancel it and start a new one with the same goods. Shall I?
ask-return-which = In it: { $items }. What would you like to send back? You can say: all of it.
ask-return-why = What's the reason? Just tell me in your own words.
ask-return = { $way ->
    [label] So you send back { $items }, with a label from us, and get { $total } back. Shall I register that? Please say yes or no.
   *[bring] So you bring back { $items }, and get { $total } back. Shall I register that? Please say yes or no.
}
ask-return-parcel = { $way ->
    [label] So you send the parcel back, { $n ->
        [one] one thing,
       *[other] { WORDS($n) } things,
    } with a label from us, and get { $total } back. Shall I register that? Please say yes or no.
   *[bring] So you bring the parcel back, { $n ->
        [one] one thing,
       *[other] { WORDS($n) } things,
    } and get { $total } back. Shall I register that? Please say yes or no.
}
ask-complaint = What went wrong? Just tell me in your own words.
ask-complaint-number = What's the number of your complaint? If you don't have it, just say so.
ask-goodwill = As an apology I'd like to give you { $total } off your next order. For that I need your PIN. Do you have one?
ask-order-number = What's the order number? If you don't have it, just say so.
ask-handover = Shall we deliver it, or will you pick it up?
ask-postcode-too = And the postcode, digit by digit?
ask-postcode = Where shall it go? Please say the postcode, digit by digit. If we've been there before, just say: my address.
ask-street = What's the name of the street?
ask-house = And the number of the house?
ask-address = That's { $address }. Is that right?
ask-address-known = Shall it go to { $address }?
ask-slot = It can come { $slot }. Is that all right, or when would you like it?
pay-customers = If you are registered with us, you can also say: { $ways }.
pay-hidden = { $way ->
    [card] my saved card
   *[invoice] on my account
}
ask-payment = How would you like to pay: { $ways }?
ask-payment-customer = How would you like to pay?
ask-payment-instead = { $n ->
    [one] Would you like to pay { $ways } instead?
   *[other] How would you like to pay instead: { $ways }?
}
ask-coupon = What's the code of your coupon? You can spell it.
ask-read-all = Shall I read all of it?
ask-human = Shall I leave a message for one of my colleagues, so that they call you back?
ask-human-now = Shall I put you through to one of my colleagues?
ask-cancel = Shall I drop the whole order? Please say yes or no.
ask-rating = Before you go: how was this call, from one to five? Five is best.
ask-comment = Thank you. Is there anything you would like to tell us?
ask-resume = There's an order that you didn't finish. Shall we go on with it?
ask-leave = Your order isn't placed yet. Shall I order it before you go?

## What could be meant

it = it
reading-goods = { $goods }
reading-remove = taking off { $what }
reading-keep = keeping { $what }
reading-quantity = { WORDS($n) } of { $what }
reading-options = { $options }
reading-about = something about { $goods }
reading-digits = the number { $number }
reading-simple = { $name ->
    [yes] yes
    [no] no
    [human] talking to a person
    [cancel] dropping the order
    [goodbye] hanging up
    [usual] ordering the usual
    [deals] what's on offer
    [last_order] ordering the same as last time
    [cancel_order] cancelling an order you placed
    [change_order] changing an order you placed
    [return_order] returning an order
    [exchange_order] exchanging an order
    [complain] making a complaint
    [ask_complaint] asking about a complaint
    [ask_returns] how returns work
    [undo] undoing the last change
    [read_cart] hearing your order
    [checkout] placing your order
   *[other] something else
}
reading-question = { $kind ->
    [AskHours] our opening hours
    [AskDelivery] delivery
    [AskPayment] how to pay
    [AskProducts] what we have
    [AskOrder] an order you placed
   *[other] a question
}

## The cart

added = Okay. { $items }.
added-2 = Sure. { $items }.
added-3 = Got it. { $items }.
added-4 = All right. { $items }.
makes = Okay. That makes { $goods }.
makes-2 = Sure. Now it's { $goods }.
now = All right. So that's { $goods }.
now-2 = Okay. { $goods }.
replaced = Okay. { $goods } instead.
replaced-2 = Sure. So it's { $goods } instead.
removed = Okay. I've taken off { $items }.
removed-2 = Sure. That takes off { $items }.
unchanged = It's that way already.
undone = I've taken that back.
redone = I've put that back.
relisted = It's on the list again.
nothing-to-undo = There's nothing to take back.
nothing-to-redo = There's nothing to put back.
cart-empty = There's nothing in your order yet.
cart = You have { $items }. That's { $total }.
cart-long = { $count ->
    [one] You have one thing in your order.
   *[other] You have { WORDS($count) } different things in your order, { $total } in all: { $items }, and more.
}
cart-line = { $goods }.
cart-dropped = Okay, I've dropped the order.
cart-taken-up = Here's your order again.
cart-gone = I'm sorry, I can't find that order any more.
prove-it = Let me make sure it's you.
cart-kept = Your order is still here, just as it was.
not-in-cart = You have no { $product } in your order.
no-such-line = I can't find that in your order.
all-right = All right.
all-right-2 = Okay.
no-hurry = Take your time. Just tell me when you'd like something.
of-what = Sorry, of what?
none-offered = I haven't named any to choose from yet. Please say it by its name.
guess-wrong = Sorry about that. Please say it once more.
quantity-impossible = I can't do { $goods }.
other-measure = I can't measure it that way.
sold-by-piece = { $product } is sold by the piece.

## The shopping list

list-none = There is no list on this line.
list-added = Okay. I've put { $items } on the list.
list-added-2 = Sure. { $items }, on the list.
list-makes = Okay. That makes { $goods } on the list.
list-now = Okay. On the list it's { $goods } now.
list-removed = Okay. I've taken { $items } off the list.
list-unchanged = The list is that way already.
list-no-line = I can't find that on the list.
list-not-there = There's no { $product } on the list.
list-empty = There's nothing on the list.
list = On the list: { $items }.
list-long = { $count ->
    [one] There is one thing on the list.
   *[other] There are { WORDS($count) } different things on the list: { $items }, and more.
}
list-rest = { $items }.
list-gone = We no longer have { $names }; I'm leaving that on the list.
list-cleared = Okay, the list is empty.
list-kept = The list is as it was.
list-moved = Okay. From the list I've put { $items } into your order.
list-moved-2 = Sure. { $items }, from the list into your order.
list-still = Still on the list: { $items }.
list-other-way = Sorry, I can't do { $goods } the way it's on the list.
ask-clear-list = Shall I empty the whole list? Please say yes or no.

## Options and stock

option-refused = Sorry, I can't do { $option } for the { $product }.
takes-no-option = You can't choose the { $group } for the { $product }.
sold-out = Sorry, we're out of { $products } right now.
only-left = Sorry, we only have { $goods } left.
few-left = Yes, we have { $goods } left.
no-more-left = Sorry, there's no more than { $goods }.
in-stock = Yes, we have { $products }.

## Answers

merchant = { $text }
no-answer = Sorry, I don't know that. I can take your order, tell you prices and opening hours, or leave a message for a colleague.
not-sold = Sorry, we don't have { $text }.
not-sold-that = Sorry, I don't think we have that.
nearest = The nearest thing we have is { $products }.
price = { $goods } is { $price }.
price-by-unit = { $product } is { $price } per { UNIT($unit) }.
none-found = Sorry, I have nothing like that at the moment.
no-recommendation = I have nothing to recommend beyond what you have.
preferences-kept = I'll keep that in mind: { $what }. What I recommend to you will be just that. If you change your mind, say: forget my preferences.
preferences-unknown = I can't remember that: only what our goods are said to be like.
preferences-forgotten = All right, I've forgotten what you like.
recommended = I'd suggest one of these.
ask-compared = Which one would you like?
guided = { $n ->
    [one] Then I have just the one.
   *[other] Then one of these would do.
}
ask-guide = { $kind ->
    [category] What should it be: { $values }{ $more ->
        [0] ?
       *[other] ? Or say more.
    }
    [brand] Which brand would you like: { $values }{ $more ->
        [0] ?
       *[other] ? Or say more.
    }
   *[trait] Which { $about } would you like: { $values }{ $more ->
        [0] ?
       *[other] ? Or say more.
    }
}
ask-guide-whether = { $kind ->
    [brand] Would you like it from { $value }?
   *[trait] Should it be { $value }?
}
help-guide = You can say which you'd like, or that it doesn't matter.
ask-beside = Would you like { $goods } with that?
no-difference = There's no difference that I know of between { $products }.
compare-price = You pay { $price } more for the { $product } than for the { $other }.
compare-trait = { $what }, that's the { $product }.
compare-brand = { $what } makes the { $product }, { $theirs } the { $other }.
compare-pack = A pack of the { $product } holds { $what }, one of the { $other } { $theirs }.
compare-options = You can choose the { $groups } of the { $product }, but not of the { $other }.
alert-kept = Okay. I'll let you know when we have { $products } again.
alert-of-what = Sorry, of what? Please ask for it first; when it's sold out, I can let you know once it's back.
alert-without-number = Sorry, I can't see your number, so there's no way to let you know.
card-refused = Please don't tell me a card number. I don't take cards on this line, and I haven't kept what you said.
consent-withdrawn = All right. We won't contact you any more.
contact-cart = This is { $shop }. You have started an order with us and not finished it. Call us back whenever you like, and we go on where you stopped. If you don't want to hear from us, tell us so.
contact-stock = This is { $shop }. You asked us to let you know: we have { $product } again. If you don't want to hear from us, tell us so.
no-deals = There's nothing special today; all prices are as ever.
deals = Today there's { $items }.
price-of-what = Which price would you like to know?
stock-of-what = What are you looking for?
options-of-what = For which product?
total-so-far = So far it's { $total }.
we-have = { $more ->
    [0] We have { $products }.
   *[other] We have { $products }, and more.
}
ask-category = Which would you like to hear about: { $names }?
keys-shopping = { $n ->
    [0] Press one to hear what we have, or zero for a person.
   *[other] Press one to hear what we have, two for one more of the last, three to hear your order, star to take back the last, or the hash key to finish.
}
keys-choice = { $more ->
    [0] Press its number in the list, or star for none.
   *[other] Press its number in the list, nine for more, or star for none.
}
keys-yes-no = Press one for yes, or two for no.
categories = { $more ->
    [0] We have { $names }.
   *[other] We have { $names }, and more.
}
none-of-category = Sorry, we have nothing like that.
none-in-stock = Sorry, those are all sold out right now.
no-more = That's everything.
values = For { $group } there's { $values }.
groups = For the { $product } you can choose { $groups }.
no-options = The { $product } comes just as it is.
no-delivery = Sorry, I don't know about delivery. I can leave a message for a colleague.
no-payment = Sorry, I don't know about payment. I can leave a message for a colleague.
no-hours = Sorry, I don't know the opening hours.
open-on = { $last ->
    [none] { DAY($day) } we're open from { $spans }.
   *[other] { DAY($day) } to { DAY($last) } we're open from { $spans }.
}
closed-on = { $last ->
    [none] { DAY($day) } we're closed.
   *[other] { DAY($day) } to { DAY($last) } we're closed.
}
open-now = Yes, we're open now: today from { $spans }.
closed-now = No, we're closed right now. Today we're open from { $spans }.
order-status = { $status ->
    [placed] Your order has been placed.
    [packed] Your order is packed.
    [sent] Your order is on its way.
    [delivered] Your order has been delivered.
    [cancelled] Your order was cancelled.
   *[other] We have your order.
}
order-content = It's { $items }, { $total } altogether.
order-parcel = { $n ->
    [one] It's a parcel with one thing in it.
   *[other] It's a parcel with { WORDS($n) } things in it.
}
order-latest = { $n ->
    [one] Your last order is from { $day }, one thing.
   *[other] Your last order is from { $day }, { WORDS($n) } things.
}
no-orders = I can't find an order of yours.
usual-taken = Okay. I've put in { $items }, at today's prices: that makes { $total }.
usual-missing = Sorry, I can't get you { $items } right now.
usual-gone = We no longer have { $names }.
order-cancelled = Your order is cancelled.
order-changed = I've cancelled that order and put its goods into a new one: { $items }. It's not placed until you say so.
order-too-late = { $status ->
    [packed] That order is packed already, so I can't cancel it any more.
    [sent] That order is on its way already, so I can't cancel it any more.
    [delivered] That order has been delivered, so I can't cancel it any more.
    [cancelled] That order is cancelled already.
   *[other] I can't cancel that order any more.
}
order-kept = Your order stays as it is.
return-found = { $n ->
    [one] That's the order from { $day }, one thing.
   *[other] That's the order from { $day }, { WORDS($n) } things.
}
return-not-yet = { $why ->
    [placed] That order hasn't been delivered yet, so it can't be returned. But it can still be cancelled.
    [packed] That order is packed, but not delivered yet. You can return it once you have it.
   *[sent] That order is still on its way. You can return it once you have it.
}
return-not = { $why ->
    [late] { $n ->
        [one] I'm sorry, we take things back for one day, and that has passed.
       *[other] I'm sorry, we take things back for { WORDS($n) } days, and that has passed.
    }
    [returned] All of that order has been returned already.
   *[never] I'm sorry, I can't take anything back by phone. I can leave a message for a colleague.
}
returns = You can return things within { $n ->
    [one] one day
   *[other] { WORDS($n) } days
} of the delivery. { $way ->
    [label] Tell me when it has arrived, and we send you a label for the parcel.
   *[bring] Tell me when it has arrived, and bring it to the shop.
}
no-returns = I can't take anything back by phone. I can leave a message for a colleague.
return-not-in-it = I can't find that in the order.
return-accepted = Your return is registered. The number is: { $number }. Once more: { $number }.
return-how = { $way ->
    [label] We send you a label with that number for the parcel. You get { $total } back as soon as it has arrived.
   *[bring] Please bring it to the shop and say that number. You get { $total } back there.
}
return-again = I've put the same into a new order for you. It's not placed until you say so.
complaint-opened = I'm sorry about that. I've noted it for my colleagues. The number of your complaint is: { $number }. Once more: { $number }.
complaint-promised = You have an answer by { $day }, { $time }. Call and ask for it, then you hear it.
complaint-open = Your complaint is being looked at. You have an answer by { $day }, { $time }.
complaint-late = I'm sorry, your complaint should have been answered by { $day }, { $time }, and it isn't yet. If you'd rather talk to a person, just say so.
complaint-answered = Your complaint has been answered.
complaint-answer = Here is the answer to your complaint.
complaint-unknown = I can't find a complaint with the number { $number }.
no-complaints = I can't find a complaint of yours.
goodwill = As an apology you get { $total } off your next order. The code is: { $number }. Once more: { $number }.
no-goodwill = I'm sorry, I can't give you that by phone this time: it needs an order of the last weeks, and goes once a month. Your complaint stands.
help-change = Just tell me what to change.
order-number = The number of your order is: { $number }. Once more: { $number }.
order-unknown = I can't find an order with the number { $number }.

deal-price = { $goods } for { $price }
deal-by-unit = { $what } for { $price } per { UNIT($unit) }
deal-all = any of our { $what } for { $price }
deal-percent = { WORDS($n) } percent off { $what }
at = { $time }
date = { $month ->
    [1] { $day } of January
    [2] { $day } of February
    [3] { $day } of March
    [4] { $day } of April
    [5] { $day } of May
    [6] { $day } of June
    [7] { $day } of July
    [8] { $day } of August
    [9] { $day } of September
    [10] { $day } of October
    [11] { $day } of November
   *[12] { $day } of December
}
day = { $day ->
    [monday] Monday
    [tuesday] Tuesday
    [wednesday] Wednesday
    [thursday] Thursday
    [friday] Friday
    [saturday] Saturday
    [sunday] Sunday
    [today] today
    [yesterday] yesterday
    [tomorrow] tomorrow
   *[other] every day
}

## Buying

quote = All right. You have { $items }.
quote-2 = Okay. You have { $items }.
quote-long = All right. You have { WORDS($count) } different things: { $items }.
coupon-taken = Okay, { $code }: that takes off { $off }, which makes { $total }.
coupon-kept = Okay, I've noted your coupon, { $code }.
coupon-minimum = Your coupon, { $code }, counts from { $minimum } on. I'll take it off as soon as your order comes to that.
coupon-too-little = Your coupon doesn't count yet: it is for orders from { $minimum } on.
coupon-off = Your coupon takes off { $off }.
coupon-dropped = Okay, without the coupon.
coupon-none = There's no coupon on your order.
coupon-early = That coupon counts from { $day } on, so I can't take it yet.
coupon-refused = { $reason ->
    [over] Sorry, that coupon has run out.
    [used] Sorry, you have used that coupon before, and it counts once. I've taken it off again.
   *[unknown] Sorry, I don't know a coupon with the code { $code }.
}
address = { $street }, number { $house }, postcode { $code }
slot = { DAY($day) }, from { $spans }
slot-hurry = { $n ->
    [one] Order within one minute, and it leaves with the next round.
   *[other] Order within { WORDS($n) } minutes, and it leaves with the next round.
}
slot-too-late = It's too late for today.
slot-earliest = That's the earliest.
slot-holiday = { $day ->
    [none] We don't deliver on that day; it's a holiday.
   *[other] { DAY($day) } we don't deliver; it's a holiday.
}
slot-none = Sorry, we can't deliver then.
slot-no-more = I'm afraid there's no other time.
slot-gone = Sorry, that time is over now.
postcode-invalid = I heard { $code }, and that's not a postcode.
postcode-served = Yes, we deliver to { $code }.
postcode-outside = Sorry, we don't deliver to { $code }.
outside-now = Sorry, we don't deliver there.
no-addresses = I don't have an address of yours yet.
no-pickup = Sorry, we only deliver.
handover-delivery = It goes to { $address }, { $slot }.
handover-fee = The delivery is { $fee }.
handover-free = The delivery is free.
pickup = You can pick it up at the shop.
pickup-now = You can pick it up today; we're open from { $spans }.
pickup-later = We're closed right now. You can pick it up { DAY($day) }, from { $spans }.
pay-way = { $way ->
    [delivery] on delivery
    [handed] when you get it
    [invoice] by invoice
    [card] by your saved card
   *[link] by a link that we send you
}
pay-ways = You can pay { $ways }.
pay-read = { $way ->
    [delivery] You pay on delivery.
    [pickup] You pay when you pick it up.
    [handed] You pay when you get it.
    [invoice] You get an invoice for it.
    [card] { $card ->
        [none] It will be charged to your saved card.
       *[other] It will be charged to your saved card ending in { $card }.
    }
   *[link] We'll send you a link to pay it.
}
pay-prove = For that I need to know who you are.
pay-closed = { $way ->
    [card] I have no saved card that I could charge for you.
    [invoice] Sorry, I can't put that on an account.
    [link] Sorry, I can't send you a link to pay.
   *[delivery] Sorry, you can't pay that way here.
}
card-declined = Your card was declined, and nothing is ordered.
card-unavailable = I'm sorry, I can't charge your card right now. Nothing is ordered, and nothing is charged.
no-coupons = Sorry, we have no coupons.
yes-too-early = Sorry, I have to be sure.
yes-needed = I need a clear yes or no.
not-placed = All right, I haven't ordered anything. Your cart is as it was.
quote-void = Let me read that back once more.
price-changed = A price has just changed: the total was { $old }, now it's { $new }.
age-needed = { $products } is sold from the age of { WORDS($n) } on.
too-young = Then I can't sell you { $items }; I've taken that off. Whoever buys it must be { WORDS($n) } or older.
not-by-voice = Sorry, I can't sell you { $product } on this line; we only sell it in the shop.
below-minimum = So far it's { $total }. We take orders from { $minimum }.
above-limit = That's { $total }. By phone I can take orders up to { $limit }, so I can't place this one.
already-ordered = That order is already placed.
phone-unclear = Sorry, I didn't get the whole telephone number.
digits-unclear = Sorry, I didn't get the whole number.
buyer = { $name }.
name-unknown = Sorry, I don't know that name.
name-twice = There are several with that name here. Please say your customer number.
customer-unknown = I don't know that number.
pin-wrong = { $n ->
    [one] That PIN isn't right. You have one more try.
   *[other] That PIN isn't right. You have { WORDS($n) } more tries.
}
code-wrong = { $n ->
    [one] That code isn't right. You have one more try.
   *[other] That code isn't right. You have { WORDS($n) } more tries.
}
code-locked = Too many codes were wrong, so I can't take any more.
pin-unclear = Sorry, I didn't get that clearly. It may be easier to type it in.
pin-unclear-often = Sorry, I can't make out the PIN.
pin-locked = { $n ->
    [one] The PIN is locked for one more minute.
   *[other] The PIN is locked for { WORDS($n) } more minutes.
}
pin-locked-for-good = The PIN is locked. Only the shop can unlock it.
order-placed = Your order is placed. The number is: { $number }. Once more: { $number }. Thank you!
failed = Sorry, something went wrong here and I couldn't do that. Nothing has changed.
failed-order = Sorry, something went wrong here. Your order is not placed. Your cart is kept; we can try again.
filler = One moment please, I'm just looking.
failed-lookup = Sorry, I can't look that up right now.
unavailable-stock = I'm sorry, I can't see our stock right now.
unavailable-catalogue = I'm sorry, I can't look up our prices right now.
unavailable-orders = I'm sorry, I can't look up orders right now.
unavailable-customers = I'm sorry, I can't look up customers right now.
no-guess = I don't want to guess.
nothing-changed = I haven't changed anything.
order-not-placed = Your order is not placed. Your cart is kept.
apology = Sorry, something went wrong on our side. Your cart is safe. Could you say that again?

## A human

ticket = I've left a message for my colleagues; they'll call you back. Your number is: { $number }. Once more: { $number }.
ticket-only = I've left a message for my colleagues, but without a number they can't call you back. When you call again, name this one: { $number }. Once more: { $number }.
handing-over = I'll put you through to one of my colleagues. One moment, please.
briefing = Hello, here is the assistant of { $shop }, with a caller for you.
briefing-why = { $why ->
    [not-understood] I did not understand them.
    [too-expensive] Their order is too large for me.
    [upset] They are not happy with me.
    [silence] They no longer answer me.
   *[asked] They asked for a person.
}
briefing-caller = They call from { $number }.
briefing-customer = The customer number is { $number }.
briefing-cart = In the cart: { $items }, together { $total }. Nothing is ordered yet.
briefing-nothing = There is nothing in the cart.
briefing-end = The ticket is { $number }. Here they come.
nobody-answers = I'm sorry, nobody can take your call right now.
upset = I'm sorry that this isn't going well.
cart-noted = They'll see what you wanted to order. Nothing is ordered yet.

## Ladders and little words

silence-first = Are you still there?
silence-again = I can't hear anything.
silence-last = If I hear nothing, I'll have to hang up.
nobody-there = I can't hear you, so I'm hanging up now.
missed = Sorry, I didn't catch that.
missed-2 = Pardon?
missed-again = I still didn't get that.
missed-often = I'm sorry, I just can't make it out.
not-understood-often = Sorry, I can't understand you well enough today.
stopped = Okay, I'm listening.
take-your-time = Sure, take your time.
resumed = I'm still here.

## Help

help-shopping = You can say, for instance: two large coffees. Or: how much is that? Or: that's all. Or press one, to order with the keys.
help-choice = Just say the name, or the first one, or none.
help-quantity = Please say a number.
help-order = Say yes and I'll order it, say no and we can change it.
help-pin = Your PIN is the number you got from the shop. If you don't have one, say: talk to a person.
help-phone = Say the telephone number digit by digit, with its area code. If you'd rather not, say: no.
help-customer = It's the number you are registered with. If you don't have one, say: talk to a person.
help-buyer = Say the name you are registered with, or your number. If you don't have one, say: talk to a person.
help-pin-digits = I ask for a part of your PIN only, another one each time. If you don't have a PIN, say: talk to a person.
help-rating = Say a number from one to five, or goodbye.
help-return-which = Say what you want to send back, or: all of it.
help-told = Tell me in your own words, as much as you like. Or say no.
help-code = It's in the app on your telephone where you added this shop.
help-address = We can bring it to your door, or you can pick it up. You can spell names letter by letter, like: K as in king.
help-handover = Just say: delivery, or: pickup.
help-payment = Say how you would like to pay, or the first one. Please don't tell me a card number.
help-slot = Say a day or a time, like: tomorrow after five. Or say yes, or later.
help-coupon = Say it as it's written, or letter by letter, like: S as in sugar. If you don't have it, just say no.
help-order-number = It's the six digits you heard when you ordered.
help-complaint-number = It's the six digits you heard when you complained. If you don't have it, say: I don't have it.
help-yes-no = Please say yes or no.
help-human = If you'd rather talk to a person, just say so.

## Building blocks

described = { $has ->
    [both] { $before } { $name } with { $with }
    [before] { $before } { $name }
    [with] { $name } with { $with }
   *[plain] { $name }
}
refusing = { $thing } without { $without }
single = { $article ->
    [none] { $thing }
   *[other] { $article } { $thing }
}
counted = { $count } { $thing }
weighed = { $measure } of { $thing }
measured = { $amount ->
    [half] half a { UNIT($unit) }
    [quarter] a quarter of a { UNIT($unit) }
   *[other] { $n ->
        [one] one { UNIT($unit) }
       *[other] { WORDS($n) } { UNIT($unit, count: "many") }
    }
}
unit = { $unit ->
    [kg] { $n ->
        [one] kilo
       *[other] kilos
    }
    [g] { $n ->
        [one] gram
       *[other] grams
    }
    [lb] { $n ->
        [one] pound
       *[other] pounds
    }
    [oz] { $n ->
        [one] ounce
       *[other] ounces
    }
    [dkg] { $n ->
        [one] decagram
       *[other] decagrams
    }
    [fl-oz] { $n ->
        [one] fluid ounce
       *[other] fluid ounces
    }
    [pt] { $n ->
        [one] pint
       *[other] pints
    }
    [qt] { $n ->
        [one] quart
       *[other] quarts
    }
    [gal] { $n ->
        [one] gallon
       *[other] gallons
    }
    [cl] { $n ->
        [one] centilitre
       *[other] centilitres
    }
    [l] { $n ->
        [one] litre
       *[other] litres
    }
    [ml] { $n ->
        [one] millilitre
       *[other] millilitres
    }
    [cm] { $n ->
        [one] centimetre
       *[other] centimetres
    }
    [m] { $n ->
        [one] metre
       *[other] metres
    }
    [each] { $n ->
        [one] piece
       *[other] pieces
    }
    [pack] { $n ->
        [one] pack
       *[other] packs
    }
    [dozen] dozen
   *[other] { $unit }
}
number-and-half = { $whole } and a half
value-amount = { $amount } { $value }
value-refused = no { $value }
pair-long = { $first }, and { $second }
the = the { $thing }
span = { $opens } to { $closes }
clock = { $minute ->
    [none] { $hour } { $part }
   *[other] { $hour } { $minute } { $part }
}
noon = noon
midnight = midnight
minute-under-ten = oh { $minute }

money = { $parts ->
    [major] { WORDS($major) } { $major-name }
    [minor] { WORDS($minor) } { $minor-name }
   *[both] { WORDS($major) } { $major-name } and { WORDS($minor) } { $minor-name }
}
currency-minor = { $n ->
    [one] hundredth
   *[other] hundredths
}
currency-USD = { $n ->
    [one] dollar
   *[other] dollars
}
currency-USD-minor = { $n ->
    [one] cent
   *[other] cents
}
currency-CAD = { $n ->
    [one] dollar
   *[other] dollars
}
currency-CAD-minor = { $n ->
    [one] cent
   *[other] cents
}
currency-AUD = { $n ->
    [one] dollar
   *[other] dollars
}
currency-AUD-minor = { $n ->
    [one] cent
   *[other] cents
}
currency-EUR = { $n ->
    [one] euro
   *[other] euros
}
currency-EUR-minor = { $n ->
    [one] cent
   *[other] cents
}
currency-GBP = { $n ->
    [one] pound
   *[other] pounds
}
currency-GBP-minor = { $n ->
    [one] penny
   *[other] pence
}
currency-PLN = { $n ->
    [one] zloty
   *[other] zlotys
}
currency-PLN-minor = { $n ->
    [one] grosz
   *[other] groszy
}

## Notices, to be read

notice-subject = { $shop }: { $kind ->
    [order] your order { $number }
    [return] your return { $number }
    [payment] payment of your order { $number }
   *[complaint] your complaint { $number }
}
notice-order = { $status ->
    [placed] Thank you for your order { $number }. It comes to { $total }.
    [packed] Your parcel { $number } is packed.
    [sent] Your parcel { $number } is on its way.
    [delivered] Your parcel { $number } has been delivered.
    [cancelled] Your order { $number } was cancelled.
   *[other] There is news of your order { $number }. Call us to hear it.
}
notice-return = { $way ->
    [label] Your return is registered. Please put a label with the number { $number } on the parcel. You get { $refund } back as soon as it has arrived.
   *[bring] Your return is registered. Please bring it to the shop and say the number { $number }. You get { $refund } back there.
}
notice-payment = Thank you for your order { $number }. You can pay { $total } here: { $url }
notice-complaint = Your complaint { $number } has been answered. Call us and ask for it to hear the answer.
