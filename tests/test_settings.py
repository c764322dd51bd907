"""Settings: what is read, what is refused and how, and that the documentation names every key."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from moothall.settings import Settings, SettingsError, describe, load, split_listen

DOCUMENT = Path(__file__).parents[1] / "docs/operate/configuration.md"


def _written(folder: Path, text: str) -> Path:
    path = folder / "moothall.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_those_of_the_contract(tmp_path: Path) -> None:
    settings = load(_written(tmp_path, 'domain = "forum.example"'), {})

    assert settings == Settings(domain="forum.example")
    assert settings.listen == "127.0.0.1:8536"
    assert settings.public_scheme == "https"
    assert settings.data_dir == Path("./data")
    assert settings.database_url == ""
    assert (settings.setup.admin_username, settings.setup.site_name) == ("", "")
    assert settings.federation.enabled is True
    assert settings.federation.allow_private_addresses is False
    assert settings.federation.static_hosts == {}
    assert settings.media.remote_images == "proxy"
    assert settings.compat.nodeinfo_as_lemmy is False
    assert settings.rate_limit.enabled is True
    assert settings.storage.synchronous == "full"
    assert not settings.is_trial


def test_file_and_environment_are_read_and_the_environment_wins(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        """
        domain = "Forum.Example:8443"
        data_dir = "/srv/forum"
        [server]
        workers = 3
        [smtp]
        host = "mail.example"
        from_address = "forum@forum.example"
        [federation.static_hosts]
        "DS9.lemmy.ml" = "http://127.0.0.1:9001/"
        """,
    )
    environ = {
        "MOOTHALL_SERVER__WORKERS": "2",
        "MOOTHALL_RATE_LIMIT__ENABLED": "False",
        "MOOTHALL_PUBLIC_SCHEME": "http",
        "PATH": "/bin",
    }

    settings = load(path, environ)

    assert settings.domain == "forum.example:8443"
    assert settings.host == "forum.example"
    assert settings.base_url == "http://forum.example:8443"
    assert settings.data_dir == Path("/srv/forum")
    assert settings.server.workers == 2
    assert settings.rate_limit.enabled is False
    assert settings.smtp.port == 587
    assert settings.federation.static_hosts == {"ds9.lemmy.ml": "http://127.0.0.1:9001"}


def test_a_table_can_come_from_the_environment() -> None:
    value = '{ "a.example" = "http://127.0.0.1:1", "b.example" = "https://[::1]:2" }'

    hosts = load(None, {"MOOTHALL_FEDERATION__STATIC_HOSTS": value}).federation.static_hosts

    assert hosts == {"a.example": "http://127.0.0.1:1", "b.example": "https://[::1]:2"}


def test_every_key_has_a_variable(tmp_path: Path) -> None:
    described = tomllib.loads(describe(Settings(domain="a.example", data_dir=tmp_path)))
    environ = {}
    for name, value in described.items():
        for key, one in value.items() if isinstance(value, dict) else [("", value)]:
            variable = "MOOTHALL_" + "__".join(filter(None, (name, key))).upper()
            environ[variable] = str(one).lower() if isinstance(one, bool) else str(one)

    assert load(None, environ) == Settings(domain="a.example", data_dir=tmp_path)
    assert len(environ) == 40


def test_without_file_and_domain_it_is_a_trial_on_this_machine() -> None:
    settings = load(None, {"MOOTHALL_LISTEN": "0.0.0.0:9000"})

    assert settings.is_trial
    assert settings.base_url == "http://127.0.0.1:9000"
    assert settings.federation.enabled is False


def test_a_trial_keeps_what_was_said() -> None:
    environ = {"MOOTHALL_PUBLIC_SCHEME": "https", "MOOTHALL_FEDERATION__ENABLED": "true"}

    settings = load(None, environ)

    assert settings.base_url == "https://127.0.0.1:8536"
    assert settings.federation.enabled is True


def test_a_named_domain_is_no_trial() -> None:
    settings = load(None, {"MOOTHALL_DOMAIN": "forum.example"})

    assert not settings.is_trial
    assert settings.base_url == "https://forum.example"


REFUSED = {
    'domian = "a.example"': "unknown key domian: did you mean domain?",
    "[servr]\nworkers = 1": "unknown section servr: did you mean server?",
    "workers = 1": "unknown key workers: did you mean server.workers?",
    "[server]\nwokers = 1": "unknown key server.wokers: did you mean server.workers?",
    "[federation.statichosts]": "did you mean federation.static_hosts?",
    "is_trial = true": "unknown key is_trial",
    "[nope]": "unknown section nope: the nearest is ",
    "[sever]": "unknown section sever: did you mean server?",
    "unknown_key = 1": "`moothall config` shows all",
    "admin_usrname = 1": "unknown key admin_usrname: did you mean setup.admin_username?",
    '"a\\nb" = 1': 'unknown key "a\\nb"',
    "server = 3": "server is a section",
    'domain = "https://forum.example"': "domain = ",
    'domain = "forum.example/"': "domain = ",
    'domain = "forum example"': "without scheme, path or spaces",
    'domain = "bücher.example"': "xn--",
    'domain = "forum.example:"': "domain = ",
    'domain = "forum.example:70000"': "domain = ",
    'domain = "forum.example:443"': "leave the port out",
    'domain = "300.1.1.1"': "domain = ",
    'domain = "[::g]:80"': "domain = ",
    'domain = "a..example"': "domain = ",
    "domain = 7": "domain = 7: must be text",
    'listen = "8536"': "ADDRESS:PORT",
    'listen = "127.0.0.1:0"': "ADDRESS:PORT",
    'public_scheme = "ftp"': 'must be one of "https", "http"',
    'data_dir = ""': "must name a folder",
    'data_dir = "a\\nb"': "control characters",
    '[server]\nworkers = "many"': 'server.workers = "many": must be a whole number',
    "[server]\nworkers = true": "server.workers = true: must be a whole number",
    "[server]\nworkers = -1": "from 0 to 256",
    '[server]\nmetrics_listen = "off"': "ADDRESS:PORT",
    "[smtp]\nport = 0": "from 1 to 65535",
    '[smtp]\nhost = "mail.example:25"': "without a port",
    '[smtp]\nfrom_address = "Forum <a@b.example>"': "bare mail address",
    '[smtp]\nhost = "mail.example"': "smtp.from_address is not set",
    '[smtp]\ntls = "ssl"': 'must be one of "none", "starttls", "tls"',
    '[log]\nlevel = "loud"': '"debug", "info", "warning", "error"',
    '[storage]\nsynchronous = "off"': '"full", "normal"',
    "[rate_limit]\nenabled = 1": "rate_limit.enabled = 1: must be true or false",
    '[federation]\nstatic_hosts = "x"': "must be a table",
    '[federation.static_hosts]\n"a/b" = "http://x"': "is not a host name",
    '[federation.static_hosts]\na = "http://x/path"': "is not an address",
    "[federation.static_hosts]\na = 3": "3 is not an address",
    '[setup]\nadmin_username = "ada"': "setup.admin_password is not set",
    '[setup]\nadmin_password = "long secret"': "setup.admin_username is not set",
    "domain = ": "cannot read the configuration file",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    # Top-level keys stand before any section.
    lines = text if text.startswith(("domain", "domian")) else f'domain = "a.example"\n{text}'

    with pytest.raises(SettingsError) as caught:
        load(_written(tmp_path, lines), {})

    assert REFUSED[text] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "variable,text,reason",
    [
        ("MOOTHALL_DOMIAN", "a.example", "did you mean MOOTHALL_DOMAIN?"),
        ("MOOTHALL_SERVER_WORKERS", "1", "did you mean MOOTHALL_SERVER__WORKERS?"),
        ("MOOTHALL_SERVER__WORKERS", "many", "(from MOOTHALL_SERVER__WORKERS)"),
        ("MOOTHALL_SERVER__WORKERS", "9" * 5000, "must be a whole number"),
        ("MOOTHALL_RATE_LIMIT__ENABLED", "maybe", "must be true or false"),
        ("MOOTHALL_RATE_LIMIT__ENABLED", "no", "must be true or false"),
        ("MOOTHALL_FEDERATION__STATIC_HOSTS", "a=b", "TOML table in one line"),
        ("MOOTHALL_FEDERATION__STATIC_HOSTS", "{}\nx = 1", "must be a table"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    variable: str, text: str, reason: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(None, {variable: text})

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_variables_of_the_test_suite_are_no_settings() -> None:
    assert load(None, {"MOOTHALL_SHARED": "x", "MOOTHALL_TEST_DATABASE": "y"}).is_trial


def test_a_file_needs_a_domain(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="domain is not set"):
        load(_written(tmp_path, ""), {})


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read .*gone\.toml: No such file"):
        load(tmp_path / "gone.toml", {})


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "moothall.toml"
    path.write_bytes(b'domain = "\xff.example"')

    with pytest.raises(SettingsError, match="cannot read the configuration file"):
        load(path, {})


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:hunter2hunter2@b/c",
        "postgresql://a:hunter2hunter2@b",
        "postgresql://a:hunter2@b:x/c",
    ],
)
def test_a_bad_database_address_is_refused_without_telling_its_password(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(SettingsError, match=r"database_url = \(hidden\): must be empty") as caught:
        load(_written(tmp_path, f'domain = "a.example"\ndatabase_url = "{url}"'), {})

    assert "hunter2" not in str(caught.value)


def test_secrets_are_masked_in_the_description(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        """
        domain = "a.example"
        database_url = "postgresql://forum:hunter2@db.example:5433/forum?password=hunter2"
        setup = { admin_username = "ada", admin_password = "hunter2hunter2" }
        smtp = { password = "hunter2" }
        """,
    )

    text = describe(load(path, {}))

    assert "hunter2" not in text
    assert 'database_url = "postgresql://forum:(hidden)@db.example:5433/forum?(hidden)"' in text
    assert tomllib.loads(text)["setup"]["admin_password"] == "(hidden)"


def test_the_description_is_a_configuration_file_that_gives_the_same(tmp_path: Path) -> None:
    settings = load(
        _written(
            tmp_path,
            'domain = "a.example"\ndata_dir = "a \\"b\\" \\\\ ü"\n'
            '[federation.static_hosts]\n"b.example" = "http://127.0.0.1:1"',
        ),
        {},
    )
    again = tmp_path / "again.toml"
    again.write_text(describe(settings), encoding="utf-8")

    assert load(again, {}) == settings


def test_the_documentation_holds_every_key_as_the_program_knows_it() -> None:
    block = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)

    assert block
    assert block[1] == describe(Settings())


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().domain = "other.example"  # type: ignore[misc]


def test_listen_addresses_are_split() -> None:
    assert split_listen("127.0.0.1:80") == ("127.0.0.1", 80)
    assert split_listen("[::1]:8536") == ("::1", 8536)
