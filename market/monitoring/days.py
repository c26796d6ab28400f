"""Local days of a hundred thousand instants, as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from market.text.days import local_day


class Days(dict[str, int]):
    """From an instant (a column read as text) to its local day, as date.toordinal() has it.

    The hour says the day, and there are few different ones. Where a home time zone is half
    an hour off, what was posted within it around midnight counts a day late.
    """

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, hour: str) -> int:
        at = datetime.fromisoformat(f"{hour}:00:00+00:00")
        self[hour] = day = local_day(at, self._zone).toordinal()
        return day

    def of(self, stored: str | datetime) -> int:
        """The day of what SQLite keeps as a text in UTC and PostgreSQL as an instant."""
        if isinstance(stored, str):
            return self[stored[:13]]
        return self[f"{stored.astimezone(UTC):%Y-%m-%d %H}"]
