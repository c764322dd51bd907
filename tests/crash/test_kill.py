"""`kill -9` at any moment, under load: what was acknowledged is there, and nothing is half done."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.ledger import (
    Ledger,
    Query,
    Writer,
    check_sqlite_file,
    contradictions,
    disagreements,
    postgresql_query,
    sqlite_query,
)
from tests.support.server import ADMIN, Server, until

ROUNDS = 5
WRITERS = 4


class Town:
    """A forum with a few posts to talk about, and people who talk."""

    def __init__(self, server: Server) -> None:
        self.server = server
        server.start()
        admin = server.log_in()
        server.open_registration(admin)
        community = server.post("/community", admin, name="rush", title="Rush")
        community_id = community["community_view"]["community"]["id"]
        self.places = [self._post(admin, community_id, number) for number in range(4)]
        self.tokens = [server.register(f"writer{number}") for number in range(WRITERS)]
        self.ledgers = [Ledger(self._person_id(token)) for token in self.tokens]

    def _post(self, token: str, community_id: int, number: int) -> int:
        answer = self.server.post("/post", token, name=f"Place {number}", community_id=community_id)
        post_id: int = answer["post_view"]["post"]["id"]
        return post_id

    def _person_id(self, token: str) -> int:
        me = self.server.get("/site", token)["my_user"]["local_user_view"]["person"]
        person_id: int = me["id"]
        return person_id

    def writers(self, seed: int) -> list[Writer]:
        """One for each person, not yet started."""
        return [
            Writer(self.server.client(token), ledger, self.places, seed * 100 + number)
            for number, (token, ledger) in enumerate(zip(self.tokens, self.ledgers, strict=True))
        ]

    @property
    def acknowledged(self) -> int:
        """How many writes all of them were told of."""
        return sum(ledger.acknowledged for ledger in self.ledgers)

    def check(self, query: Query) -> None:
        """Compare the books with the database, and the database with itself."""
        for ledger in self.ledgers:
            assert ledger.refusals == []
            assert disagreements(query, ledger) == []
        assert contradictions(query) == {}


@pytest.fixture
def town(fresh_database_url: str, tmp_path: Path) -> Iterator[Town]:
    server = Server(tmp_path, fresh_database_url)
    try:
        yield Town(server)
    finally:
        server.close()


@pytest.fixture
def query(fresh_database_url: str, tmp_path: Path) -> Query:
    return (
        postgresql_query(fresh_database_url)
        if fresh_database_url
        else sqlite_query(tmp_path / "data")
    )


def _kill_one(server: Server, name: str) -> None:
    """Kill one process of the group, and see it replaced while the others go on."""
    pid = server.children()[name]
    os.kill(pid, signal.SIGKILL)
    until(lambda: server.children().get(name, pid) != pid, 15, f"the return of {name}")


def _wait_for_load(town: Town, seconds: float) -> None:
    """Let some time pass, and so much more that there is something to lose."""
    enough = town.acknowledged + 20
    time.sleep(seconds)
    until(lambda: town.acknowledged > enough, 30, "the load")


def _under_load(town: Town, seed: int, victims: list[str]) -> None:
    """Let all write, kill the victims one after another, at last everything."""
    writers = town.writers(seed)
    chance = random.Random(seed)
    for writer in writers:
        writer.start()
    try:
        for name in victims:
            _wait_for_load(town, chance.uniform(0.1, 0.4))
            _kill_one(town.server, name)
        _wait_for_load(town, chance.uniform(0.3, 1.0))
        town.server.kill()
    finally:
        for writer in writers:
            writer.ask_to_stop()
        for writer in writers:
            writer.join()


@pytest.mark.timeout(240)
def test_whatever_was_acknowledged_survives_kill(
    town: Town, query: Query, database_kind: str, tmp_path: Path
) -> None:
    # Fresh at each run, and shown by a failure: more moments are tried than one run has.
    seed = random.randrange(1_000_000)
    for turn in range(ROUNDS):
        victims = [[], ["moot-web-1"], ["moot-background"]][turn % 3]
        _under_load(town, seed + turn, victims)
        if database_kind == "sqlite":
            check_sqlite_file(tmp_path / "data")
        town.check(query)
        town.server.start()
        # As clients see it: the first of the places has the votes that the rows add up to.
        shown = town.server.get("/post", town.tokens[0], id=town.places[0])["post_view"]["counts"]
        [(score,)] = query(
            f"SELECT COALESCE(SUM(score), 0) FROM post_vote WHERE post_id = {town.places[0]}"
        )
        assert shown["score"] == score
    assert town.server.stop() == 0
    town.check(query)


def test_a_stop_under_load_finishes_what_is_under_way(town: Town, query: Query) -> None:
    writers = town.writers(7)
    for writer in writers:
        writer.start()
    time.sleep(0.5)
    code = town.server.stop()
    for writer in writers:
        writer.ask_to_stop()
        writer.join()
    assert code == 0
    assert "process_killed" not in town.server.log
    assert town.acknowledged > 20
    town.check(query)

    # The books of these tests do show a lost write.
    ledger = town.ledgers[0]
    ledger.comments[999_999] = "something else"
    ledger.posts[999_999] = "never stored"
    ledger.votes["post", 999_999] = 1
    assert len(disagreements(query, ledger)) == 3


def test_a_killed_first_start_is_made_up_for(fresh_database_url: str, tmp_path: Path) -> None:
    """Whether the schema was being made, the site or its admin: the next start has it all."""
    server = Server(tmp_path, fresh_database_url)
    chance = random.Random()
    try:
        for _ in range(4):
            server.start(wait=False)
            time.sleep(chance.uniform(0.15, 1.2))
            server.kill()
        server.start()
        admin = server.log_in()
        assert [each["person"]["name"] for each in server.get("/site", admin)["admins"]] == [ADMIN]
        assert server.stop() == 0
    finally:
        server.close()
