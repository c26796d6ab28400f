"""Argon2, outside every transaction: hashing takes longer than a writer may hold the lock."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app


@lru_cache(maxsize=4)
def _hasher(parameters: tuple[tuple[str, Any], ...]) -> PasswordHasher:
    return PasswordHasher(**dict(parameters))


@lru_cache(maxsize=4)
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _current() -> PasswordHasher:
    return _hasher(tuple(sorted(current_app.config.get("ARGON2", {}).items())))


def hash_password(password: str) -> str:
    """The argon2id hash of `password` by the parameters of ARGON2 (argon2-cffi's by default)."""
    return _current().hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one hashed.

    Takes as long when there is no hash, so that the time doesn't tell who has an account.
    """
    hasher = _current()
    decoy = _decoy(hasher)
    try:
        hasher.verify(password_hash or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than those of now."""
    return _current().check_needs_rehash(password_hash)
