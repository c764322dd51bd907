"""The guarded client against real servers on loopback: what it refuses, and what it bounds."""

import asyncio
import datetime as dt
import gzip
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from moothall.lib.http_client import (
    Answer,
    BadAnswer,
    HttpClient,
    HttpError,
    Limits,
    Refused,
    Resolve,
    Rules,
    TooLarge,
    Unreachable,
)
from tests.support.origin import Origin, Reply

SMALL = Limits(max_bytes=1000, total_s=10.0, redirects=3)
FREE = Rules(allow_private_addresses=True)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as server:
        yield server


def get(url: str, rules: Rules = FREE, limits: Limits = SMALL, **options: Any) -> Answer:
    async def run() -> Answer:
        async with HttpClient(rules, "test/1", **options) as client:
            return await client.get(url, limits=limits)

    return asyncio.run(run())


def resolving(*addresses: str) -> tuple[Resolve, list[str]]:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return list(addresses)

    return resolve, asked


# --- what is fetched


def test_a_document_comes_whole(origin: Origin) -> None:
    origin.replies["/page"] = Reply(b"hello", {"Content-Type": "text/plain"})
    answer = get(f"{origin.base_url}/page?q=1#part")
    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.headers["content-type"] == "text/plain"
    seen = origin.seen[0]
    assert seen.path == "/page?q=1"
    assert seen.headers["host"] == f"127.0.0.1:{origin.port}"
    assert seen.headers["user-agent"] == "test/1"


def test_a_static_host_keeps_its_name(origin: Origin) -> None:
    origin.replies["/inbox"] = Reply(b"", status=202)
    rules = Rules(static_hosts={"peer.example": origin.base_url})

    async def run() -> Answer:
        async with HttpClient(rules, "test/1") as client:
            headers = {"Signature": "abc"}
            url = "https://peer.example/inbox"
            return await client.request("POST", url, limits=SMALL, headers=headers, body=b"{}")

    answer = asyncio.run(run())
    assert (answer.status, answer.url) == (202, "https://peer.example/inbox")
    seen = origin.seen[0]
    assert (seen.method, seen.body) == ("POST", b"{}")
    assert (seen.headers["host"], seen.headers["signature"]) == ("peer.example", "abc")


def test_a_connection_is_used_again(origin: Origin) -> None:
    origin.replies["/"] = Reply(b"x")
    resolve, asked = resolving("127.0.0.1")

    async def run() -> None:
        async with HttpClient(FREE, "test/1", resolve=resolve) as client:
            for _ in range(3):
                await client.get(f"http://town:{origin.port}/", limits=SMALL)

    asyncio.run(run())
    assert asked == ["town"]


def test_a_second_address_is_tried(origin: Origin) -> None:
    origin.replies["/"] = Reply(b"x")
    resolve, _ = resolving("127.0.0.2", "127.0.0.1")
    assert get(f"http://town:{origin.port}/", resolve=resolve).body == b"x"


def test_what_arrives_packed_is_unpacked(origin: Origin) -> None:
    packed = gzip.compress(b"hello" * 50)
    origin.replies["/"] = Reply(packed, {"Content-Encoding": "gzip"})
    assert get(f"{origin.base_url}/").body == b"hello" * 50


# --- where it never goes


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://example.org:8443/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://1.1.1.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://town.0x7f/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://name@example.org/",
        "https://name:word@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/\r\nX-Evil: 1",
        "https://example..org/",
        "https://-/",
        "https:///path",
        "//example.org/",
        "example.org",
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "unix:/run/socket",
        "https://" + "a" * 64 + ".org/",
        "https://example.org/" + "a" * 5000,
    ],
)
def test_an_address_of_the_wrong_form_is_refused_before_anything_is_asked(url: str) -> None:
    resolve, asked = resolving("127.0.0.1")
    with pytest.raises(Refused):
        get(url, Rules(), resolve=resolve)
    assert asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["0.0.0.0"],  # noqa: S104 (refused, not bound)
        ["1.1.1.1", "127.0.0.1"],
    ],
)
def test_a_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    resolve, asked = resolving(*addresses)
    with pytest.raises(Refused):
        get("https://inside.example/", Rules(), resolve=resolve)
    assert asked == ["inside.example"]


def test_a_static_host_does_not_open_the_way_to_its_address(origin: Origin) -> None:
    rules = Rules(static_hosts={"peer.example": origin.base_url})
    resolve, _ = resolving("127.0.0.1")
    for url in (f"https://127.0.0.1:{origin.port}/", "https://other.example/", origin.base_url):
        with pytest.raises(Refused):
            get(url, rules, resolve=resolve)
    assert origin.seen == []


def test_a_name_is_resolved_once_and_the_checked_address_is_asked(origin: Origin) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    origin.replies["/"] = Reply(b"x")
    assert get(f"http://town:{origin.port}/", resolve=resolve).body == b"x"
    assert len(answers) == 1


# --- redirects


def test_a_redirect_is_followed_as_far_as_allowed(origin: Origin) -> None:
    origin.replies["/a"] = Reply(status=302, headers={"Location": "b"})
    origin.replies["/b"] = Reply(status=301, headers={"Location": f"{origin.base_url}/c"})
    origin.replies["/c"] = Reply(b"there")
    answer = get(f"{origin.base_url}/a")
    assert (answer.body, answer.url) == (b"there", f"{origin.base_url}/c")
    short = get(f"{origin.base_url}/a", limits=SMALL._replace(redirects=1))
    assert (short.status, short.url) == (301, f"{origin.base_url}/b")


