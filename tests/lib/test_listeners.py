"""Listening sockets."""

import socket

import pytest

from moothall.lib.listeners import CannotListen, open_another, open_listeners


def test_all_share_the_port_that_the_kernel_picked() -> None:
    listeners = open_listeners("127.0.0.1", 0, count=3)
    ports = {listener.getsockname()[1] for listener in listeners}
    assert len(ports) == 1
    another = open_another("127.0.0.1", *ports)
    for listener in (*listeners, another):
        listener.close()


def test_ipv6_is_listened_on_and_written_in_brackets() -> None:
    (listener,) = open_listeners("::1", 0)
    port = listener.getsockname()[1]
    with pytest.raises(CannotListen, match=rf"cannot listen on \[::1\]:{port}: another program"):
        open_listeners("::1", port)
    listener.close()


@pytest.mark.parametrize("shares", [False, True])
def test_a_taken_port_is_refused_even_if_its_holder_would_share(shares: bool) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shares)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CannotListen, match="another program listens there already"):
            open_listeners("127.0.0.1", other.getsockname()[1], count=2)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1:80.*does not have that address"):
        open_listeners("192.0.2.1", 80)
