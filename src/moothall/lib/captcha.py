"""Captchas: a short text to be read from a distorted picture, or heard.

They slow down simple programs and no others, so they are kept kind: few characters, none that looks
or sounds like another. The voice is that of the `captcha` package, whose recordings alone are used;
its own mixing takes ten times as long.

Drawing and mixing take about 10 ms of one core and import Pillow where they happen; both can run in
a process of their own.
"""

import io
import math
import operator
import random
import unicodedata
import wave
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Difficulty = Literal["easy", "medium", "hard"]

# Without 0 O Q D, 1 I L J, 2 Z, 5 S, 8 B, 6 G, U V, and of those that rhyme or sound alike in English
# (B C D E G P T V Z 3; A J K 8; M N; F S X 6; I Y 5; Q U W 2) one each.
ALPHABET = "3479FHKMRWY"

_LENGTHS: dict[Difficulty, int] = {"easy": 4, "medium": 5, "hard": 6}
_LINES: dict[Difficulty, int] = {"easy": 1, "medium": 4, "hard": 8}
_TURN_DEGREES: dict[Difficulty, int] = {"easy": 12, "medium": 20, "hard": 28}
_HISS: dict[Difficulty, int] = {"easy": 2, "medium": 6, "hard": 12}

_HEIGHT = 80
_CELL = 40
_MARGIN = 20
_INK = (32, 40, 56)
_PAPER = (246, 246, 242)

_RATE = 8000  # samples a second of the recordings, one byte each, silence at 128
_SILENCE = 128

# The system's own source: what is drawn must not tell what will be drawn next.
_RANDOM = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Captcha:
    png: bytes
    wav: bytes


def new_answer(difficulty: Difficulty) -> str:
    """Choose the text of a new captcha: 4, 5 or 6 characters."""
    return "".join(_RANDOM.choices(ALPHABET, k=_LENGTHS[difficulty]))


def matches(answer: str, given: str) -> bool:
    """Tell whether the text given is the answer, whatever its case, spaces and width."""
    plain = unicodedata.normalize("NFKC", given[:100])
    return "".join(plain.split()).upper() == answer.upper()


def make_captcha(answer: str, difficulty: Difficulty) -> Captcha:
    """Draw and speak an answer of `new_answer`."""
    return Captcha(_picture(answer, difficulty), _speech(answer, difficulty))


# --- the picture


def _picture(answer: str, difficulty: Difficulty) -> bytes:
    from PIL import Image

    size = (2 * _MARGIN + _CELL * len(answer), _HEIGHT)
    ink = Image.new("L", size, 0)
    for position, character in enumerate(answer):
        _place(ink, character, _MARGIN + position * _CELL, _TURN_DEGREES[difficulty])
    ink = _waved(ink)
    _add_lines(ink, _LINES[difficulty])
    picture = Image.new("RGB", size, _PAPER)
    picture.paste(_INK, mask=ink)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _place(ink: "Image", character: str, left: int, turn_degrees: int) -> None:
    """Draw one character, turned and moved a little, into its cell."""
    from PIL import Image, ImageDraw, ImageFont

    tile = Image.new("L", (64, 64), 0)
    font = ImageFont.load_default(_RANDOM.randint(38, 46))
    ImageDraw.Draw(tile).text((32, 32), character, fill=255, font=font, anchor="mm", stroke_width=1)
    turned = tile.rotate(_RANDOM.uniform(-turn_degrees, turn_degrees), Image.Resampling.BICUBIC)
    at = (left - 12 + _RANDOM.randint(-4, 4), 8 + _RANDOM.randint(-6, 6))
    ink.paste(255, at, mask=turned)


def _waved(ink: "Image") -> "Image":
    """Shift the columns up and down along a wave."""
    from PIL import Image

    waved = Image.new("L", ink.size, 0)
    length, start = _RANDOM.uniform(60, 120), _RANDOM.uniform(0, 2 * math.pi)
    for x in range(ink.width):
        shift = round(5 * math.sin(start + 2 * math.pi * x / length))
        waved.paste(ink.crop((x, 0, x + 1, ink.height)), (x, shift))
    return waved


def _add_lines(ink: "Image", count: int) -> None:
    """Draw thin curves across, so that the characters hang together for a program."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(ink)
    for _ in range(count):
        height, swing = _RANDOM.uniform(15, 65), _RANDOM.uniform(4, 20)
        length, start = _RANDOM.uniform(80, 200), _RANDOM.uniform(0, 2 * math.pi)
        curve = [
            (x, height + swing * math.sin(start + 2 * math.pi * x / length))
            for x in range(0, ink.width + 4, 4)
        ]
        draw.line(curve, fill=_RANDOM.randint(140, 220), width=1)


# --- the voice


def _speech(answer: str, difficulty: Difficulty) -> bytes:
    sound = bytearray(_pause(0.5))
    for character in answer:
        sound += _spoken(character) + _pause(_RANDOM.uniform(0.5, 0.9))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(_RATE)
        file.writeframes(_with_hiss(bytes(sound), _HISS[difficulty]))
    return out.getvalue()


def _pause(seconds: float) -> bytes:
    return bytes([_SILENCE]) * round(seconds * _RATE)


def _spoken(character: str) -> bytes:
    """Return the recording of a character, a little slower or louder each time."""
    path = files("captcha") / "data" / character / "default.wav"
    with path.open("rb") as data, wave.open(data) as file:
        samples = file.readframes(file.getnframes())
    speed, loudness = _RANDOM.uniform(0.85, 1.05), _RANDOM.uniform(0.8, 1.2)
    louder = bytes(_bounded(_SILENCE + (each - _SILENCE) * loudness) for each in range(256))
    stretched = bytes(samples[int(at * speed)] for at in range(int(len(samples) / speed)))
    return stretched.translate(louder)


def _with_hiss(sound: bytes, level: int) -> bytes:
    """Add noise of up to `level` to every sample."""
    top = 2 * level
    room = bytes(min(255 - top, max(0, each - level)) for each in range(256))
    noise = bytes(each % (top + 1) for each in range(256))
    hiss = _RANDOM.randbytes(len(sound)).translate(noise)
    return bytes(map(operator.add, sound.translate(room), hiss))


def _bounded(sample: float) -> int:
    return min(255, max(0, round(sample)))
