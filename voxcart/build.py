"""The only constructor of engines, store, shop and channel from a Config. Knows how parts fit, not what they do."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import platformdirs

from commerce.catalog import Catalog
from commerce.charging import Executes
from commerce.customers import list_customers
from commerce.database import Clock
from commerce.payments import Payments
from commerce.shop import Shop, utc_now
from commerce.shop import open_shop as open_store_and_shop
from commerce.shop_file import load_shop, slug
from nlu.grammar import Grammar
from nlu.intent import Meaning
from nlu.language import load_language
from nlu.parse import parse
from nlu.text import words_of
from nlu.vocabulary import Vocabulary
from voice import echo, models
from voice.channels.caller import Cue
from voice.channels.file import FileChannel, Tap
from voice.channels.pace import PaceName
from voice.channels.script import Say, Script, rehearse
from voice.prompt import Transfer
from voice.recognizer import Recognizer, VoskRecognizer
from voice.recording import CallRecording
from voice.second_pass import WhisperSecondPass
from voice.soundalike import SoundAlikeRecognizer, open_alikes, open_table
from voice.speaking import split_sentences
from voice.synthesizer import PiperSynthesizer, phonemes
from voice.threads import favour_the_loop, share_heaps
from voxcart.by_ear import NamesByEar
from voxcart.config import Config
from voxcart.connection import Connection, open_connection
from voxcart.facts import fact
from voxcart.forgetting import forget_old
from voxcart.hear import Ears, Json, read_line
from voxcart.mind import Log, Notify, ShopMind, Tools
from voxcart.payment_desk import PaymentDesk, charged, open_payments
from voxcart.replies import Replies
from voxcart.vocabulary import vocabulary_of

KINDS = ("order", "yes_no", "choice", "digits")
GARBAGE = 700, 10, 2
"""Thresholds of Python's three generations: calls that are over are found after minutes, not a quarter of an hour."""
HINT_NAMES = 40
"""Whisper's prompt is short; so many names fit."""


@dataclass(frozen=True, slots=True)
class Front:
    """A shop that is open: what it sells, how it is asked for, and who carries it out."""

    config: Config
    catalog: Catalog
    grammar: Grammar
    replies: Replies
    shop: Shop
    connection: Connection | None = None
    payments: PaymentDesk | None = None

    @property
    def tools(self) -> Tools:
        return self.tools_with(self.shop.store.append_event)

    def tools_with(self, log: Log) -> Tools:
        """What the minds of all calls share; `log` receives every event."""
        zone = ZoneInfo(self.catalog.time_zone)
        return Tools(
            catalog=self.catalog,
            shop=self.payments.shop if self.payments else self._shop,
            replies=self.replies,
            parse=self._parse,
            phrases=self._phrases,
            log=log,
            now=lambda: datetime.now(zone),
            hint=partial(hint_of, self.catalog),
            settings=self.config.dialogue,
            close_numbers=load_language(self.catalog.language).close_numbers,
            experiments=self.config.experiments,
        )

    def _parse(self, text: str, expecting: str, focus: tuple[str, ...]) -> Meaning | None:
        return parse(text, self.grammar, expecting, focus)

    def _phrases(self, expecting: str, focus: tuple[str, ...]) -> Sequence[str]:
        return self.grammar.phrases(expecting, focus=focus)

    def phrases_at_home(self, expecting: str, focus: tuple[str, ...]) -> Sequence[str]:
        """With what is said of the household's shopping list."""
        return self.grammar.phrases(expecting, focus=focus, lists=True)

    @property
    def _shop(self) -> Executes:
        return self.connection.shop if self.connection else self.shop

    def close(self) -> None:
        for each in (self.payments, self.connection):
            if each is not None:
                each.close()
        self.shop.close()

    def with_payments(self, payments: Payments | None) -> Front:
        """With who moves the money, where there is somebody."""
        if payments is None:
            return self
        return replace(self, payments=PaymentDesk(self.config, payments, self.shop, self._shop))


@dataclass(frozen=True, slots=True)
class Engines:
    """The models in memory. One set serves all calls."""

    recognizer: Recognizer
    second_pass: WhisperSecondPass | None
    synthesizer: PiperSynthesizer

    def close(self) -> None:
        self.synthesizer.close()
        if self.second_pass is not None:
            self.second_pass.close()


