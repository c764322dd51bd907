"""Listening sockets."""

import socket

import pytest

from moothall.lib.listeners import CannotListen, bind_another, open_listeners


def test_all_share_the_port_that_the_kernel_picked() -> None:
    listeners = open_listeners("127.0.0.1", 0, count=3)
    assert len({listener.getsockname()[1] for listener in listeners}) == 1
    for listener in listeners:
        listener.close()


def test_another_gets_no_connections_before_it_listens() -> None:
    (first,) = open_listeners("127.0.0.1", 0)
    another = bind_another(*first.getsockname())
    clients = [socket.create_connection(first.getsockname(), timeout=5) for _ in range(30)]
    first.settimeout(5)
    served = [first.accept()[0] for _ in clients]
    another.listen()
    first.close()
    clients.append(socket.create_connection(another.getsockname(), timeout=5))
    another.settimeout(5)
    served.append(another.accept()[0])
    for end in (*clients, *served, another):
        end.close()


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
