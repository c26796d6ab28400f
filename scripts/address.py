"""Say plainly when an address cannot be served, before any work is done for it.

    python3 scripts/address.py 127.0.0.1 8000

Uses the standard library only: it runs before anything is installed.
"""

import errno
import socket
import sys


def problem(host, port):
    """Why nothing can be served there, as a sentence; None when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the web server does: a connection that has just ended is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except (OSError, ValueError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is taken: is the market running already?"
                " For another port: make run PORT=8001"
            )
        return f"{host} port {port} cannot be served: {error}"
    return None


if __name__ == "__main__":
    sys.exit(problem(*sys.argv[1:]))