def open_shop(
    config: Config,
    choice: str | None = None,
    in_memory: bool = False,
    clock: Clock = utc_now,
    connect: bool = False,
) -> Front:
    """Read the shop file, open its database, drop old events. Raises ConfigError, ShopFileError or StoreError.

    `connect`: what the merchant keeps elsewhere is asked there, as calls need it, and so is who moves the money; raises
    BackEndUnavailable, too.
    """
    catalog = load_shop(config.shop_file(choice))
    if not connect:
        return _open_front(config, catalog, in_memory, clock, None)
    with ExitStack() as undo:
        if (connection := open_connection(config, catalog.currency)) is not None:
            undo.callback(connection.close)
            catalog = connection.listed(catalog)
        payments = open_payments(config, catalog)
        front = _open_front(config, catalog, in_memory, clock, connection).with_payments(payments)
        undo.pop_all()
    return front


def _open_front(config: Config, catalog: Catalog, in_memory: bool, clock: Clock, to: Connection | None) -> Front:
    vocabulary = vocabulary_of(catalog)
    grammar = Grammar.load(catalog.language, vocabulary, config.nlu, _open_ear(catalog.name, vocabulary))
    database = None if in_memory else config.database
    shop = open_store_and_shop(
        catalog,
        database,
        config.commerce,
        clock,
        config.connectors.elsewhere,
        charged(config),
        texts=bool(config.notices.webhook),
        confirms=config.notices.tells and config.notices.confirm,
    )
    forget_old(config, shop.store, clock())
    if to is not None:
        to.join(shop)
    return Front(config, catalog, grammar, Replies.load(catalog.language, catalog, config.experiments), shop, to)


def _open_ear(shop: str, vocabulary: Vocabulary) -> NamesByEar:
    """The shop's names by their sounds, kept in the user's cache."""
    language = load_language(vocabulary.language)
    names = [
        (" ".join(words_of(each, language)), product.id) for product in vocabulary.products for each in product.spoken
    ]
    memory = Path(platformdirs.user_cache_dir("voxcart", appauthor=False)) / f"names-{slug(shop)}.json"
    return NamesByEar(names, open_table(), phonemes, memory)


def open_recognizer(config: Config, front: Front) -> SoundAlikeRecognizer:
    """Vosk, with sound-alikes for every word of the shop that it lacks. Raises ModelMissing or ModelCorrupt."""
    return open_hearing(config)(front)


def open_hearing(config: Config) -> Callable[[Front], SoundAlikeRecognizer]:
    """What makes recognisers that share one model in memory, each with the sound-alikes of its own shop.

    Raises ModelMissing or ModelCorrupt.
    """
    return partial(_hear, _open_vosk(config))


def _hear(vosk: VoskRecognizer, front: Front) -> SoundAlikeRecognizer:
    alikes = open_alikes(vosk)
    alikes.spell(sorted(said_words(front)))
    return SoundAlikeRecognizer(vosk, alikes)


def _open_vosk(config: Config) -> VoskRecognizer:
    return VoskRecognizer(models.locate("vosk-en", config.voice.models), config.voice.decoding)


def unheard_words(config: Config, front: Front) -> tuple[str, ...]:
    """Words that callers may say to this shop and that no spelling makes heard."""
    spelled = open_alikes(_open_vosk(config)).spell(sorted(said_words(front)))
    return tuple(word for word, spelling in spelled.items() if spelling is None)


def said_words(front: Front) -> set[str]:
    """Every word of every phrase that can be listened for."""
    heard = (front.grammar.phrases(kind, lists=bool(front.config.household.name)) for kind in KINDS)
    return {word for phrases in heard for phrase in phrases for word in phrase.split()} | _names(front)


def _names(front: Front) -> set[str]:
    """The words of the names that the household's customers go by."""
    household = front.config.household.name
    names = [each.name for each in list_customers(front.shop.till) if household and each.household == household]
    return {word for name in names for word in words_of(name, front.grammar.language)}


def open_second_pass(config: Config, front: Front) -> WhisperSecondPass | None:
    if not config.voice.second_pass.enabled:
        return None
    folder = models.locate("whisper-base", config.voice.models)
    return WhisperSecondPass(folder, config.voice.second_pass, front.catalog.language)


def open_engines(config: Config, front: Front, recognizer: Recognizer | None = None) -> Engines:
    """Load every model, but for a recogniser that is there. Raises ModelMissing or ModelCorrupt, which name the
    command that helps."""
    share_heaps()
    synthesizer = PiperSynthesizer(models.locate("piper-joe", config.voice.models), config.voice.speech)
    engines = Engines(recognizer or open_recognizer(config, front), open_second_pass(config, front), synthesizer)
    synthesizer.warm_up()
    echo.warm_up()
    first, later = fixed_sentences(front)
    synthesizer.prepare_now(first, later)
    if engines.second_pass is not None:
        engines.second_pass.warm_up(wait=False)
    favour_the_loop()
    _look_only_through_what_is_new()
    return engines


