"""Packages: what ``data/`` says of its tables, their files and hashes, the declared corrections.

Nothing here needs pandas, so that a build with nothing to do is answered at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from turkic_ties import hashing, topics
from turkic_ties.countries import data_directory
from turkic_ties.data import form
from turkic_ties.errors import TiesError
from turkic_ties.files import (
    LOADER,
    Json,
    locked,
    once_per_state,
    read_bytes,
    read_text,
    read_yaml,
    write,
)

Package = Json
Resource = Json


class DataError(TiesError):
    """A table, a package or a correction is missing, damaged or inconsistent."""


class UnknownTableError(DataError):
    """No package describes a table of this address."""


def package(topic: str | None) -> Package:
    """Return the parsed ``datapackage.yaml`` of a topic.

    Parameters
    ----------
    topic
        One of `turkic_ties.topics.names`, or None for the package of the tables all topics share
        (``countries``).

    Raises
    ------
    DataError
        When the file is missing or does not have the form of `turkic_ties.data.form`; the message
        names file, table and property.
    """
    return _read_package(package_path(topic))


def package_path(topic: str | None) -> Path:
    """Return the path of a topic's ``datapackage.yaml``."""
    return data_directory() / (topic or "") / "datapackage.yaml"


@once_per_state
def _read_package(path: Path) -> Package:
    parsed = read_yaml(path, DataError)
    _check_form(path, parsed, parsed, form.Package)
    return dict(parsed)


def _check_form(path: Path, parsed: Any, entry: Any, model: type[BaseModel]) -> None:
    try:
        model.model_validate(entry)
    except ValidationError as error:
        found = form.problems(error, entry)
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        raise DataError(
            f"{path}: {'; '.join(found[:3])}{more}. See 'How data are kept' in the README."
        ) from None


def topics_with_data() -> list[str]:
    """List the topics with a folder of data, in the order of `turkic_ties.topics.names`."""
    return [topic for topic in topics.names() if package_path(topic).parent.exists()]


def addresses(topic: str | None = None) -> list[str]:
    """List the addresses of all tables, or of one topic's."""
    topics = [None, *topics_with_data()] if topic is None else [topic]
    return [address for each in topics for address in package_addresses(each)]


def package_addresses(topic: str | None) -> list[str]:
    """List the addresses of the tables of one package; None for that of the shared tables."""
    names = [str(described["name"]) for described in package(topic)["resources"]]
    return [f"{topic}/{name}" for name in names] if topic else names


def resource(address: str) -> Resource:
    """Return the description of one table from its package.

    Raises
    ------
    DataError
        When there is no such table; the message lists those there are.
    """
    topic, name = split(address)
    for candidate in package(topic)["resources"]:
        if candidate["name"] == name:
            return dict(candidate)
    known = {known.rpartition("/")[2]: known for known in addresses(topic)}
    near = [known[close] for close in get_close_matches(name, known, n=3)]
    hint = f"near: {', '.join(near)}" if near else f"tables: {', '.join(known.values())}"
    raise UnknownTableError(f"there is no table {address!r}; {hint}.")


def split(address: str) -> tuple[str | None, str]:
    """Split an address into topic (None for a shared table) and name."""
    topic, slash, name = address.rpartition("/")
    is_there = topics.NAME.fullmatch(topic) and package_path(topic).is_file()
    if slash and not is_there and topic not in topics_with_data():
        known = ", ".join(topics_with_data())
        raise UnknownTableError(
            f"there is no table {address!r}: no topic {topic!r}. Topics: {known}."
        )
    return topic or None, name


def files(address: str) -> list[Path]:
    """Return the CSV files of a table, in the order of the package.

    There is more than one where each source has its own.

    Raises
    ------
    DataError
        When a path is absolute, or leaves the folder of the package by ``..`` or by a link.
    """
    folder = package_path(split(address)[0]).parent
    return [_inside(folder, path) for path in _paths(address)]


def _paths(address: str) -> list[Path]:
    folder = package_path(split(address)[0]).parent
    paths = resource(address)["path"]
    return [folder / path for path in ([paths] if isinstance(paths, str) else paths)]


def _inside(folder: Path, path: Path) -> Path:
    try:
        if path.resolve().is_relative_to(folder.resolve()):
            return path
    except (OSError, RuntimeError):  # links in a circle
        pass
    raise DataError(
        f"{path} leads out of its folder. Put the file into {folder} and name it "
        "relative to the package."
    )


def contents(address: str) -> list[bytes]:
    """Read the files of a table, as they are."""
    return [read_bytes(path, DataError) for path in files(address)]


def joined(parts: list[bytes]) -> bytes:
    """Join the files of a table: the header of the later ones is dropped, as frictionless does."""
    return b"".join([parts[0], *(part.partition(b"\n")[2] for part in parts[1:])])


def digest(address: str) -> str:
    """Hash all of a table that can show in a report: files, description, corrections.

    Parameters
    ----------
    address
        ``topic/name``.
    """
    described = package_path(split(address)[0])
    return _digest(address, described, _corrections_path(), *_paths(address))


@once_per_state
def _digest(address: str, *_: Path) -> str:
    declared = json.dumps([resource(address), corrections(address)], sort_keys=True, default=str)
    return hashing.of_bytes(joined(contents(address)) + declared.encode())


# -- corrections -----------------------------------------------------------------------------------


