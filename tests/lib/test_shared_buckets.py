"""Token buckets shared by processes."""

import os
import random
import time

import pytest

from moothall.lib.shared_buckets import SharedBuckets

NOW = 1_000.0


def take_until_refused(buckets: SharedBuckets, key: bytes, now: float, most: int = 1_000) -> int:
    return next((n for n in range(most) if not buckets.take(key, 5, 60.0, now)), most)


def in_another_process(buckets: SharedBuckets, key: bytes, now: float) -> int:
    """Take in a forked process until refused; returns how many it got."""
    pid = os.fork()
    if not pid:
        os._exit(take_until_refused(buckets, key, now, most=200))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_full_bucket_gives_its_capacity_and_no_more() -> None:
    buckets = SharedBuckets()
    assert take_until_refused(buckets, b"post:1", NOW) == 5
    assert take_until_refused(buckets, b"post:2", NOW) == 5
    assert not buckets.take(b"post:1", 5, 60.0, NOW)


def test_a_token_comes_back_after_its_share_of_the_period() -> None:
    buckets = SharedBuckets()
    take_until_refused(buckets, b"key", NOW)
    assert not buckets.take(b"key", 5, 60.0, NOW + 11.9)
    assert buckets.take(b"key", 5, 60.0, NOW + 12.1)
    assert not buckets.take(b"key", 5, 60.0, NOW + 12.2)
    assert take_until_refused(buckets, b"key", NOW + 73) == 5


def test_a_refusal_costs_nothing() -> None:
    buckets = SharedBuckets()
    take_until_refused(buckets, b"key", NOW)
    for second in range(11):
        assert not buckets.take(b"key", 5, 60.0, NOW + second)
    assert buckets.take(b"key", 5, 60.0, NOW + 12.1)


def test_a_token_given_back_can_be_taken_again_and_no_second_one() -> None:
    buckets = SharedBuckets()
    take_until_refused(buckets, b"key", NOW)
    buckets.give_back(b"key", 5, 60.0, NOW)
    assert take_until_refused(buckets, b"key", NOW) == 1
    for _ in range(9):
        buckets.give_back(b"key", 5, 60.0, NOW)
    assert take_until_refused(buckets, b"key", NOW) == 5
    buckets.give_back(b"another key", 5, 60.0, NOW)
    assert take_until_refused(buckets, b"another key", NOW) == 5


@pytest.mark.parametrize("capacity", [1, 5, 49])
def test_after_the_wait_that_was_told_there_is_a_token(capacity: int) -> None:
    buckets = SharedBuckets()
    assert buckets.wait_s(b"key", capacity, 60.0, NOW) == 0
    while buckets.take(b"key", capacity, 60.0, NOW):
        pass
    wait = buckets.wait_s(b"key", capacity, 60.0, NOW + 0.5)
    assert wait == pytest.approx(60.0 / capacity - 0.5)
    assert not buckets.take(b"key", capacity, 60.0, NOW + 0.5 + wait - 0.1)
    assert buckets.take(b"key", capacity, 60.0, NOW + 0.5 + wait + 0.001)
    assert buckets.wait_s(b"key", 0, 60.0, NOW) == 60.0


@pytest.mark.parametrize("capacity", [1, 3, 7, 49, 6_000, 1_000_000])
def test_rounding_neither_adds_nor_loses_a_token(capacity: int) -> None:
    buckets = SharedBuckets()
    rounds = min(capacity + 2, 10_000)
    got = sum(buckets.take(b"key", capacity, 3_600.0, 12_345.678) for _ in range(rounds))
    assert got == min(capacity, rounds)


@pytest.mark.parametrize("capacity", [0, -3])
def test_a_limit_of_nothing_allows_nothing(capacity: int) -> None:
    assert not SharedBuckets().take(b"key", capacity, 60.0, NOW)


def test_two_processes_share_one_limit() -> None:
    buckets = SharedBuckets()
    assert buckets.take(b"key", 5, 60.0, NOW)
    assert in_another_process(buckets, b"key", NOW) == 4
    assert not buckets.take(b"key", 5, 60.0, NOW)
    assert take_until_refused(buckets, b"another", NOW) == 5


def test_processes_that_take_at_the_same_time_exceed_a_limit_by_little() -> None:
    """The worst there is: nothing but takes of one key. Requests have other things to do."""
    buckets = SharedBuckets()
    limit, children = 20_000, []
    reader, writer = os.pipe()
    for _ in range(2):
        pid = os.fork()
        if not pid:
            got = sum(buckets.take(b"key", limit, 86_400.0, NOW) for _ in range(limit))
            os.write(writer, b"%d\n" % got)
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    total = sum(map(int, os.read(reader, 100).split()))
    os.close(reader)
    os.close(writer)
    assert limit <= total < 1.9 * limit


def test_a_clock_that_goes_back_blocks_nobody() -> None:
    buckets = SharedBuckets()
    take_until_refused(buckets, b"key", NOW + 1_000_000)
    assert take_until_refused(buckets, b"key", NOW) == 5


def test_a_clock_that_goes_back_a_little_keeps_the_limit() -> None:
    buckets = SharedBuckets()
    take_until_refused(buckets, b"key", NOW - 30)
    assert take_until_refused(buckets, b"key", NOW) in {2, 3}
    assert take_until_refused(buckets, b"key", NOW - 0.00001) == 0


def test_more_keys_than_places_block_nobody() -> None:
    buckets = SharedBuckets(slots=64)
    for number in range(10_000):
        assert buckets.take(b"key:%d" % number, 1, 3_600.0, NOW)


def test_a_flood_of_keys_takes_the_least_used_buckets_first() -> None:
    buckets = SharedBuckets(slots=8)
    take_until_refused(buckets, b"attacker", NOW)
    for number in range(1_000):
        assert buckets.take(b"key:%d" % number, 100, 60.0, NOW)
    assert not buckets.take(b"attacker", 5, 60.0, NOW)


def test_an_innocent_key_never_inherits_the_debt_of_the_one_it_replaces() -> None:
    buckets = SharedBuckets(slots=8)
    for number in range(8):
        take_until_refused(buckets, b"spent:%d" % number, NOW)
    assert take_until_refused(buckets, b"innocent", NOW) == 5


def test_every_key_gets_through_again_whatever_the_others_do() -> None:
    buckets, chance = SharedBuckets(slots=16), random.Random(7)
    now = NOW
    for _ in range(20_000):
        now += 0.001
        buckets.take(b"key:%d" % chance.randrange(60), 3, 10.0, now)
    assert all(buckets.take(b"key:%d" % number, 3, 10.0, now + 10.1) for number in range(60))


def test_the_size_is_bounded_and_a_take_is_quick() -> None:
    buckets = SharedBuckets(slots=1_024)
    keys = [b"key:%d" % number for number in range(5_000)]
    begun = time.perf_counter()
    for key in keys:
        buckets.take(key, 10, 60.0, NOW)
    # Under a microsecond as a rule; the bound only catches work that grows with the table.
    assert (time.perf_counter() - begun) / len(keys) < 0.0001
