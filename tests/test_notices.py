"""One notice per change, told by webhook and mail to real servers: tried again, never lost, never twice by intent."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import structlog

from commerce.complaints import answer_complaint
from commerce.customers import add_customer, change_customer, list_customers
from commerce.errors import CommerceError, CustomerError
from commerce.notices import Notice
from commerce.redress import ComplaintOpened, OpenComplaint
from commerce.settings import CommerceSettings
from tests.commandline import Run, runner
from tests.post_office import Mailbox, Web, mail_server, web_server
from tests.small_shop import StandingClock
from tests.test_returns import Ann
from voxcart.build import Front, open_shop
from voxcart.config import Config, StoreChoice
from voxcart.errors import ConfigError
from voxcart.live_shop import LiveShop
from voxcart.mail import MailServer
from voxcart.notice_settings import NoticeChoice
from voxcart.notices import Messenger, message, notices_sent, open_messenger
from voxcart.phone import free_ports

EMAIL = "ada@example.com"


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is not in question here."""
    monkeypatch.setattr("commerce.pin.MEMORY_KIB", 64)


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as here:
        yield here


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server(free_ports(1)) as here:
        yield here


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path, store=StoreChoice("shop.db"), commerce=CommerceSettings(pin_free_limit="0.00"))


@pytest.fixture
def front(config: Config, clock: StandingClock) -> Iterator[Front]:
    opened = open_shop(config, "coffee", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def ann(front: Front) -> Ann:
    customer = Ann(front.shop)
    change_customer(front.shop.till, customer.customer, {"email": EMAIL})
    return customer


def by_both(web: Web, box: Mailbox, **more: float) -> Messenger:
    choice = NoticeChoice(webhook=web.url, mail_host="127.0.0.1", mail_tls="off", **more)
    return Messenger(choice, "secret", MailServer("127.0.0.1", box.port, "Corner <shop@corner.example>", "off"))


def waiting(front: Front) -> list[tuple[str, str]]:
    """(kind, state) of every notice that there is, oldest first."""
    with front.shop.store.transaction():
        return [(row["kind"], row["state"]) for row in reversed(front.shop.store.notices(front.shop.till.shop))]


def ends(front: Front) -> list[str | None]:
    with front.shop.store.transaction():
        return [row["ended"] for row in reversed(front.shop.store.notices(front.shop.till.shop))]


# ---- one per change ------------------------------------------------------------------------------------------------


def test_one_notice_per_change_and_none_where_nothing_changes(front: Front, ann: Ann) -> None:
    number = ann.has_got(("latte", 1), status="placed")
    assert waiting(front) == []
    front.shop.set_status(number, "packed")
    with pytest.raises(CommerceError):
        front.shop.set_status(number, "packed")
    assert waiting(front) == [("order", "packed")]
    front.shop.set_status(number, "sent")
    front.shop.set_status(number, "delivered")
    assert waiting(front) == [("order", "packed"), ("order", "sent"), ("order", "delivered")]


def test_a_change_in_the_database_itself_is_one_notice_not_two(front: Front, ann: Ann) -> None:
    number = ann.has_got(("latte", 1), status="placed")
    for _ in range(2):
        with front.shop.store.transaction():
            front.shop.store._run("UPDATE orders SET status = 'sent' WHERE number = ?", number)
    assert waiting(front) == [("order", "sent")]
    with front.shop.store.transaction():
        [row] = front.shop.store.notices(front.shop.till.shop)
    assert abs(datetime.fromisoformat(row["at"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_change_that_is_taken_back_is_no_notice(front: Front, ann: Ann) -> None:
    number = ann.has_got(("latte", 1), status="placed")

    def fails() -> None:
        with front.shop.store.transaction():
            front.shop.store.set_order_status(number, "placed", "packed")
            raise NotImplementedError

    with pytest.raises(NotImplementedError):
        fails()
    assert waiting(front) == []


def test_returns_and_answers_are_told_too(front: Front, ann: Ann) -> None:
    ann.has_got(("latte", 1))
    offered = ann.offered()
    command, key = ann.wants(offered), ann.key()
    for _ in range(2):
        front.shop.execute(command, key)
    made = ann.say(OpenComplaint(ann.call, "other", "hm", None, ann.customer, ann.prove()))
    assert isinstance(made, ComplaintOpened)
    answer_complaint(front.shop.till, made.number, "Sorry.")
    assert waiting(front) == [("order", "delivered"), ("return", "accepted"), ("complaint", "answered")]


# ---- told by both ways ---------------------------------------------------------------------------------------------


def test_it_arrives_by_webhook_and_mail_under_one_id(front: Front, ann: Ann, web: Web, box: Mailbox) -> None:
    number = ann.has_got(("latte", 1), status="sent")
    assert by_both(web, box).send_due(front) == (1, 0)
    [(headers, body)] = web.taken
    [mail] = box.taken
    assert headers["Authorization"] == "Bearer secret"
    assert body["id"] == headers["Idempotency-Key"]
    assert mail["Message-ID"] == f"<{body['id']}@corner.example>"
    assert (body["kind"], body["number"], body["state"]) == ("order", number, "sent")
    assert (body["customer"], body["phone"]) == (ann.customer, "5550100100")
    assert body["text"] == f"Your parcel {number} is on its way."
    assert (mail["To"], mail["From"]) == (EMAIL, "Corner <shop@corner.example>")
    assert mail["Subject"] == f"Corner Coffee: your order {number}"
    assert mail.get_content().strip() == body["text"]
    assert ends(front) == ["sent"]
    assert by_both(web, box).send_due(front) == (0, 0)
    assert (len(web.taken), len(box.taken)) == (1, 1)


def test_no_notice_names_what_is_in_the_parcel(
    front: Front, ann: Ann, web: Web, box: Mailbox, clock: StandingClock
) -> None:
    ann.has_got(("latte", 2), ("bagel", 1))
    ann.returns(ann.offered())
    made = ann.say(OpenComplaint(ann.call, "quality", "the latte was cold", None, ann.customer, ann.prove()))
    assert isinstance(made, ComplaintOpened)
    answer_complaint(front.shop.till, made.number, "Have another latte.")
    number = ann.has_got(("latte", 1), status="packed")
    clock.move(minutes=1)
    front.shop.set_status(number, "cancelled")
    assert by_both(web, box).send_due(front) == (5, 0)
    told = str(web.taken) + str([each.as_string() for each in box.taken])
    assert not re.search("latte|bagel", told, re.IGNORECASE)
    assert "$10.80 back" in told


def test_who_has_no_address_is_told_by_the_webhook_only(front: Front, web: Web, box: Mailbox) -> None:
    Ann(front.shop).has_got(("latte", 1), status="sent")
    assert by_both(web, box).send_due(front) == (1, 0)
    assert (len(web.taken), len(box.taken)) == (1, 0)


def test_where_nobody_can_be_told_it_is_over(front: Front, box: Mailbox) -> None:
    Ann(front.shop).has_got(("latte", 1), status="sent")
    only_mail = Messenger(NoticeChoice(mail_host="x"), mail=MailServer("127.0.0.1", box.port, "a@b.example", "off"))
    assert only_mail.send_due(front) == (1, 0)
    assert ends(front) == ["nobody"]


# ---- tried again ---------------------------------------------------------------------------------------------------


def test_only_the_way_that_failed_is_tried_again(
    front: Front, ann: Ann, web: Web, box: Mailbox, clock: StandingClock
) -> None:
    ann.has_got(("latte", 1), status="sent")
    web.answers = [503]
    messenger = by_both(web, box)
    assert messenger.send_due(front) == (0, 1)
    assert messenger.send_due(front) == (0, 0), "it is not due yet"
    clock.move(seconds=30)
    box.refusals = 1
    assert messenger.send_due(front) == (1, 0)
    assert len(set(web.ids)) == 1
    assert (len(web.taken), len(box.taken)) == (2, 1)


def test_mail_that_is_refused_is_tried_again(
    front: Front, ann: Ann, web: Web, box: Mailbox, clock: StandingClock
) -> None:
    ann.has_got(("latte", 1), status="sent")
    box.refusals = 2
    messenger = by_both(web, box)
    for pause in (30, 60):
        assert messenger.send_due(front) == (0, 1)
        clock.move(seconds=pause - 1)
        assert messenger.send_due(front) == (0, 0), "the pause is doubled"
        clock.move(seconds=1)
    assert messenger.send_due(front) == (1, 0)
    assert (len(web.taken), len(box.taken)) == (1, 1)


def test_after_so_many_tries_it_is_given_up_until_somebody_says_again(
    front: Front, ann: Ann, web: Web, box: Mailbox, clock: StandingClock
) -> None:
    ann.has_got(("latte", 1), status="sent")
    web.answers = [500] * 3
    messenger = by_both(web, box, tries=3)
    with structlog.testing.capture_logs() as logs:
        for _ in range(5):
            messenger.send_due(front)
            clock.move(hours=1)
    assert ends(front) == ["given up"]
    assert len(web.taken) == 3
    assert not re.search("latte|secret|ada", str(logs))
    with front.shop.store.transaction():
        assert front.shop.store.retry_notices(front.shop.till.shop) == 1
    assert messenger.send_due(front) == (1, 0)
    assert len(set(web.ids)) == 1


def test_who_does_not_answer_in_time_is_not_waited_for(front: Front, ann: Ann, web: Web, box: Mailbox) -> None:
    ann.has_got(("latte", 1), status="sent")
    web.slow_s = 1.0
    began = time.monotonic()
    assert by_both(web, box, timeout_s=0.1).send_due(front) == (0, 1)
    assert time.monotonic() - began < 0.9


def test_without_encryption_nothing_goes_where_it_is_asked_for(front: Front, ann: Ann, box: Mailbox) -> None:
    ann.has_got(("latte", 1), status="sent")
    mail = MailServer("127.0.0.1", box.port, "shop@corner.example")
    assert mail.tls == "starttls"
    assert Messenger(NoticeChoice(mail_host="x"), mail=mail).send_due(front) == (0, 1)
    assert box.taken == []


def test_what_is_too_old_is_told_to_nobody(
    front: Front, ann: Ann, web: Web, box: Mailbox, clock: StandingClock
) -> None:
    ann.has_got(("latte", 1), status="sent")
    clock.move(hours=73)
    assert by_both(web, box).send_due(front) == (0, 0)
    assert ends(front) == ["expired"]
    assert web.taken == []


def test_the_second_change_is_not_told_before_the_first(
    front: Front, ann: Ann, web: Web, box: Mailbox, clock: StandingClock
) -> None:
    number = ann.has_got(("latte", 1), status="packed")
    clock.move(seconds=1)
    front.shop.set_status(number, "sent")
    other = ann.has_got(("latte", 1), status="packed")
    web.answers = [500]
    messenger = by_both(web, box)
    assert messenger.send_due(front) == (1, 1)
    clock.move(seconds=30)
    assert messenger.send_due(front) == (2, 0)
    told = [(body["number"], body["state"]) for _, body in web.taken]
    assert told == [(number, "packed"), (other, "packed"), (number, "packed"), (number, "sent")]


KILLED = """
import os, signal, sys
from pathlib import Path
import voxcart.notices as notices
from commerce.shop import utc_now
from voxcart.build import open_shop
from voxcart.config import Config, StoreChoice
from voxcart.notice_settings import NoticeChoice
notices.told = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
front = open_shop(Config(Path(sys.argv[1]), store=StoreChoice("shop.db")), "coffee")
notices.Messenger(NoticeChoice(webhook=sys.argv[2])).send_due(front)
"""


def test_killed_between_sending_and_noting_it_goes_again_with_the_same_id(
    config: Config, web: Web, tmp_path: Path
) -> None:
    front = open_shop(config, "coffee")
    Ann(front.shop).has_got(("latte", 1), status="sent")
    dead = subprocess.run([sys.executable, "-c", KILLED, tmp_path, web.url], check=False)
    assert dead.returncode == -9
    assert len(web.taken) == 1
    messenger = Messenger(NoticeChoice(webhook=web.url))
    assert messenger.send_due(front) == (0, 0), "another may still be sending it"
    with front.shop.store.transaction():
        [row] = front.shop.store.notices(front.shop.till.shop)
        assert row["over"] is None
        assert row["due"] is not None
    later = datetime.fromisoformat(row["due"]) + timedelta(seconds=1)
    front.shop.till = replace(front.shop.till, clock=lambda: later)
    assert messenger.send_due(front) == (1, 0)
    assert len(web.taken) == 2
    assert len(set(web.ids)) == 1
    assert ends(front) == ["sent"]
    front.close()


def test_several_who_send_at_once_send_each_once(config: Config, web: Web) -> None:
    fronts = [open_shop(config, "coffee") for _ in range(3)]
    ann = Ann(fronts[0].shop)
    for _ in range(6):
        ann.has_got(("latte", 1), status="sent")
    web.slow_s = 0.02
    messenger = Messenger(NoticeChoice(webhook=web.url))
    senders = [Thread(target=messenger.send_due, args=(each,)) for each in fronts]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert len(web.ids) == len(set(web.ids)) == 6
    for each in fronts:
        each.close()


# ---- by the server and by command ----------------------------------------------------------------------------------


def soon(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def test_the_server_sends_by_itself(config: Config, web: Web) -> None:
    config = replace(config, notices=NoticeChoice(webhook=web.url, every_s=0.02))
    live = LiveShop(config, "coffee")
    with live.call() as opening, notices_sent(config, live):
        number = Ann(opening.front.shop).has_got(("latte", 1), status="packed")
        soon(lambda: len(web.taken) == 2)
        opening.front.shop.set_status(number, "sent")
        soon(lambda: len(web.taken) == 3)
    live.close()
    assert [body["state"] for _, body in web.taken] == ["placed", "packed", "sent"]


def test_where_no_way_is_configured_nothing_runs(config: Config) -> None:
    live = LiveShop(config, "coffee")
    with notices_sent(config, live):
        pass
    live.close()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def test_the_commands(run: Run, config: Config, web: Web, tmp_path: Path) -> None:
    opened = open_shop(config, "coffee")
    Ann(opened.shop).has_got(("latte", 1), status="sent")
    opened.close()
    where = '[store]\ndatabase = "shop.db"\n'
    (tmp_path / "config.toml").write_text(where, "utf-8")
    assert "no way to tell anybody" in run("notices", "send").err.replace("\n", " ")
    assert "sent" in run("notices", "list").out
    (tmp_path / "token").write_text("secret\n", "utf-8")
    told = f'[notices]\nwebhook = "{web.url}"\nwebhook_token_file = "token"\ntries = 1\n'
    (tmp_path / "config.toml").write_text(where + told, "utf-8")
    web.answers = [500]
    assert run("notices", "send").code == 1
    assert run("notices", "send").out == "0 sent, 0 failed\n"
    assert run("notices", "send", "--again").out == "1 sent, 0 failed\n"
    assert web.taken[-1][0]["Authorization"] == "Bearer secret"
    assert "Nobody waits" in run("notices", "list").out
    assert '"ended": "sent"' in run("notices", "list", "--all", "--json").out


def test_a_secret_that_is_not_there_is_named(config: Config) -> None:
    choice = NoticeChoice(mail_host="x", mail_from="a@b.example", mail_password_file="nowhere")
    with pytest.raises(Exception, match=r"notices.mail_password_file .*nowhere"):
        open_messenger(replace(config, notices=choice))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('webhook = "desk"', "notices.webhook must begin"),
        ('mail_host = "mail.example.com"', "notices.mail_from must be"),
        ("mail_port = 0", "notices.mail_port"),
        ('mail_tls = "off"\nmail_password_file = "x"', "notices.mail_tls"),
        ("every_s = 0", "every time must be above 0"),
        ("tries = 0", "notices.tries"),
    ],
)
def test_settings_that_cannot_be(text: str, named: str, tmp_path: Path) -> None:
    from voxcart.config import load_config

    path = tmp_path / "config.toml"
    path.write_text(f"[notices]\n{text}\n", "utf-8")
    with pytest.raises(ConfigError, match=named):
        load_config(path)


# ---- addresses -----------------------------------------------------------------------------------------------------


def test_an_address_is_kept_and_taken_away(front: Front) -> None:
    till = front.shop.till
    number, _ = add_customer(till, "Ada", "15550100", email=EMAIL)
    assert [each.email for each in list_customers(till)] == [EMAIL]
    change_customer(till, number, {"email": ""})
    assert [each.email for each in list_customers(till)] == [None]


@pytest.mark.parametrize(
    "bad",
    [
        "ada",
        "ada@",
        "@b.example",
        "a@b",
        "a b@c.example",
        "a@c.example\nBcc: d@e.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
    ],
)
def test_what_is_no_address_is_refused(front: Front, bad: str) -> None:
    with pytest.raises(CustomerError, match="not an address"):
        add_customer(front.shop.till, "Ada", "15550100", email=bad)


def test_who_is_erased_is_told_nothing(front: Front, ann: Ann, web: Web, box: Mailbox) -> None:
    ann.has_got(("latte", 1), status="sent")
    with front.shop.store.transaction():
        front.shop.store.erase_person(ann.customer, ())
    assert by_both(web, box).send_due(front) == (1, 0)
    [(_, body)] = web.taken
    assert (body["customer"], body["phone"]) == (None, None)
    assert box.taken == []


def test_a_state_of_later_has_words_too(front: Front) -> None:
    new = Notice("i", "order", "1", "lost", datetime.now(UTC), 1, False, False, None, None, None)
    assert "There is news of your order 1" in message(front, new)["text"]
