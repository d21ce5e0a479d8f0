"""Everything that can be wrong with the data, found at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

import frictionless
import pandas as pd

from turkic_ties import countries
from turkic_ties.data.packages import (
    DataError,
    UnknownTableError,
    contents,
    corrections,
    files,
    package,
    package_addresses,
    package_path,
    resource,
    split,
    topics_with_data,
)
from turkic_ties.data.tables import corrected, parts
from turkic_ties.errors import TiesError

MAX_PROBLEMS = 10
"""Problems printed of one table: a file with the wrong separator has one in every cell."""


def check(only: Collection[str] | None = None) -> list[str]:
    """Check every package with frictionless, every table, every file and every correction.

    Parameters
    ----------
    only
        Addresses of the tables to read; all of them when None.

    Returns
    -------
    list of str
        One sentence for each problem, with table, row and column; empty when all is well.
    """
    problems = []
    for topic in [None, *topics_with_data()]:
        try:
            names = package_addresses(topic)
        except DataError as error:
            problems.append(str(error))
            continue
        read = [address for address in names if only is None or address in only]
        for address in read:
            problems += _table(address)
        problems += (_by_frictionless(topic, read) if read else []) + _orphans(topic, names)
    problems += _corrections_without_table()
    return [" ".join(problem.split()) for problem in problems]


def _table(address: str) -> list[str]:
    """Read a table with its corrections, and hold its rows against the order by key."""
    try:
        frames = parts(address)
        corrected(address, pd.concat(frames, ignore_index=True))
        if address == "countries":
            countries.to_iso3(countries.MEMBERS[0])  # reads all rows and spellings
    except TiesError as error:
        return [f"{address}: {error}"]
    key = resource(address)["schema"]["primaryKey"]
    problems = []
    known = set[tuple[object, ...]]()
    for path, frame in zip(files(address), frames, strict=True):
        keys = [*zip(*(frame[name].tolist() for name in key), strict=True)]
        if row := next(_misplaced(keys, known), None):
            problems.append(
                f"{address}: {path}, row {row[0]}, columns {', '.join(key)}: {row[1]}. Sort the "
                "file by its key and keep one row for each."
            )
        known.update(keys)
    return problems


def _misplaced(
    keys: list[tuple[object, ...]], known: set[tuple[object, ...]]
) -> Iterator[tuple[int, str]]:
    """Number the rows whose key is not above that of the row before, or is in another file."""
    for row, (one, next_one) in enumerate(pairwise(keys), start=3):
        if not one < next_one:
            what = "repeats the key" if one == next_one else "is not in the order of the key"
            yield row, f"{what} of the row before"
    if not known.isdisjoint(keys):
        for row, one in enumerate(keys, start=2):
            if one in known:
                yield row, "repeats the key of a row of another file"


def _by_frictionless(topic: str | None, names: list[str]) -> list[str]:
    path = package_path(topic)
    lead = f"{topic}/" if topic else ""
    try:
        for address in names:
            contents(address)
    except DataError:
        return []  # a file that cannot be read has been named, and could hang here
    try:
        described = frictionless.Package.from_descriptor(package(topic), basepath=str(path.parent))
        tables = [described.get_resource(split(address)[1]) for address in names]
        for table in tables:
            table.schema.primary_key = []  # is held against the rows by `_table`, in half the time
            for key in table.schema.foreign_keys:
                contents(f"{lead}{key['reference']['resource'] or table.name}")
        tasks = [task for table in tables for task in table.validate().tasks]
    except (DataError, frictionless.FrictionlessException) as error:
        return [f"{path}: {error}"]
    problems = []
    for task in tasks:
        address = f"{lead}{task.name}"
        for found in task.errors[:MAX_PROBLEMS]:
            row = f", row {found.row_number}" if hasattr(found, "row_number") else ""
            problems.append(f"{address}{row}: {found.message}")
        if (more := len(task.errors) - MAX_PROBLEMS) > 0:
            problems.append(f"{address}: and {more} more")
    return problems


def _orphans(topic: str | None, names: list[str]) -> list[str]:
    """Find CSV files that no table of the package names."""
    folder = package_path(topic).parent
    there = folder.rglob("*.csv") if topic else folder.glob("*.csv")
    try:
        described = {path.resolve() for address in names for path in files(address)}
    except DataError:
        return []
    return [
        f"{path}: no table of {folder / 'datapackage.yaml'} has this file. Describe or remove it."
        for path in sorted(there)
        if path.resolve() not in described
    ]


def _corrections_without_table() -> list[str]:
    try:
        entries = corrections()
    except DataError as error:
        return [str(error)]
    problems = []
    for entry in entries:
        try:
            resource(entry["table"])
        except UnknownTableError as error:
            problems.append(f"corrections.yml, entry {entry['id']!r}: {error}")
        except DataError:
            continue  # its package has been named
    return problems
