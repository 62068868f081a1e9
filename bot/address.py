"""Where to listen, as settings say it."""

from __future__ import annotations


class BadAddress(ValueError):
    """An address to listen on is not `host:port`."""


def host_and_port(listen: str) -> tuple[str, int]:
    """Read `host:port`; BadAddress for anything else.  An IPv6 host stands in brackets."""
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 <= int(port) <= 65_535:
        raise BadAddress(f"not host:port: {listen}")
    return host.strip("[]"), int(port)
