"""Where a process listens, and how a second one stands by: ready, and waiting until the place is free.

The place itself is the lock. The kernel frees it with the process that held it, however that one died.
"""

import errno
import logging
import socket
import time

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.05  # between looks whether the place is free; a look is one call of the kernel
BACKLOG = 128  # connections that wait until they are accepted


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there, as soon as no other process does.

    Raises OSError where nobody could listen there: an address that is not this machine's, a port that is
    the administrator's.
    """
    is_told = False
    while True:
        try:
            return socket.create_server(
                (host, port),
                family=socket.AF_INET6 if ":" in host else socket.AF_INET,
                backlog=BACKLOG,
            )
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        if not is_told:
            log.warning("port %s is taken: standing by until it is free", port)
            is_told = True
        time.sleep(LOOK_SECONDS)
