"""How a request to another server can fail."""


class HttpError(Exception):
    """A request did not succeed.

    Refused: never allowed, another try changes nothing.
    Unreachable: no connection, a broken one, or out of time; may go well later.
    BadAnswer: an answer that cannot be used.
      TooLarge: more bytes than the limit.
    """


class Refused(HttpError):
    """The address is none that we ask: its form, its scheme, its port, or where it leads."""


class Unreachable(HttpError):
    """No whole answer in time."""


class BadAnswer(HttpError):
    """The answer cannot be read."""


class TooLarge(BadAnswer):
    """The answer has more bytes than the limit."""
