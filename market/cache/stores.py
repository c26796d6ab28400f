"""Stores for values that threads share, limited by age or by size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from cachetools import Cache, LRUCache, TTLCache
from flask import current_app

Value = TypeVar("Value")
StoreType = TypeVar("StoreType", bound="Store[Any]")


class Store(Generic[Value]):
    """A cachetools cache behind a lock."""

    def __init__(self, cache: Cache[Hashable, Value]) -> None:
        self._cache = cache
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value stored under `key`; None where there is none, or no longer."""
        with self._lock:
            return self._cache.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Store `value`, unless it is larger than the whole store."""
        with self._lock:
            try:
                self._cache[key] = value
            except ValueError:
                self._cache.pop(key, None)

    def get_or_make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The stored value, or the one that `make` returns, which is stored.

        The lock is not held while it is made: two threads may make the same value at once.
        """
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def clear(self) -> None:
        with self._lock:
            self._cache.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._cache)


class SizeLimitedStore(Store[Value]):
    """The values used last; the one unused for longest makes room.

    Args:
        max_size: how many values, or the sum of their sizes where `size_of` is given.
    """

    def __init__(self, max_size: int, size_of: Callable[[Value], int] | None = None) -> None:
        super().__init__(LRUCache(max_size, size_of))


class TimeLimitedStore(Store[Value]):
    """At most `max_size` values, none older than `max_age_seconds`."""

    def __init__(self, max_size: int, max_age_seconds: float) -> None:
        super().__init__(TTLCache(max_size, max_age_seconds, timer=lambda: time.monotonic()))


def app_store(name: str, make: Callable[[], StoreType]) -> StoreType:
    """The current app's store of that name, made by `make` when it is first asked for."""
    stores: dict[str, StoreType] = current_app.extensions.setdefault("stores", {})
    if name not in stores:
        stores.setdefault(name, make())
    return stores[name]
