"""Starting the real command: what it refuses, in one line that tells what to do, and with which code."""

import re
import socket
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from moothall import __version__
from tests.support.postgres import PostgresServer
from tests.support.server import ADMIN, COMMAND, PASSWORD, Server, clean_environment, free_port

WRONG_USE, CANNOT_START = 2, 1


def refusal(server: Server, expected_code: int) -> str:
    """The one line with which a start is refused."""
    done = server.run("serve")
    assert done.returncode == expected_code, done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Moothall ")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("moothall: ")
    return lines[0].removeprefix("moothall: ")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server that nobody has started yet."""
    return Server(tmp_path)


@pytest.mark.parametrize(
    "settings, line",
    [
        (
            {"listne": "127.0.0.1:1"},
            "unknown key listne: did you mean listen?",
        ),
        (
            {"server": {"worker": 2}},
            "unknown key server.worker: did you mean server.workers?",
        ),
        ({"domain": ""}, 'domain is not set: name your public host, such as "forum.example"'),
        ({"server": {"workers": "two"}}, 'server.workers = "two": must be a whole number'),
        ({"server": {"workers": -1}}, "server.workers = -1: must be a whole number from 0 to 256"),
        (
            {"log": {"level": "loud"}},
            'log.level = "loud": must be one of "debug", "info", "warning", "error"',
        ),
        (
            {"database_url": "mysql://db/forum"},
            (
                'database_url = (hidden): must be empty (SQLite) or start with "postgresql://"'
                " and name a database"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_settings_that_cannot_be_are_refused(
    tmp_path: Path, settings: dict[str, Any], line: str
) -> None:
    assert refusal(Server(tmp_path, **settings), WRONG_USE) == line
    assert not (tmp_path / "data").exists()


def test_a_wrong_variable_is_refused_too(server: Server) -> None:
    done = subprocess.run(
        server.command("serve"),
        env={**clean_environment(), "MOOTHALL_SERVER__WORKER": "2"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == WRONG_USE
    assert done.stderr == (
        "moothall: unknown variable MOOTHALL_SERVER__WORKER:"
        " did you mean MOOTHALL_SERVER__WORKERS?\n"
    )


def test_a_file_that_is_not_there_is_named(server: Server) -> None:
    server.config.unlink()
    assert refusal(server, WRONG_USE) == (
        f"cannot read the configuration file {server.config}: No such file or directory"
    )


def test_a_setup_that_cannot_be_applied_leaves_no_half_of_it(server: Server) -> None:
    good = server.settings["setup"]
    for wrong, line in (
        ({"admin_password": "short"}, "[setup] admin_password must have 10 to 60 characters"),
        ({"admin_username": "a b"}, "[setup] cannot be applied: invalid_name"),
        ({"site_name": "x" * 21}, "[setup] cannot be applied: site_name_length_overflow"),
    ):
        server.settings["setup"] = {**good, **wrong}
        server.write_config()
        assert refusal(server, CANNOT_START) == line
    server.settings["setup"] = good
    server.write_config()
    with server:
        admins = server.get("/site", server.log_in())["admins"]
        assert [each["person"]["name"] for each in admins] == [ADMIN]


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with Server(tmp_path / "first") as first:
        for port in (first.port, first.metrics_port):
            address = f"127.0.0.1:{port}"
            line = f"cannot listen on {address}: another program listens there already"
            same = Server(tmp_path / f"same-{port}", listen=address)
            assert refusal(same, WRONG_USE) == line
            same = Server(tmp_path / f"metrics-{port}", server={"metrics_listen": address})
            assert refusal(same, WRONG_USE) == line
        assert first.get("/site")["version"] == "0.19.20"


def test_one_server_works_on_a_folder_and_commands_beside_it(tmp_path: Path) -> None:
    data_dir = str(tmp_path / "data")
    with Server(tmp_path / "first", data_dir=data_dir, domain="forum.example") as first:
        second = Server(tmp_path / "second", data_dir=data_dir, domain="forum.example")
        assert refusal(second, CANNOT_START).startswith(
            f"another server is running on data_dir {data_dir}; "
        )
        assert first.run("user", "create-admin", "ann", text=PASSWORD).returncode == 0
        with closing(sqlite3.connect(Path(data_dir) / "moothall.sqlite")) as raw:
            raw.execute("UPDATE alembic_version SET version_num = '0001'")
            raw.commit()
        beside = first.run("user", "make-admin", "ann")
        assert (beside.returncode, beside.stderr.count("stop it first")) == (CANNOT_START, 1)


def test_a_file_in_place_of_the_folder_is_named(server: Server) -> None:
    (server.folder / "data").write_text("in the way")
    assert refusal(server, CANNOT_START) == (
        f"cannot write to data_dir {server.folder / 'data'}: File exists"
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    # Not even root writes there, as whom the tests may run.
    server = Server(tmp_path, data_dir="/proc/nowhere")
    assert refusal(server, CANNOT_START) == (
        "cannot write to data_dir /proc/nowhere: No such file or directory"
    )


def test_what_is_no_database_is_left_alone(server: Server) -> None:
    file = server.folder / "data" / "moothall.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"somebody's novel\n" * 100)
    assert refusal(server, CANNOT_START) == "cannot use the database: file is not a database"
    assert file.read_bytes() == b"somebody's novel\n" * 100


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    server = Server(tmp_path, f"postgresql://moot@127.0.0.1:{free_port()}/moot")
    line = refusal(server, CANNOT_START)
    assert line.startswith("cannot use the database: ")
    assert "Connection refused" in line


def _demo(folder: Path, port: int, **environment: str) -> "subprocess.CompletedProcess[str]":
    own = {"MOOTHALL_DATA_DIR": str(folder), "MOOTHALL_LISTEN": f"127.0.0.1:{port}"}
    return subprocess.run(
        [COMMAND, *environment.pop("command", "demo").split()],
        env={**clean_environment(), **own, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_demo_whose_port_is_taken_is_not_begun(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = _demo(tmp_path / "demo", other.getsockname()[1])
    assert done.returncode == WRONG_USE
    assert "another program listens there already" in done.stderr
    assert not (tmp_path / "demo").exists()


def test_a_trial_that_moves_to_another_port_is_told_how(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    assert _demo(tmp_path, first, command=f"export {tmp_path}/a.jsonl").returncode == 0
    moved = _demo(tmp_path, second, command=f"export {tmp_path}/b.jsonl")
    assert moved.returncode == CANNOT_START
    cure = dict(
        word.split("=") for word in moved.stderr.split() if re.match(r"MOOTHALL_\w+=", word)
    )
    assert cure["MOOTHALL_DOMAIN"] == f"127.0.0.1:{first}"
    done = _demo(tmp_path, second, command=f"export {tmp_path}/b.jsonl", **cure)
    assert done.returncode == 0, done.stderr


def test_a_migration_ties_a_new_database_to_no_address(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    assert _demo(tmp_path, first, command="migrate").returncode == 0
    written = _demo(tmp_path, second, command=f"export {tmp_path}/a.jsonl")
    assert written.returncode == 0, written.stderr


def test_tables_of_another_state_are_refused_in_one_line(tmp_path: Path) -> None:
    server = Server(tmp_path)
    assert server.run("migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "moothall.sqlite")) as raw:
        raw.execute("DROP TABLE site_total")
    line = refusal(server, CANNOT_START)
    assert "unreleased state of this program (table site_total is missing)" in line


def _make_newer(url: str, data_dir: Path) -> None:
    change = "UPDATE alembic_version SET version_num = '9999'"
    if url:
        with psycopg.connect(url) as connection:
            connection.execute(change)
        return
    with closing(sqlite3.connect(data_dir / "moothall.sqlite")) as raw:
        raw.execute(change)
        raw.commit()


def test_another_domain_and_a_newer_database_are_refused(
    fresh_database_url: str, tmp_path: Path
) -> None:
    server = Server(tmp_path, fresh_database_url)
    assert server.run("export", str(tmp_path / "a.jsonl")).returncode == 0
    own = server.settings["domain"]
    server.settings["domain"] = "elsewhere.example"
    server.write_config()
    assert refusal(server, CANNOT_START) == (
        f"the database belongs to {own}, the settings say elsewhere.example; all its ids would"
        f' change. Set domain = "{own}", or name another database for another forum'
    )
    server.settings["domain"] = own
    server.write_config()
    _make_newer(fresh_database_url, tmp_path / "data")
    line = refusal(server, CANNOT_START)
    assert line.startswith("the database is of a newer version (schema 9999, this program knows")


def test_a_database_without_the_right_to_it(postgres: PostgresServer, tmp_path: Path) -> None:
    server = Server(tmp_path, postgres.url("no_such_database"))
    assert 'database "no_such_database" does not exist' in refusal(server, CANNOT_START)


def test_the_data_is_its_users_own(server: Server) -> None:
    assert server.run("migrate").returncode == 0
    assert stat.S_IMODE((server.folder / "data").stat().st_mode) == 0o700


def test_the_command_tells_its_version_and_its_commands() -> None:
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"moothall {__version__}\n"
    wrong = subprocess.run([COMMAND, "srve"], capture_output=True, text=True, check=False)
    assert wrong.returncode == WRONG_USE
    assert "serve" in wrong.stderr


def test_an_operator_makes_admins_and_passwords_without_mail(server: Server) -> None:
    made = server.run("user", "create-admin", "reeve", text=f"{PASSWORD}\n")
    assert (made.returncode, made.stdout) == (0, "reeve is created, and an admin\n")
    for verb in ("set-password", "make-admin", "remove-second-factor"):
        refused = server.run("user", verb, "nobody", text=f"{PASSWORD}\n")
        line = "moothall: nobody: nobody on this forum has this name\n"
        assert (refused.returncode, refused.stderr) == (1, line)
    freed = server.run("user", "remove-second-factor", "reeve")
    assert freed.stdout == "reeve can sign in with the password alone\n"
    with server:
        reeve = server.log_in("reeve")
        server.open_registration(reeve)
        member = server.register("member")
        done = server.run("user", "set-password", "member", text="battery staple\n")
        assert done.returncode == 0
        with server.client(member) as client:
            assert client.get("/user/validate_auth").status_code == 401
        assert server.run("user", "make-admin", "member").returncode == 0
        member = server.log_in("member", "battery staple")
        me = server.get("/site", member)["my_user"]["local_user_view"]["local_user"]
        assert me["admin"] is True
