"""Ports that stay free until a server of a test takes them."""

import secrets
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST = 10_000
_TRIES_MAX = 100


def free_port() -> int:
    """Return a port that nobody listens on, and that no connection or server of another process is given by chance.

    A port that the system gives out (port 0, and the near end of each connection) may be given to another process before the server of this
    test starts, or to the very connection that tries to reach it. Those below its range are not; they are drawn by a source that no test
    seeds.
    """
    end = int(_RANGE.read_text(encoding="ascii").split()[0]) if _RANGE.exists() else 32_768
    for _ in range(_TRIES_MAX):
        port = _FIRST + secrets.randbelow(end - _FIRST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError(f"none of {_TRIES_MAX} ports below {end} is free")
