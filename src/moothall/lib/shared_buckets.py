"""Token buckets that several processes share: one limit holds over all of them.

A bucket is one number, the time at which it will be full again. A token taken moves that time
onwards by what one token needs to come back; when it would lie further ahead than an empty bucket
needs, there is no token. (The generic cell rate algorithm, which is a token bucket seen from the
other side; https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm.)

The table is anonymous memory of fixed size, shared with every process forked after it was made.
There is no lock. A lock between processes would have to be released by a thread that first needs
its interpreter's own lock, so that one busy process would hold up the requests of all others for
milliseconds. The price: two processes that take from one bucket within the same microsecond may
count one token instead of two. Two processes that do nothing else exceed a limit by a third
(measured); with 50 microseconds of other work per request, less than any real one has, by less
than one percent. Each number is one aligned 8-byte store, so none is ever read half-written.
"""

import mmap

_WINDOW = 8  # places where a key may be: all are looked at, so each take costs the same
_HASH_MASK = (1 << 64) - 1


class SharedBuckets:
    """A fixed number of buckets for any number of keys; make it before processes are forked.

    When all places of a key are taken, the bucket that is nearest to full gives way: a flood of
    keys can make the table forget a limit that was nearly unused, but cannot block anybody.
    """

    def __init__(self, slots: int = 65_536) -> None:
        """Reserve 16 bytes a slot, rounded up to a multiple of 8 slots; untouched pages are free."""
        self._windows = max(1, -(-slots // _WINDOW))
        size = self._windows * _WINDOW * 8
        memory = memoryview(mmap.mmap(-1, 2 * size))
        self._keys = memory[:size].cast("Q")
        self._full_at = memory[size:].cast("d")

    def take(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> bool:
        """Take one token; False if there is none, which costs the caller nothing.

        An empty bucket is full again after `refill_period_s`. `now` comes from time.monotonic(),
        which is one clock for all processes of a machine. The kind of limit belongs into the key.
        """
        if capacity < 1:
            return False
        place = self._place(key)
        full_at = self._full_at[place]
        # Further ahead than an empty bucket can be: the clock went back. Forget, block nobody.
        if full_at < now or full_at > now + refill_period_s * 1.000001:
            full_at = now
        full_at += refill_period_s / capacity
        if full_at > now + refill_period_s * 1.000001:  # room for rounding, far below one token
            return False
        self._full_at[place] = full_at
        return True

    def give_back(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> None:
        """Put back a token that was taken for nothing; where the key is forgotten, none is owed."""
        place = self._known_place(key)
        if place is not None and capacity >= 1:
            self._full_at[place] = max(now, self._full_at[place] - refill_period_s / capacity)

    def wait_s(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> float:
        """In how many seconds there will be a token; a whole period where there never is one."""
        if capacity < 1:
            return refill_period_s
        place = self._known_place(key)
        if place is None:
            return 0.0
        # When the token after this one may be taken, as `take` decides it.
        ready_at = self._full_at[place] + refill_period_s / capacity - refill_period_s
        return min(refill_period_s, max(0.0, ready_at - now))

    def _known_place(self, key: bytes) -> int | None:
        """Where the key's bucket is, None if it has none."""
        digest, start, window = self._window(key)
        return start + window.index(digest) if digest in window else None

    def _place(self, key: bytes) -> int:
        """Find the key's place, or give it the one whose bucket is nearest to full."""
        digest, start, window = self._window(key)
        if digest in window:
            return start + window.index(digest)
        times = self._full_at[start : start + _WINDOW].tolist()
        place = start + times.index(min(times))
        # Time before key: a process that finds the key must not find the other's debt beside it.
        self._full_at[place] = 0.0
        self._keys[place] = digest
        return place

    def _window(self, key: bytes) -> tuple[int, int, list[int]]:
        """The key as a number, where its places begin, and whose numbers stand there."""
        # Python's hash of bytes is keyed (SipHash) by a secret that forked processes share, so a
        # stranger cannot choose keys that meet; 0 marks a free place.
        digest = hash(key) & _HASH_MASK or 1
        start = digest % self._windows * _WINDOW
        return digest, start, self._keys[start : start + _WINDOW].tolist()
