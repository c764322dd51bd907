"""The command line: serve, and what an operator does beside it.

argparse, since the process that stays as supervisor is this one: a larger library would cost its
memory for ever and a fifth of a second at each start (docs/design/0007).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from moothall import __version__
from moothall.lib.log_line import write_line
from moothall.settings import Settings, SettingsError, describe, load, split_listen

_USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        settings = load(given.config, os.environ)
    except SettingsError as error:
        sys.stderr.write(f"moothall: {error}\n")
        return _USAGE_ERROR
    try:
        code: int = given.run(settings, given)
    except SystemExit as stop:
        if not isinstance(stop.code, str):
            raise
        sys.stderr.write(f"{stop.code}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="moothall", description="A federated forum server.")
    parser.add_argument("--version", action="version", version=f"moothall {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "serve", "run the server", _serve)
    _add(commands, "migrate", "bring the database up to date and stop", _migrate)
    _add(commands, "config", "print the settings in force, with their documentation", _config)
    _add_user_commands(commands)
    _add_archive_commands(commands)
    _add(commands, "demo", "fill an empty forum with sample content, then serve it", _demo)
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    run: object,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("--config", type=Path, metavar="FILE", help="the TOML file of settings")
    command.set_defaults(run=run)
    return command


def _add_user_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    user = commands.add_parser("user", help="admins and passwords, without mail")
    verbs = user.add_subparsers(required=True, metavar="VERB")
    for name, text, run in (
        ("create-admin", "create an account that is an admin", _create_admin),
        ("make-admin", "make an existing person an admin", _make_admin),
        ("set-password", "set a new password and sign the person out everywhere", _set_password),
        (
            "remove-second-factor",
            "let a person who lost their device sign in with the password alone",
            _remove_second_factor,
        ),
    ):
        verb = _add(verbs, name, text, run)
        verb.add_argument("name", help="the person's name, without @")


def _add_archive_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    for name, text, run in (
        ("export", "write communities, people, posts, comments and votes to a file", _export),
        ("import", "read an archive into this forum", _import),
    ):
        command = _add(commands, name, text, run)
        command.add_argument("file", type=Path, help="JSON Lines; gzip if it ends in .gz")


# --- commands


def _serve(settings: Settings, _given: argparse.Namespace) -> int:
    from moothall.app import argument_for, hold_data_folder
    from moothall.processes import Program, run_group

    _announce(settings)
    hold_data_folder(settings)
    metrics = settings.server.metrics_listen
    return run_group(
        Program(
            prepare="moothall.app:prepare",
            web_app="moothall.app:create_web_app",
            background="moothall.app:run_background",
            argument=argument_for(settings),
        ),
        listen=split_listen(settings.listen),
        workers=settings.server.workers or os.cpu_count() or 1,
        metrics_listen=split_listen(metrics) if metrics else None,
        log_form=settings.log.format,
        on_ready=lambda port: _tell_ready(settings, port),
    )


def _announce(settings: Settings) -> None:
    if settings.log.format == "json":
        write_line(
            "json",
            "info",
            "starting",
            version=__version__,
            data_dir=str(settings.data_dir),
            domain=settings.domain,
            is_trial=settings.is_trial,
        )
        return
    lines = [f"Moothall {__version__}, data in {settings.data_dir}"]
    if settings.is_trial:
        lines.append(
            f"Trial settings: domain {settings.domain}, http only, federation off."
            " For a public server write a configuration file (docs/operate/install.md)."
        )
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def _tell_ready(settings: Settings, port: int) -> None:
    host, _ = split_listen(settings.listen)
    shown = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    if settings.log.format == "json":
        write_line("json", "info", "ready", address=shown, public_address=settings.base_url)
        return
    sys.stderr.write(f"Ready on {shown} (public address {settings.base_url})\n")
    sys.stderr.flush()


def _migrate(settings: Settings, _given: argparse.Namespace) -> int:
    from moothall.app import bring_up_to_date

    bring_up_to_date(settings)
    sys.stdout.write("The database is up to date.\n")
    return 0


def _config(settings: Settings, _given: argparse.Namespace) -> int:
    sys.stdout.write(describe(settings))
    return 0


def _create_admin(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands

    return commands.create_admin(settings, given.name, _ask_password())


def _make_admin(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands

    return commands.make_admin(settings, given.name)


def _set_password(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands

    return commands.set_password(settings, given.name, _ask_password())


def _remove_second_factor(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands

    return commands.remove_second_factor(settings, given.name)


def _ask_password() -> str:
    """From the terminal, twice; or one line from a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    import getpass

    password = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != password:
        raise SystemExit("moothall: the two passwords differ")
    return password


def _export(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands

    return commands.export_archive(settings, given.file)


def _import(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands

    return commands.import_archive(settings, given.file)


def _demo(settings: Settings, given: argparse.Namespace) -> int:
    from moothall import commands
    from moothall.lib.listeners import CannotListen, open_listeners
    from moothall.processes import CANNOT_LISTEN

    try:
        # Its port is part of the addresses in the demo: better no demo than one that cannot be had.
        for listener in open_listeners(*split_listen(settings.listen)):
            listener.close()
    except CannotListen as error:
        sys.stderr.write(f"moothall: {error}\n")
        return CANNOT_LISTEN
    commands.fill_demo(settings)
    return _serve(settings, given)


if __name__ == "__main__":
    sys.exit(main())
