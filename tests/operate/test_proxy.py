"""The proxies of the documentation, run by Debian's nginx and Caddy in front of the real server."""

import datetime as dt
import os
import re
import ssl
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from moothall.settings import Settings
from tests.support.documents import example
from tests.support.pictures import photo
from tests.support.programs import required_program
from tests.support.server import ADMIN, PASSWORD, Server, free_port, until

DOMAIN = "forum.example"
FORGED = "203.0.113.9"  # set aside for documentation: nobody's

_FRAME = """
daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class Proxy(ABC):
    """A proxy with its documented site, on free ports of loopback."""

    def __init__(self, program: Path, folder: Path, server: Server) -> None:
        folder.mkdir()
        _make_certificate(folder)
        self.port, self.plain_port = free_port(), free_port()
        self._trust = ssl.create_default_context(cafile=folder / "fullchain.pem")
        self._folder = folder
        self._log = (folder / "log").open("wb")
        config = folder / "config"
        config.write_text(self._config(server))
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig=TERM", "--", program, *self._arguments(config)],
            env={**os.environ, "HOME": str(folder)},
            stdout=self._log,
            stderr=self._log,
        )
        until(self._answers, 10, f"the start of {program.name}")

    @abstractmethod
    def _config(self, server: Server) -> str:
        """The documented site, made to run here."""

    @abstractmethod
    def _arguments(self, config: Path) -> list[str]:
        """How the program is told where that stands."""

    def _example(self, language: str, replaced: dict[str, str]) -> str:
        """The example, with the addresses of this test in place of those of a real machine."""
        site = example("proxy.md", language)
        for written, here in replaced.items():
            assert written in site
            site = site.replace(written, here)
        return site

    def _answers(self) -> bool:
        assert self._process.poll() is None, Path(self._log.name).read_text()
        try:
            httpx.get(f"http://127.0.0.1:{self.plain_port}/", timeout=5)
        except httpx.TransportError:
            return False
        return True

    def client(self, address: str, **headers: str) -> httpx.Client:
        """A visitor from this address of loopback, who checks the certificate."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            transport=_Named(verify=self._trust, local_address=address),
            headers={"Host": DOMAIN, **headers},
            timeout=30,
        )

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


class Nginx(Proxy):
    def _config(self, server: Server) -> str:
        replaced = {
            "127.0.0.1:8536;": f"127.0.0.1:{server.port};",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "/etc/letsencrypt/live/forum.example": str(self._folder),
        }
        return _FRAME.format(folder=self._folder, site=self._example("nginx", replaced))

    def _arguments(self, config: Path) -> list[str]:
        return ["-c", str(config), "-p", str(self._folder)]


class Caddy(Proxy):
    def _config(self, server: Server) -> str:
        # A certificate of our own: nobody outside can be asked for one.
        own = f"bind 127.0.0.1\n tls {self._folder}/fullchain.pem {self._folder}/privkey.pem"
        replaced = {
            f"{DOMAIN} {{": f"{DOMAIN} {{\n {own}",
            "127.0.0.1:8536": f"127.0.0.1:{server.port}",
        }
        ports = f"http_port {self.plain_port}\n https_port {self.port}"
        return f"{{\n admin off\n {ports}\n}}\n" + self._example("caddyfile", replaced)

    def _arguments(self, config: Path) -> list[str]:
        return ["run", "--config", str(config), "--adapter", "caddyfile"]


class _Named(httpx.HTTPTransport):
    """Asks for the domain in the TLS handshake although it connects to an address."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = DOMAIN
        return super().handle_request(request)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which proxy."""
    return str(request.param)