def corrections(address: str | None = None) -> list[Json]:
    """List the declared corrections of upstream errors, of one table or of all.

    An entry names exactly one row (`match` is its primary key), the `expected` value of `column` in
    it now (null: the cell is empty), and the `action`: drop the row, replace the value by `value`,
    or flag it with the text in `flag`.
    """
    entries = _read_corrections(_corrections_path())
    return [entry for entry in entries if address in (None, entry["table"])]


def _corrections_path() -> Path:
    return data_directory() / "corrections.yml"


@once_per_state
def _read_corrections(path: Path) -> list[Json]:
    parsed = read_yaml(path, DataError)
    entries = [] if parsed is None else parsed
    if not isinstance(entries, list):
        raise DataError(f"{path} is no list of entries. Begin each with '- id: …'.")
    for entry in entries:
        _check_form(path, entry, entry, form.Correction)
    ids = [entry["id"] for entry in entries]
    cells = [(entry["table"], str(entry["match"]), entry["column"]) for entry in entries]
    for place, entry in enumerate(entries):
        if entry["id"] in ids[:place] or cells[place] in cells[:place]:
            raise DataError(
                f"{path}: the entry {entry['id']!r} is there twice. Delete one of them."
            )
    return entries


# -- refresh ---------------------------------------------------------------------------------------


def refresh_entries() -> Json:
    """Return what ``data/refresh.yml`` says of each source; nothing where there is no such file.

    Raises
    ------
    DataError
        When an entry has no name; `turkic_ties.refresh.sources` checks the rest.
    """
    path = data_directory() / "refresh.yml"
    return _read_entries(path) if path.is_file() else {}


@once_per_state
def _read_entries(path: Path) -> Json:
    parsed = read_yaml(path, DataError)
    entries = parsed.values() if isinstance(parsed, dict) else [parsed]
    if not all(isinstance(entry, dict) for entry in entries):
        raise DataError(f"{path} is no mapping of sources to entries. Begin each with 'source:'.")
    return dict(parsed)


def stale(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Name the sources whose newest figures are older than ``data/refresh.yml`` lets them be.

    A source is stale when more months than ``stale_after_months`` have passed between the end of
    its last year and the newest day on which any of the listed sources was accessed, which makes
    the answer a matter of the data alone. A source without that entry or without years never is.

    Parameters
    ----------
    listed
        Rows of `sources`: ``source``, ``last_year`` and ``accessed``.

    Returns
    -------
    dict
        Source id to a sentence for the reader.
    """
    listed = [*listed]
    entries = refresh_entries()
    found = {}
    if not listed:
        return {}
    newest = max(source["accessed"] for source in listed)
    year = int(newest[:4])
    month = int(newest[5:7])
    for source in listed:
        allowed = entries.get(source["source"], {}).get("stale_after_months")
        if allowed is None or not source["last_year"]:
            continue
        # Months from the end of the last year to the end of the month of the newest access.
        if 12 * (year - int(source["last_year"]) - 1) + month > allowed:
            found[source["source"]] = (
                f"Stale on {newest}: it ends in {source['last_year']}, and newer figures were "
                f"expected within {allowed} months."
            )
    return found


# -- sealing ---------------------------------------------------------------------------------------


def seal() -> list[str]:
    """Write the size and hash of every table into its package, after an edit on purpose.

    A package is replaced only where something differs, whole or not at all; a second process that
    seals waits for the first.

    Returns
    -------
    list of str
        The addresses whose entry changed.
    """
    changed = []
    with locked(data_directory()):
        for topic in [None, *topics_with_data()]:
            path = package_path(topic)
            text = read_text(path, DataError)
            content = {address: joined(contents(address)) for address in package_addresses(topic)}
            sealed, differing = sealed_text(text, content)
            if differing:
                _write(path, sealed)
            changed += differing
    return changed


def _write(path: Path, text: str) -> None:
    try:
        write(path, text)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror}. It is as it was; "
            "make it writable, or free some space."
        ) from None


def sealed_text(text: str, content: dict[str, bytes]) -> tuple[str, list[str]]:
    """Put sizes and hashes into the text of a package: dumping it anew would lose its comments.

    Parameters
    ----------
    text
        A package in YAML.
    content
        What each address has now.

    Returns
    -------
    tuple
        The new text, and the addresses whose entry differs from the old one.
    """
    root: Any = yaml.compose(text, Loader=LOADER)
    (tables,) = (value.value for key, value in root.value if key.value == "resources")
    entries = {}
    for entry in tables:
        keys = {key.value: (key, value) for key, value in entry.value}
        entries[keys["name"][1].value] = keys, entry.flow_style
    edits = {
        address: _edits(*entries[split(address)[1]], found) for address, found in content.items()
    }
    for start, end, written in sorted(chain(*edits.values()), reverse=True):
        text = text[:start] + written + text[end:]
    return text, [address for address in content if edits[address]]


def _edits(
    keys: dict[str, tuple[yaml.Node, yaml.Node]], flow: bool, content: bytes
) -> list[tuple[int, int, str]]:
    """List what to write over which part of an entry; new lines follow that of its name."""
    name, after = keys["name"]
    lead = ", " if flow else "\n" + " " * name.start_mark.column
    edits, new = [], ""
    for key, found in (("bytes", str(len(content))), ("hash", hashing.of_bytes(content))):
        written = found if key == "bytes" else f'"{found}"'
        if key not in keys:
            new += f"{lead}{key}: {written}"
        elif (old := keys[key][1]).value != found:
            edits.append((old.start_mark.index, old.end_mark.index, written))
    end = after.end_mark.index
    return edits + [(end, end, new)] * bool(new)
