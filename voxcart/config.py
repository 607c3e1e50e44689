"""Knows config.toml: where it is and what it means. Does not know what the settings do."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path

import msgspec

from commerce.contacts import ContactSettings
from commerce.settings import CommerceSettings
from nlu.settings import NluSettings
from voice.settings import AudioSocket, Device, Sip, VoiceSettings, WebSocket
from voxcart.connecting import ConnectorChoice, wrong_in_connectors
from voxcart.errors import ConfigError
from voxcart.experiments import Experiment
from voxcart.facts import MUST_BE_SAID
from voxcart.notice_settings import NoticeChoice, wrong_in_notices
from voxcart.patience import DialogueSettings
from voxcart.payment_settings import PaymentChoice, wrong_in_payments

CONFIG_NAME = "config.toml"
MOST_DAYS = 36_500
SHOPS = Path(__file__).parent.parent / "commerce" / "shops"


@dataclass(frozen=True, slots=True)
class ShopChoice:
    """`file`: the name of a sample shop, or the path of a shop file."""

    file: str = "coffee"


@dataclass(frozen=True, slots=True)
class StoreChoice:
    database: str = "var/voxcart.db"
    event_log_days: int = 90
    """Older events are removed, when the shop opens and every day; 0 = they are kept."""
    conversation_days: int = 90
    """The same of carts that were not ordered and what else a conversation leaves behind. Orders are always kept."""


@dataclass(frozen=True, slots=True)
class CallChoice:
    """`most` calls are taken at once; one more hears that all lines are busy."""

    most: int = 40
    per_caller: int = 20
    """So many calls of one number are taken in `per_caller_minutes`; 0 = any number."""
    per_caller_minutes: float = 5.0


@dataclass(frozen=True, slots=True)
class HumanChoice:
    """Who takes callers over: `transfer_to` is an address or number of the line's system; empty = nobody, a ticket is
    left. `announced`: they are told about the caller first. `webhook` receives every ticket as JSON."""

    transfer_to: str = ""
    ring_s: float = 30.0
    announced: bool = False
    webhook: str = ""
    webhook_token_file: str = ""
    webhook_timeout_s: float = 5.0
    webhook_tries: int = 4


@dataclass(frozen=True, slots=True)
class HouseholdChoice:
    """Whose shopping list the microphone's line has, and who may be buying there; empty = none."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class MetricsChoice:
    """Where `/metrics` and `/health` are shown while calls are served; port 0 = nowhere."""

    address: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. Relative paths in it count from `base`, the folder of the file they were read from."""

    base: Path = field(default_factory=Path.cwd)
    shop: ShopChoice = field(default_factory=ShopChoice)
    store: StoreChoice = field(default_factory=StoreChoice)
    commerce: CommerceSettings = field(default_factory=CommerceSettings)
    contacts: ContactSettings = field(default_factory=ContactSettings)
    nlu: NluSettings = field(default_factory=NluSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    dialogue: DialogueSettings = field(default_factory=DialogueSettings)
    calls: CallChoice = field(default_factory=CallChoice)
    human: HumanChoice = field(default_factory=HumanChoice)
    device: Device = field(default_factory=Device)
    sip: Sip = field(default_factory=Sip)
    audiosocket: AudioSocket = field(default_factory=AudioSocket)
    websocket: WebSocket = field(default_factory=WebSocket)
    household: HouseholdChoice = field(default_factory=HouseholdChoice)
    connectors: ConnectorChoice = field(default_factory=ConnectorChoice)
    metrics: MetricsChoice = field(default_factory=MetricsChoice)
    experiments: dict[str, Experiment] = field(default_factory=dict)
    notices: NoticeChoice = field(default_factory=NoticeChoice)
    payments: PaymentChoice = field(default_factory=PaymentChoice)

    def path(self, name: str) -> Path:
        return (self.base / Path(name).expanduser()).resolve()

    @property
    def database(self) -> Path:
        return self.path(self.store.database)

    def shop_file(self, choice: str | None = None) -> Path:
        """The shop file to use; `choice` overrides the configured one and counts from the current folder.

        Raises ConfigError when there is no such file.
        """
        name = choice or self.shop.file
        sample = SHOPS / f"{name}.toml"
        path = sample if sample.is_file() else (Path(name).expanduser() if choice else self.path(name))
        if not path.is_file():
            samples = ", ".join(sorted(found.stem for found in SHOPS.glob("*.toml")))
            raise ConfigError(f"There is no shop file {name!r}. Give a path, or one of the sample shops: {samples}.")
        return path


class _File(msgspec.Struct, forbid_unknown_fields=True):
    shop: ShopChoice = msgspec.field(default_factory=ShopChoice)
    store: StoreChoice = msgspec.field(default_factory=StoreChoice)
    commerce: CommerceSettings = msgspec.field(default_factory=CommerceSettings)
    contacts: ContactSettings = msgspec.field(default_factory=ContactSettings)
    nlu: NluSettings = msgspec.field(default_factory=NluSettings)
    voice: VoiceSettings = msgspec.field(default_factory=VoiceSettings)
    dialogue: DialogueSettings = msgspec.field(default_factory=DialogueSettings)
    calls: CallChoice = msgspec.field(default_factory=CallChoice)
    human: HumanChoice = msgspec.field(default_factory=HumanChoice)
    device: Device = msgspec.field(default_factory=Device)
    sip: Sip = msgspec.field(default_factory=Sip)
    audiosocket: AudioSocket = msgspec.field(default_factory=AudioSocket)
    websocket: WebSocket = msgspec.field(default_factory=WebSocket)
    household: HouseholdChoice = msgspec.field(default_factory=HouseholdChoice)
    connectors: ConnectorChoice = msgspec.field(default_factory=ConnectorChoice)
    metrics: MetricsChoice = msgspec.field(default_factory=MetricsChoice)
    experiments: dict[str, Experiment] = msgspec.field(default_factory=dict)
    notices: NoticeChoice = msgspec.field(default_factory=NoticeChoice)
    payments: PaymentChoice = msgspec.field(default_factory=PaymentChoice)


def load_config(path: Path | None = None) -> Config:
    """Read a config file; without a path `config.toml` of the current folder, or the defaults if there is none.

    Raises ConfigError that names file and key.
    """
    if path is None:
        path = Path.cwd() / CONFIG_NAME
        if not path.is_file():
            return Config()
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    _refuse_unknown(tree, _KNOWN, path)
    try:
        read = msgspec.convert(tree, _File)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_in_words(error)}.") from error
    sections = {name: getattr(read, name) for name in read.__struct_fields__}
    config = Config(path.parent.resolve(), **sections)
    _check(config, path)
    return config


def _tree(value: object) -> object:
    return msgspec.to_builtins(value)


_KNOWN = _tree(_File(experiments={"": Experiment("", {})}))
_NAMED = ("voice.turns", "experiments")
"""Tables whose keys are names that people choose."""


def _refuse_unknown(tree: object, known: object, path: Path, at: str = "") -> None:
    """Dataclasses let unknown keys pass in msgspec, so names are compared with the defaults first."""
    if not isinstance(tree, dict) or not isinstance(known, dict):
        return
    for key, value in tree.items():
        where = f"{at}.{key}" if at else key
        if at in _NAMED:
            _refuse_unknown(value, next(iter(known.values())), path, where)
        elif where.endswith(".arms"):
            continue
        elif key not in known:
            raise ConfigError(f"{path}: unknown key {where!r}. Known here: {', '.join(sorted(known))}.")
        else:
            _refuse_unknown(value, known[key], path, where)


def _in_words(error: msgspec.ValidationError) -> str:
    return str(error).replace(" - at `$.", ": key `").replace("Expected", "expected")


def _check(config: Config, path: Path) -> None:
    vad, turns = config.voice.vad, config.voice.turns
    wrong = [
        (vad.mode not in range(4), "voice.vad.mode must be 0, 1, 2 or 3"),
        ("order" not in turns, "voice.turns.order is missing: it serves every question without an entry of its own"),
        (any(turn.silence_ms < 100 for turn in turns.values()), "voice.turns: silence_ms must be at least 100"),
        (any(turn.no_input_ms < 500 for turn in turns.values()), "voice.turns: no_input_ms must be at least 500"),
        (not 0 <= config.nlu.fuzzy_cutoff <= 100, "nlu.fuzzy_cutoff must be between 0 and 100"),
        (config.calls.most < 1, "calls.most must be at least 1"),
        (config.calls.per_caller < 0, "calls.per_caller cannot be negative; 0 = any number"),
        (config.calls.per_caller_minutes <= 0, "calls.per_caller_minutes must be above 0"),
        *_wrong_in_human(config.human),
        *wrong_in_connectors(config.connectors),
        *wrong_in_notices(config.notices),
        *wrong_in_payments(config.payments),
        (config.nlu.phrases < 100, "nlu.phrases must be at least 100"),
        *_wrong_in_sip(config.sip),
        *_wrong_in_bridges(config),
        *(
            (days not in range(MOST_DAYS + 1), f"{key} must be 0 to {MOST_DAYS}, 0 = kept")
            for key, days in (
                ("store.event_log_days", config.store.event_log_days),
                ("store.conversation_days", config.store.conversation_days),
                ("voice.recording.keep_days", config.voice.recording.keep_days),
            )
        ),
        (config.commerce.resume_minutes not in range(24 * 60 + 1), "commerce.resume_minutes must be 0 to 1440"),
        (config.commerce.pin_tries < 1, "commerce.pin_tries must be at least 1"),
        (config.commerce.confirmation_s > 60, "commerce.confirmation_s must not be above 60: a yes does not keep"),
        *_wrong_in_device(config.device),
        *_wrong_in_contacts(config.contacts),
        *(wrong for name, each in config.experiments.items() for wrong in _wrong_in_experiment(name, each)),
        (not 0.3 <= config.voice.speech.rate <= 3, "voice.speech.rate must be between 0.3 and 3"),
    ]
    for is_wrong, why in wrong:
        if is_wrong:
            raise ConfigError(f"{path}: {why}.")


def _wrong_in_human(human: HumanChoice) -> list[tuple[bool, str]]:
    return [
        (
            bool(human.webhook) and not human.webhook.startswith(("https://", "http://")),
            "human.webhook must begin with https:// or http://",
        ),
        (not human.transfer_to.isprintable() or " " in human.transfer_to, "human.transfer_to must be one address"),
        (human.ring_s <= 0, "human.ring_s must be above 0"),
        (human.webhook_timeout_s <= 0, "human.webhook_timeout_s must be above 0"),
        (human.webhook_tries < 1, "human.webhook_tries must be at least 1"),
    ]


def _wrong_in_device(device: Device) -> list[tuple[bool, str]]:
    are_words = all(phrase and phrase == " ".join(phrase.lower().split()) for phrase in device.wake_phrases)
    return [
        (not are_words, 'device.wake_phrases must be words in small letters, ["hello market"]'),
        (device.follow_up_s < 1, "device.follow_up_s must be at least 1"),
        (device.asleep_minutes < 0, "device.asleep_minutes cannot be negative"),
    ]


def _wrong_in_contacts(contacts: ContactSettings) -> list[tuple[bool, str]]:
    after = contacts.remind_after_minutes
    return [
        (
            list(after) != sorted({max(1, each) for each in after}),
            "contacts.remind_after_minutes must grow from one to the next, each at least 1",
        ),
        *(
            (not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", each), f'contacts.{key} must be a time such as "20:00"')
            for key, each in (("quiet_from", contacts.quiet_from), ("quiet_until", contacts.quiet_until))
        ),
        (contacts.alert_days not in range(MOST_DAYS + 1), f"contacts.alert_days must be 0 to {MOST_DAYS}"),
    ]


def _wrong_in_experiment(name: str, experiment: Experiment) -> list[tuple[bool, str]]:
    at = f"experiments.{name}"
    names = (name, *experiment.arms)
    return [
        (
            not all(re.fullmatch("[a-z][a-z0-9_]*", each) for each in names),
            f"{at}: names are small letters, digits and _",
        ),
        (experiment.message in MUST_BE_SAID, f"{at}.message: {experiment.message} must be said as it is"),
        (len(experiment.arms) < 2, f"{at}.arms must hold at least two arms, the first of them to compare with"),
    ]


def _is_address(text: str) -> bool:
    try:
        return bool(IPv4Address(text))
    except ValueError:
        return False


def _is_outside(address: str) -> bool:
    return _is_address(address) and not IPv4Address(address).is_loopback


def _wrong_in_sip(sip: Sip) -> list[tuple[bool, str]]:
    least_ports = 100
    return [
        (not _is_address(sip.address), "sip.address must be an IPv4 address of this machine"),
        (
            _is_outside(sip.address) and not sip.allow,
            'sip.allow must name who may call from outside; ["0.0.0.0/0"] = anybody (docs/telephone.md)',
        ),
        (not 0 < sip.port < 65_535, "sip.port must be 1 to 65534"),
        ("tls" in sip.transports and not sip.certificate, "sip.certificate is needed for the transport tls"),
        (not sip.codecs, "sip.codecs must name at least one codec"),
        (sip.last_rtp_port - sip.first_rtp_port < least_ports, f"sip: RTP needs at least {least_ports} ports"),
        (not 0 < sip.jitter_min_ms <= sip.jitter_max_ms, "sip.jitter_min_ms must not be above jitter_max_ms"),
        (min(sip.rtp_timeout_s, sip.hold_s) < 0, "sip: a time cannot be negative"),
        (bool(sip.registrar) and sip.register_s < 1, "sip.register_s must be at least 1"),
    ]


def _wrong_in_bridges(config: Config) -> list[tuple[bool, str]]:
    over_tcp, over_web = config.audiosocket, config.websocket
    return [
        (
            not (config.sip.transports or over_tcp.port or over_web.port),
            "sip.transports must name udp, tcp or tls where no other line has a port",
        ),
        *_wrong_in_bridge("audiosocket", over_tcp),
        (
            _is_outside(over_tcp.address) and not over_tcp.allow,
            'audiosocket.allow must name who may connect from outside; ["0.0.0.0/0"] = anybody (docs/telephone.md)',
        ),
        *_wrong_in_bridge("websocket", over_web),
        (
            _is_outside(over_web.address) and not (over_web.token_file or over_web.twilio_token_file),
            "websocket needs token_file or twilio_token_file to be reached from outside (docs/telephone.md)",
        ),
        (not over_web.path.startswith("/"), "websocket.path must begin with /"),
    ]


def _wrong_in_bridge(name: str, bridge: AudioSocket | WebSocket) -> list[tuple[bool, str]]:
    return [
        (not _is_address(bridge.address), f"{name}.address must be an IPv4 address of this machine"),
        (bridge.port not in range(65_536), f"{name}.port must be 0 to 65535, 0 = nowhere"),
        (bridge.media_timeout_s < 0, f"{name}.media_timeout_s cannot be negative"),
    ]


def with_recording(config: Config, folder: Path) -> Config:
    """The same settings with recording switched on into `folder`."""
    recording = replace(config.voice.recording, enabled=True, folder=str(folder))
    return replace(config, voice=replace(config.voice, recording=recording))
