"""What can go wrong that a person or a program should be told.

    ForumError
    ├── NotSignedIn      nobody, or somebody whose session is not valid
    ├── NotAllowed       known who, but they may not
    ├── NotFound         no such thing, or not for this viewer
    ├── Invalid          what was sent breaks a rule of form or length
    ├── Conflict         it is already so, or somebody was faster
    ├── TooMany          a limit of rate, number or time is reached
    └── Unavailable      the server cannot do it at the moment, whoever asks

`code` is stable and belongs to the contract with clients (snake_case, the names of the Lemmy API);
`message` may be shown to anybody. No status codes here: each face maps classes to its answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class ForumError(Exception):
    """Base of all expected errors; everything else that is raised is a bug.

    `field` names what was given wrongly, where a form of many fields needs to be told.
    """

    field: str | None = None

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(code if message is None else f"{code}: {message}")
        self.code = code
        self.message = message


class NotSignedIn(ForumError):
    """The act needs a signed-in person; also every failed attempt to sign in."""

    def __init__(self, code: str = "incorrect_login") -> None:
        super().__init__(code)


class NotAllowed(ForumError):
    """The viewer is known and may not do this."""


class NotFound(ForumError):
    """No such thing, or not visible to this viewer.

    `by_name` tells a look-up by name (a client expects 404) from one by id (a client of the
    Lemmy API expects 400).
    """

    def __init__(self, code: str, message: str | None = None, *, by_name: bool = False) -> None:
        super().__init__(code, message)
        self.by_name = by_name


class Invalid(ForumError):
    """A field breaks a rule of form, length or meaning."""

    def __init__(self, code: str, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(code, message)
        self.field = field


class Conflict(ForumError):
    """The state does not allow it: exists already, is already so, was changed meanwhile."""


class TooMany(ForumError):
    """A limit of rate, number or time is reached; `wait_s`: for how long, where that is known."""

    def __init__(self, code: str = "rate_limit_error", wait_s: float | None = None) -> None:
        super().__init__(code)
        self.wait_s = wait_s


class Unavailable(ForumError):
    """The server cannot do it now, through no fault of who asks: a full disk, for one."""


@contextmanager
def blame(field: str) -> Iterator[None]:
    """Say of an error that is raised within which field it is about."""
    try:
        yield
    except ForumError as error:
        error.field = field
        raise
