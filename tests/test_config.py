from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from voxcart.config import Config, load_config
from voxcart.errors import ConfigError

SHIPPED = Path(__file__).parent.parent / "config.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_shipped_file_is_valid_and_names_every_setting() -> None:
    import tomllib

    tree = tomllib.loads(SHIPPED.read_text("utf-8"))
    known = msgspec.to_builtins({name: getattr(load_config(SHIPPED), name) for name in tree})

    def keys(value: object, at: str = "") -> set[str]:
        if not isinstance(value, dict):
            return {at}
        return {key for name, inner in value.items() for key in keys(inner, f"{at}.{name}")}

    left_out = {key for key in keys(known) - keys(tree) if not key.startswith(".voice.turns.")}
    assert left_out == set()


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[store]\ndatabase = "here.db"\n'))
    assert config.database == tmp_path / "here.db"


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config().commerce == Config().commerce


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[nlu]\nfuzy_cutoff = 1.0\n", "nlu.fuzy_cutoff"),
        ("[voice.turns.order]\nsilense_ms = 1\n", "voice.turns.order.silense_ms"),
        ("[colours]\n", "colours"),
        ('[nlu]\nseed = "seven"\n', "nlu.seed"),
        ("[voice.vad]\nmode = 9\n", "voice.vad.mode"),
        ("[calls]\nmost = 0\n", "calls.most"),
        ("[commerce]\nconfirmation_s = 600\n", "confirmation_s"),
        ("[voice.turns.yes_no]\nsilence_ms = 300\n", "voice.turns.order"),
        ('[sip]\ntransports = ["smoke"]\n', "sip.transports"),
        ('[sip]\ntransports = ["tls"]\n', "sip.certificate"),
        ('[sip]\naddress = "192.0.2.7"\n', "sip.allow must name"),
        ('[sip]\naddress = "eth0"\n', "sip.address must be"),
        ("[sip]\njitter_min_ms = 300\n", "sip.jitter_min_ms"),
        ("[sip]\nfirst_rtp_port = 19990\n", "RTP needs at least 100 ports"),
        ("[sip]\ntransports = []\n", "sip.transports must name"),
        ('[audiosocket]\naddress = "192.0.2.7"\n', "audiosocket.allow must name"),
        ("[audiosocket]\nport = 70000\n", "audiosocket.port must be"),
        ("[audiosocket]\nrate_hz = 44100\n", "audiosocket.rate_hz"),
        ('[websocket]\naddress = "0.0.0.0"\n', "websocket needs token_file or twilio_token_file"),
        ('[websocket]\naddress = "localhost"\n', "websocket.address must be"),
        ('[websocket]\npath = "call"\n', "websocket.path must begin"),
        ("[websocket]\nmedia_timeout_s = -1\n", "websocket.media_timeout_s cannot be negative"),
        ("[calls]\nper_caller = -1\n", "calls.per_caller"),
        ("[calls]\nper_caller_minutes = 0\n", "calls.per_caller_minutes"),
        ('[human]\nwebhook = "desk.example.com"\n', "human.webhook must begin"),
        ('[human]\ntransfer_to = "sip:a@b, sip:c@d"\n', "human.transfer_to must be one"),
        ("[human]\nring_s = 0\n", "human.ring_s"),
        ("[human]\nwebhook_timeout_s = 0\n", "human.webhook_timeout_s"),
        ("[human]\nwebhook_tries = 0\n", "human.webhook_tries"),
        ('[dialogue]\nhuman_on_upset = "shout"\n', "human_on_upset"),
        ('[connectors]\norders = "http"\n', "connectors.url must begin"),
        ('[connectors]\nstock = "http"\nurl = "https://till.example"\n', 'needs orders = "http"'),
        ('[connectors]\norders = "fax"\n', "connectors.orders"),
        ("[connectors]\ntimeout_s = 0\n", "connectors.timeout_s"),
        ("[connectors]\ntries = 0\n", "connectors.tries"),
        ("[connectors]\nfailures = 0\n", "connectors.failures"),
        ("[connectors]\nrest_s = 0\n", "connectors.rest_s"),
        ("[connectors]\ncatalogue_minutes = -1\n", "connectors.catalogue_minutes"),
        ("[connectors]\nhand_over_pause_s = 0\n", "connectors.hand_over_pause_s"),
        ("[connectors]\nurl_ = 1\n", "connectors.url_"),
        ("[nlu\n", "not valid TOML"),
    ],
)
def test_wrong_config_names_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert named in str(caught.value)
    assert str(path) in str(caught.value)


def test_unreadable_file_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "absent.toml")


def test_unknown_shop_names_the_samples(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="sample shops"):
        load_config(written(tmp_path, "")).shop_file("nowhere")
