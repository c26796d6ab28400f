"""What rooms register for the record of acts: words, audited tables, aggregate roots.

Each room registers its own in `audit_labels.py`; `market.audit` reads what is here and names no
room. The registry stands below the rooms because some of them (regions, accounts) are below audit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.accounts.models import Role


@dataclass(frozen=True)
class PermissionLabel:
    """
    Attributes:
        label: what is done with the permission.
        roles: those that give it; empty where everybody may.
    """

    label: Any
    roles: tuple[Role, ...] = ()


permission_labels: dict[str, PermissionLabel] = {}
# By endpoint, or by the words of a command.
action_labels: dict[str, Any] = {}
# Names that endpoints and commands had before: the record keeps them.
current_names: dict[str, str] = {}
unaudited_commands: set[str] = set()

# By table.
object_labels: dict[str, Any] = {}
# By column, whatever the table.
column_labels: dict[str, Any] = {}
value_labels: dict[tuple[str, str], Mapping[Any, Any]] = {}
# By table: why its changes are nobody's acts.
unaudited_tables: dict[str, str] = {}

aggregate_roots: set[str] = set()
# (column, root), the highest room's first: a part of a deal is read at the deal, though it
# names an offer too.
part_columns: list[tuple[str, str]] = []
# Columns that hold the region of an object, the highest room's first.
region_columns: list[str] = []
owner_columns: set[str] = set()
hidden_columns: set[tuple[str, str]] = set()
# On the command line only changes of these are recorded: the rest is the calendar's.
tables_of_commands: set[str] = set()


def _add(known: dict[Any, Any], new: Mapping[Any, Any]) -> None:
    if twice := known.keys() & new.keys():
        raise ValueError(f"registered before: {', '.join(map(str, sorted(twice)))}")
    known.update(new)


def add_permission_labels(labels: Mapping[str, PermissionLabel]) -> None:
    """Say what permissions let one do.

    Raises:
        ValueError: one has a label already (so do all functions that add labels).
    """
    _add(permission_labels, labels)


def add_action_labels(
    labels: Mapping[str, Any], earlier: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Say what endpoints and commands do, where the label of their permission is too wide.

    Args:
        earlier: the former names of an endpoint or command, which old acts still hold.
    """
    _add(action_labels, labels)
    for name, former_names in (earlier or {}).items():
        _add(current_names, dict.fromkeys(former_names, name))


def ignore_commands(*commands: str) -> None:
    """Record nothing of what these commands change."""
    unaudited_commands.update(commands)


def add_object_labels(labels: Mapping[str, Any]) -> None:
    """Say what a row of each table is called."""
    _add(object_labels, labels)


def add_column_labels(labels: Mapping[str, Any]) -> None:
    """Say what columns are called. Rooms share names of columns: the lowest room registers one."""
    _add(column_labels, labels)


def add_value_labels(table: str, labels: Mapping[str, Mapping[Any, Any]]) -> None:
    """Say what the values of the table's columns are called."""
    _add(value_labels, {(table, column): words for column, words in labels.items()})


def not_audited(tables: Mapping[str, str]) -> None:
    """Leave tables out of the record, each with the reason. Every other table is recorded."""
    _add(unaudited_tables, tables)


def aggregate_root(table: str, *columns: str) -> None:
    """Have rows that name one of the table's rows in one of the columns read at that row's page."""
    aggregate_roots.add(table)
    part_columns[:0] = [(column, table) for column in columns]


def add_region_column(column: str) -> None:
    """Read the region of a changed object from this column before all that are known."""
    region_columns.insert(0, column)


def add_owner_columns(*columns: str) -> None:
    """Whoever changes a row that names them in one of these columns acts in their own name."""
    owner_columns.update(columns)


def hide_columns(table: str, *columns: str) -> None:
    """Record that these columns changed, never what they hold."""
    hidden_columns.update((table, column) for column in columns)


def audit_commands_on(*tables: str) -> None:
    """Record changes of these tables by commands too."""
    tables_of_commands.update(tables)
