"""Listening TCP sockets: opened before anything else starts, and inherited by who serves them."""

import errno
import os
import socket

BACKLOG = 1024
"""Connections that may wait for a busy server; the kernel's own limit may be lower."""


class CannotListen(Exception):
    """The address cannot be had; the text is one line for the person who typed it."""


def open_listeners(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """Open so many listening sockets on one address; the kernel spreads connections over them.

    A port where anything listens already, a second server of ours included, raises
    CannotListen. With port 0 the kernel picks a free one, the same for all.
    """
    listeners = [_bind(host, port)]
    # Only now: a first socket bound with SO_REUSEPORT would join another group of the same user.
    _share_port(listeners[0])
    bound_port = listeners[0].getsockname()[1]
    listeners += [bind_another(host, bound_port) for _ in range(count - 1)]
    for listener in listeners:
        _listen(listener, host, port)
    return listeners


def bind_another(host: str, port: int) -> socket.socket:
    """Bind one more socket to an address where this process has opened listeners.

    It does not listen yet, so that it gets no connections before there is somebody to serve them:
    the server that takes it over begins to listen when it is ready.
    """
    return _bind(host, port, shared=True)


def _bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _cannot_listen(host, port, error) from None
    try:
        # Connections of an earlier run that are still closing do not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            _share_port(listener)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from None
    return listener


def _share_port(listener: socket.socket) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def _listen(listener: socket.socket, host: str, port: int) -> None:
    try:
        listener.listen(BACKLOG)
    except OSError as error:
        raise _cannot_listen(host, port, error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> CannotListen:
    reasons = {
        errno.EADDRINUSE: "another program listens there already",
        errno.EADDRNOTAVAIL: "this machine does not have that address",
        errno.EACCES: "that port needs a privilege which this user lacks",
    }
    if isinstance(error, socket.gaierror) or error.errno is None:
        reason = str(error.strerror or error)
    else:
        reason = reasons.get(error.errno, os.strerror(error.errno))
    shown = f"[{host}]" if ":" in host else host
    return CannotListen(f"cannot listen on {shown}:{port}: {reason}")
