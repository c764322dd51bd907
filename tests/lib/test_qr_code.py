"""QR codes are pictures that a page can hold as they are."""

import xml.etree.ElementTree as ET
from urllib.parse import unquote

from moothall.lib.qr_code import qr_data_url


def _svg(text: str) -> ET.Element:
    kind, _, picture = qr_data_url(text).partition(",")
    assert kind.startswith("data:image/svg+xml")
    return ET.fromstring(unquote(picture))


def test_a_code_is_a_square_picture() -> None:
    svg = _svg("otpauth://totp/Moot%20Hall:ann?secret=ABC&issuer=Moot%20Hall")
    assert svg.tag.endswith("svg")
    assert svg.get("width") == svg.get("height")


def test_what_it_holds_makes_the_picture() -> None:
    assert qr_data_url("one") != qr_data_url("two")
    assert qr_data_url("one") == qr_data_url("one")


def test_the_longest_address_of_a_second_factor_fits() -> None:
    assert len(qr_data_url("x" * 1500)) < 200_000
