"""Passwords: right and wrong ones, imported hashes, costs, and a pool that stays small."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import argon2
import bcrypt
import pytest

from moothall.lib import passwords
from moothall.lib.passwords import (
    PasswordPool,
    PasswordsBusy,
    hash_password,
    is_supported,
    needs_rehash,
    verify_dummy,
    verify_password,
)

# "correct horse" as another server hashed it.
IMPORTED = "$2b$04$EGuvOMiPz7fnhOecBQJcReqM5nnb7OZUZG/JnNd78msPmCG6LWBVm"


@pytest.fixture
def pool() -> Iterator[PasswordPool]:
    pool = PasswordPool(threads=2, max_waiting=4)
    yield pool
    pool.close()


def test_the_right_password_is_accepted_and_a_wrong_one_refused() -> None:
    stored = hash_password("correct horse")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password("correct horse", stored)
    assert not verify_password("Correct horse", stored)
    assert not verify_password("", stored)


def test_every_hash_has_its_own_salt() -> None:
    assert hash_password("correct horse") != hash_password("correct horse")


@pytest.mark.parametrize("password", ["пароль 密码 🔑", "a\0b", "\ud800", "x" * 100_000])
def test_any_text_can_be_a_password(password: str) -> None:
    stored = hash_password(password)

    assert verify_password(password, stored)
    assert not verify_password(password + "x", stored)


def test_imported_bcrypt_hashes_are_checked() -> None:
    assert verify_password("correct horse", IMPORTED)
    assert not verify_password("wrong horse", IMPORTED)
    assert not verify_password("a\0b", IMPORTED)


def test_a_long_password_of_an_imported_account_is_cut_where_bcrypt_cuts() -> None:
    stored = bcrypt.hashpw(b"ab" * 36, bcrypt.gensalt(4)).decode()

    assert verify_password("ab" * 50, stored)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain text",
        "$1$abc$def",
        "$argon2id$v=19$m=19456,t=2,p=1$broken",
        "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
        "$argon2id$v=19$m=64,t=999999,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
        IMPORTED.replace("$04$", "$31$"),
        IMPORTED.replace("$04$", "$03$"),
        IMPORTED + "x",
    ],
)
def test_a_strange_or_ruinous_hash_is_refused_at_once(stored: str) -> None:
    started = time.monotonic()

    assert not verify_password("correct horse", stored)
    assert time.monotonic() - started < 1


def test_supported_hashes_are_told_apart() -> None:
    assert is_supported(hash_password("x"))
    assert is_supported(IMPORTED)
    assert not is_supported(IMPORTED.replace("$04$", "$15$"))


def test_old_hashes_are_to_be_replaced() -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")

    assert not needs_rehash(hash_password("x"))
    assert needs_rehash(weak)
    assert needs_rehash(IMPORTED)


def _fastest(call: Callable[[], object]) -> float:
    times = []
    for _ in range(7):
        started = time.thread_time()
        call()
        times.append(time.thread_time() - started)
    return min(times)


def test_an_unknown_user_costs_what_a_known_one_costs() -> None:
    stored = hash_password("correct horse")

    known = _fastest(lambda: verify_password("wrong horse", stored))
    unknown = _fastest(lambda: verify_dummy("wrong horse"))

    assert not needs_rehash(passwords._DUMMY)
    assert 0.6 < unknown / known < 1.6


def test_the_pool_answers_like_the_plain_functions(pool: PasswordPool) -> None:
    async def use() -> list[bool]:
        stored = await pool.hash("correct horse")
        return [
            await pool.verify("correct horse", stored),
            await pool.verify("wrong horse", stored),
            await pool.verify("correct horse", None),
        ]

    assert asyncio.run(use()) == [True, False, False]


def test_the_pool_refuses_more_than_it_can_hold_and_recovers(pool: PasswordPool) -> None:
    async def use() -> None:
        answers = await asyncio.gather(
            *(pool.verify("wrong horse", None) for _ in range(6)), return_exceptions=True
        )
        assert answers.count(False) == 4
        assert sum(isinstance(each, PasswordsBusy) for each in answers) == 2
        assert await pool.verify("wrong horse", None) is False

    asyncio.run(use())


def test_callers_who_give_up_leave_no_place_taken(pool: PasswordPool) -> None:
    async def use() -> None:
        for _ in range(3):
            tasks = [asyncio.create_task(pool.verify("x", None)) for _ in range(4)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0.3)
        assert await pool.verify("x", None) is False

    asyncio.run(use())


def test_the_pool_has_no_more_threads_than_asked(pool: PasswordPool) -> None:
    # Other pools of this process may still have theirs.
    before = set(threading.enumerate())

    async def use() -> int:
        await asyncio.gather(*(pool.verify("x", None) for _ in range(4)))
        new = set(threading.enumerate()) - before
        return sum(each.name.startswith("passwords") for each in new)

    assert asyncio.run(use()) <= 2