def _look_only_through_what_is_new() -> None:
    """What is loaded stays: to look through it again and again holds up all calls for a third of a second. The second
    collection is what the next ones are measured by: whether there is enough that is new."""
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(*GARBAGE)


def fixed_sentences(front: Front) -> tuple[list[str], list[str]]:
    """What can be synthesised before it is said: the beginnings of a call and of answers, then everything else."""
    replies = front.replies
    greeting = [*split_sentences(front.catalog.greeting), *split_sentences(replies.word(fact("disclosure")))]
    first = list(dict.fromkeys([*greeting, *replies.openings()]))
    every = [sentence for text in (*replies.fragments(), *replies.fixed()) for sentence in split_sentences(text)]
    return first, [each for each in dict.fromkeys(every) if each not in first]


def open_ears(config: Config, front: Front, recognizer: Recognizer | None = None) -> Ears:
    """What understands single utterances of this shop; with a recogniser that is there already, or its own."""
    return Ears(
        catalog=front.catalog,
        recognizer=recognizer or open_recognizer(config, front),
        second=open_second_pass(config, front),
        parse=partial(_parse, front.grammar),
        phrases=front.grammar.phrases,
        hint=partial(hint_of, front.catalog),
        decoding=config.voice.decoding,
    )


def _parse(grammar: Grammar, text: str, expecting: str) -> Meaning | None:
    return parse(text, grammar, expecting)


def open_parser(front: Front) -> Callable[[str, str], Json]:
    """What understands typed lines of this shop; needs no model."""
    return partial(read_line, parse=partial(_parse, front.grammar), catalog=front.catalog)


def hint_of(catalog: Catalog, expecting: str) -> str:
    """What may be said, as a prompt for the second pass: names of the shop, or numbers."""
    if expecting == "digits":
        return load_language(catalog.language).number_hint
    names = [product.name for product in catalog.products[:HINT_NAMES]]
    values = [value.name for group in catalog.groups for value in group.values]
    return ", ".join([*values[:HINT_NAMES], *names]) + "."


def open_caller(config: Config) -> PiperSynthesizer:
    """A voice that callers are played with, another than the shop's. Raises ModelMissing or ModelCorrupt."""
    return PiperSynthesizer(models.locate("piper-kristin", config.voice.models), config.voice.speech)


def new_call_id() -> str:
    return f"call-{secrets.token_hex(4)}"


def open_mind(
    front: Front,
    call: str,
    caller: str | None = None,
    *,
    log: Log | None = None,
    recording: CallRecording | None = None,
    transfer: Transfer | None = None,
    notify: Notify | None = None,
    typed: bool = False,
    hears_others: bool = False,
    household: str = "",
) -> ShopMind:
    """The mind of one call; the caller may decline `recording`, which is then thrown away.

    `transfer`: who takes the caller over, None where the line cannot do that; `notify` is told of tickets.
    What is `typed` cannot be misheard; a line that `hears_others` is in a room; `household` has its shopping list.
    """
    tools = front.tools if log is None else front.tools_with(log)
    tools = tools if notify is None else replace(tools, notify=notify)
    tools = replace(tools, close_numbers=frozenset()) if typed else tools
    tools = replace(tools, phrases=front.phrases_at_home) if household else tools
    stop: Callable[[], None] = (lambda: None) if recording is None else recording.discard
    return ShopMind(call, tools, caller, recording is not None, stop, transfer, hears_others, household)


async def open_replay(
    script: Script,
    config: Config,
    pace: PaceName,
    recording: CallRecording | None,
    say: Say | None = None,
    cues: Sequence[Cue] | None = None,
    on_frame: Tap | None = None,
) -> FileChannel:
    """The line of a recorded call. `say` is the caller's voice if it is open already, `cues` the script if rehearsed.
    `on_frame` is told both sides of every frame.

    Raises ScriptError.
    """
    if script.speaks and say is None and cues is None:
        say = open_caller(config).say
    cues = await rehearse(script, say) if cues is None else cues

    def tap(caller_pcm: bytes, assistant_pcm: bytes, start: int) -> None:
        if recording is not None:
            recording.write(caller_pcm, assistant_pcm)
        if on_frame is not None:
            on_frame(caller_pcm, assistant_pcm, start)

    return FileChannel(cues, caller=script.caller, pace=pace, silence_s=script.silence_s, on_frame=tap)


def open_recording(config: Config, call: str, folder: Path | None = None) -> CallRecording | None:
    """The recording of a call where recording is switched on, or a folder is named."""
    if folder is None and not config.voice.recording.enabled:
        return None
    return CallRecording((folder or config.path(config.voice.recording.folder)) / f"{call}.wav", held=True)
