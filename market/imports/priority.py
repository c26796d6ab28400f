"""Long work that gives way to visitors, beside short work that others wait for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

NICENESS = 10
Result = TypeVar("Result")


def at_low_priority(function: Callable[..., Result], *arguments: object) -> Result:
    """What the function gives, or raises, with the processor's time that nobody else wants.

    Not for what holds the writer's lock: whoever gives way while others wait for them keeps them
    waiting. A thread of its own may be slower than its process, and never be made faster again.
    """

    def give_way() -> None:
        thread = threading.get_native_id()
        # A thread has a priority of its own on Linux alone.
        with suppress(OSError):
            now = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, now + NICENESS)

    # With its context it has the session and the actor of this thread, which waits.
    context = copy_context()
    with ThreadPoolExecutor(1, initializer=give_way) as pool:
        return pool.submit(context.run, function, *arguments).result()
