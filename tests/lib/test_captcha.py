"""Captchas: readable files, different each time, and answers that people can type."""

import io
import statistics
import subprocess
import sys
import time
import wave

import pytest
from PIL import Image

from moothall.lib.captcha import ALPHABET, Difficulty, make_captcha, matches, new_answer

DIFFICULTIES: dict[Difficulty, int] = {"easy": 4, "medium": 5, "hard": 6}


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_answers_are_short_and_hold_no_lookalikes(difficulty: Difficulty) -> None:
    answers = {new_answer(difficulty) for _ in range(200)}

    assert all(len(each) == DIFFICULTIES[difficulty] for each in answers)
    assert set("".join(answers)) == set(ALPHABET)
    assert not set(ALPHABET) & set("01258OQDILSZBGUV")
    assert len(answers) > 150


@pytest.mark.parametrize("given", ["3FHK", "3fhk", " 3 f h k ", "\uff13\uff26\uff28\uff2b"])
def test_the_answer_is_accepted_however_it_is_typed(given: str) -> None:
    assert matches("3FHK", given)


@pytest.mark.parametrize("given", ["", "3FH", "3FHKM", "3FHM", " " * 100 + "3FHK", "x" * 1_000_000])
def test_another_answer_is_refused(given: str) -> None:
    assert not matches("3FHK", given)


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_the_picture_is_a_small_png_with_something_on_it(difficulty: Difficulty) -> None:
    png = make_captcha(new_answer(difficulty), difficulty).png

    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (40 + 40 * DIFFICULTIES[difficulty], 80)
        grey = picture.convert("L").tobytes()
    dark = sum(each < 128 for each in grey) / len(grey)
    assert 0.04 < dark < 0.4
    assert len(png) < 20_000


def test_every_character_can_be_drawn_and_spoken() -> None:
    captcha = make_captcha(ALPHABET, "easy")

    with Image.open(io.BytesIO(captcha.png)) as picture:
        columns = picture.convert("L").resize((picture.width, 1)).tobytes()
    for position in range(len(ALPHABET)):
        cell = columns[20 + 40 * position : 60 + 40 * position]
        assert min(cell) < 220, ALPHABET[position]


def _samples(wav: bytes) -> bytes:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, 8000)
        samples: bytes = file.readframes(file.getnframes())
        return samples


def _bursts(samples: bytes) -> int:
    """Count the stretches of sound between stretches of at least 0.4 s without."""
    window = 400
    loud = [
        statistics.pstdev(samples[at : at + window]) > 12 for at in range(0, len(samples), window)
    ]
    count, quiet = 0, 100
    for each in loud:
        count += each and quiet >= 8
        quiet = 0 if each else quiet + 1
    return count


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_every_character_of_the_answer_is_heard_once(difficulty: Difficulty) -> None:
    answer = new_answer(difficulty)

    samples = _samples(make_captcha(answer, difficulty).wav)

    assert _bursts(samples) == len(answer)
    assert len(samples) < 12 * 8000


def test_the_same_answer_never_looks_or_sounds_the_same() -> None:
    one, other = make_captcha("3FHK", "easy"), make_captcha("3FHK", "easy")

    assert one.png != other.png
    assert one.wav != other.wav


def test_making_one_is_quick() -> None:
    make_captcha("3FHKMR", "hard")
    started = time.process_time()

    make_captcha("3FHKMR", "hard")

    assert time.process_time() - started < 0.5


def test_pillow_is_loaded_only_to_draw() -> None:
    code = "import sys, moothall.lib.captcha\nassert 'PIL' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
