"""Reading one cookie out of a Cookie header."""


def cookie(header: bytes, name: bytes) -> str | None:
    """The value of a cookie, None where there is none.

    Only the pair asked for is looked at: what other programs of the same host put into their
    cookies (spaces, quotes, JSON) must not cost anybody their session. Of several of one name the
    first counts, which is the one set for the longest path.
    """
    for pair in header.split(b";"):
        key, separator, value = pair.partition(b"=")
        if separator and key.strip() == name:
            return value.strip().strip(b'"').decode("latin-1")
    return None