def test_a_redirect_is_guarded_like_a_request(origin: Origin) -> None:
    rules = Rules(static_hosts={"peer.example": origin.base_url})
    resolve, _ = resolving("127.0.0.1")
    for location in (
        f"http://127.0.0.1:{origin.port}/secret",
        "https://inside.example/secret",
        "file:///etc/passwd",
        "//127.0.0.1/secret",
        "https://[oops/",
    ):
        origin.replies["/"] = Reply(status=302, headers={"Location": location})
        with pytest.raises(Refused):
            get("https://peer.example/", rules, resolve=resolve)
    assert {seen.path for seen in origin.seen} == {"/"}


def test_a_circle_of_redirects_ends(origin: Origin) -> None:
    origin.replies["/"] = Reply(status=302, headers={"Location": "/"})
    assert get(f"{origin.base_url}/").status == 302
    assert len(origin.seen) == 1 + SMALL.redirects


def test_a_post_follows_no_redirect(origin: Origin) -> None:
    origin.replies["/"] = Reply(status=307, headers={"Location": "/other"})

    async def run() -> Answer:
        async with HttpClient(FREE, "test/1") as client:
            return await client.request("POST", f"{origin.base_url}/", limits=SMALL, body=b"x")

    assert asyncio.run(run()).status == 307


# --- bounds


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"x" * 1001),
        Reply(b"x" * 100, repeat=100),
        Reply(b"x", length=5_000_000_000),
        Reply(gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"}),
        Reply(gzip.compress(b"x" * 1001), {"Content-Encoding": "gzip"}),
    ],
    ids=["one too many", "in pieces", "announced", "a bomb", "packed"],
)
def test_too_many_bytes_are_refused(origin: Origin, reply: Reply) -> None:
    origin.replies["/"] = reply
    with pytest.raises(TooLarge):
        get(f"{origin.base_url}/", limits=Limits(max_bytes=1000))


def test_the_start_of_a_long_answer_can_be_read(origin: Origin) -> None:
    origin.replies["/"] = Reply(b"x" * 100, repeat=1000)

    async def run() -> bytes:
        async with HttpClient(FREE, "test/1") as client:  # noqa: SIM117
            async with client.stream("GET", f"{origin.base_url}/", limits=SMALL) as answer:
                return await answer.read_start()

    assert asyncio.run(run()) == b"x" * 1000


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"no gzip", {"Content-Encoding": "gzip"}),
        Reply(b"abc", {"Content-Encoding": "br"}),
        Reply(gzip.compress(b"hello" * 50)[:-1], {"Content-Encoding": "gzip"}),
        Reply(gzip.compress(b"hello") * 2, {"Content-Encoding": "gzip"}),
    ],
)
def test_what_cannot_be_unpacked_is_refused(origin: Origin, reply: Reply) -> None:
    origin.replies["/"] = reply
    with pytest.raises(BadAnswer):
        get(f"{origin.base_url}/")


@pytest.mark.parametrize(
    "reply",
    [Reply(b"x", pause_s=3), Reply(b"x", repeat=100, pause_s=0.1)],
    ids=["silent", "dripping"],
)
def test_time_is_bounded_in_all(origin: Origin, reply: Reply) -> None:
    origin.replies["/"] = reply
    start = time.monotonic()
    with pytest.raises(Unreachable):
        get(f"{origin.base_url}/", limits=Limits(max_bytes=1000, total_s=0.5))
    assert time.monotonic() - start < 2.5


def test_a_body_that_is_cut_off_is_no_answer(origin: Origin) -> None:
    origin.replies["/"] = Reply(b"half", length=100)
    with pytest.raises(Unreachable):
        get(f"{origin.base_url}/")


def test_nobody_there_is_unreachable() -> None:
    with Origin() as closed:
        url = closed.base_url
    with pytest.raises(Unreachable):
        get(url)

    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable):
        get("https://nowhere.example/", Rules(), resolve=unknown)


def test_a_header_cannot_bring_another(origin: Origin) -> None:
    async def run() -> Answer:
        async with HttpClient(FREE, "test/1") as client:
            headers = {"X-One": "1\r\nX-Two: 2"}
            return await client.get(f"{origin.base_url}/", limits=SMALL, headers=headers)

    with pytest.raises(HttpError):
        asyncio.run(run())
    assert origin.seen == []


# --- TLS


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_the_certificate_must_be_that_of_the_name(tmp_path: Path) -> None:
    pem = _certificate(tmp_path, "peer.example")
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pem)
    trusting = ssl.create_default_context(cafile=str(pem))
    with Origin(server_side) as origin:
        origin.replies["/"] = Reply(b"x")
        hosts = {"peer.example": origin.base_url, "other.example": origin.base_url}
        rules = Rules(static_hosts=hosts)
        assert get("https://peer.example/", rules, ssl_context=trusting).body == b"x"
        with pytest.raises(Unreachable):
            get("https://other.example/", rules, ssl_context=trusting)
        with pytest.raises(Unreachable):
            get("https://peer.example/", rules)