@pytest.fixture(scope="module")
def server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as the documentation sets it up, with its limits on."""
    with Server(
        tmp_path_factory.mktemp("behind"),
        domain=DOMAIN,
        public_scheme="https",
        server={"trusted_proxies": 1},
        rate_limit={"enabled": True},
    ) as started:
        yield started


@pytest.fixture(scope="module")
def proxy(kind: str, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    make = Nginx if kind == "nginx" else Caddy
    folder = tmp_path_factory.mktemp("front") / kind
    started = make(required_program(kind, kind), folder, server)
    yield started
    started.stop()


def _log_in(client: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    body = {"username_or_email": ADMIN, "password": password}
    return client.post("/api/v3/user/login", json=body)


def test_the_example_of_settings_is_the_one_that_is_tested(server: Server) -> None:
    settings = example("proxy.md", "toml")
    assert "trusted_proxies = 1" in settings
    assert 'listen = "127.0.0.1:8536"' in settings


def test_plain_http_is_sent_to_tls(proxy: Proxy) -> None:
    address = f"http://127.0.0.1:{proxy.plain_port}/post/1?x=y"
    answer = httpx.get(address, headers={"Host": DOMAIN})
    assert answer.status_code in {301, 308}
    # Only here is TLS at a port of its own.
    location = answer.headers["location"].replace(f":{proxy.port}/", "/")
    assert location == f"https://{DOMAIN}/post/1?x=y"


def test_pages_and_api_come_through_tls_under_the_public_name(proxy: Proxy) -> None:
    with proxy.client("127.0.0.1") as client:
        site = client.get("/api/v3/site")
        assert site.json()["site_view"]["site"]["actor_id"] == f"https://{DOMAIN}/"
        page = client.get("/login")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "http://" not in "".join(re.findall(r'(?:href|src|action)="([^"]*)"', page.text))


def test_somebody_signs_in_by_the_form(proxy: Proxy) -> None:
    with proxy.client("127.0.0.5") as client:
        page = client.get("/login")
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        assert "secure" in page.headers["set-cookie"].lower()
        fields = {**form, "name": ADMIN, "password": PASSWORD}
        done = client.post(
            "/login", data=fields, headers={"Origin": f"https://{DOMAIN}", "Cookie": cookies}
        )
        assert done.status_code == 303, done.text
        refused = client.post(
            "/login", data=fields, headers={"Origin": "https://evil.example", "Cookie": cookies}
        )
        assert refused.status_code in {400, 403}


def test_the_address_of_a_visitor_arrives_and_a_forged_one_does_not(proxy: Proxy) -> None:
    for more in ({}, {"X-Forwarded-For": FORGED}, {"X-Forwarded-For": f"{FORGED}, 127.0.0.1"}):
        with proxy.client("127.0.0.7", **more) as client:
            token = _log_in(client).json()["jwt"]
            logins: list[dict[str, Any]] = client.get(
                "/api/v3/user/list_logins", headers={"Authorization": f"Bearer {token}"}
            ).json()
        assert {login["ip"] for login in logins if login["ip"] != "127.0.0.5"} == {"127.0.0.7"}


def test_limits_count_each_visitor_and_cannot_be_escaped(proxy: Proxy) -> None:
    def outcome(address: str, number: int) -> str:
        with proxy.client(address, **{"X-Forwarded-For": f"203.0.113.{number}"}) as client:
            return str(_log_in(client, "wrong password").json()["error"])

    outcomes = [outcome("127.0.0.8", number) for number in range(12)]
    assert outcomes[0] == "incorrect_login"
    assert outcomes[-1] == "rate_limit_error"
    assert outcome("127.0.0.9", 1) == "incorrect_login"


def test_a_picture_comes_in_and_out(proxy: Proxy) -> None:
    with proxy.client("127.0.0.1") as client:
        headers = {"Authorization": f"Bearer {_log_in(client).json()['jwt']}"}
        files = {"images[]": ("a.jpg", photo())}
        sent = client.post("/pictrs/image", headers=headers, files=files)
        assert sent.status_code == 201, sent.text
        shown = client.get(f"/pictrs/image/{sent.json()['files'][0]['file']}")
        assert shown.status_code == 200
        assert shown.headers["content-type"] == "image/jpeg"


def test_a_file_of_the_largest_size_passes_the_proxy(proxy: Proxy) -> None:
    largest = Settings().media.max_upload_mb * 1_000_000
    with proxy.client("127.0.0.1") as client:
        headers = {"Authorization": f"Bearer {_log_in(client).json()['jwt']}"}
        files = {"images[]": ("a.jpg", bytes(largest))}
        refused = client.post("/pictrs/image", headers=headers, files=files)
    # Ours: it was read to its end, and is no picture.
    assert refused.status_code == 400
    assert "not a picture" in refused.json()["msg"]


def test_a_body_that_is_too_large_is_refused_by_the_proxy(proxy: Proxy) -> None:
    with proxy.client("127.0.0.1") as client:
        taken = client.post("/api/v3/post", json={"name": "x" * 2_000_000, "community_id": 1})
        assert taken.status_code == 400  # ours: no JSON body of this API is so large
        refused = client.post("/api/v3/post", content=b" " * 43_000_000)
        # Caddy counts while it hands on, so that our own refusal may come first; and 2.6 takes the
        # end of its patience for a failure of ours.
        assert refused.status_code in ({413} if isinstance(proxy, Nginx) else {400, 413, 502})
