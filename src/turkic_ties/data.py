"""The only door to ``data/``: load a table, list the catalogue, cite a source, check and seal the packages.

Every topic is one Data Package (``data/<topic>/datapackage.yaml``); a table is addressed as ``topic/name``.
What is loaded is exactly what the package describes: the bytes must match its hash, the columns get the types
of its schema, and the known errors of ``data/corrections.yml`` are applied while they are still there.
"""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turkic_ties.countries import data_directory
from turkic_ties.topics import TOPICS

if TYPE_CHECKING:
    import pandas as pd  # a build that has nothing to do asks for hashes alone, and must not wait for pandas


Package = dict[str, Any]
Resource = dict[str, Any]

_read: set[str] = set()


class DataError(Exception):
    """A table, a package or a correction is missing, damaged or inconsistent."""


# -- packages ---------------------------------------------------------------------------------------------------


def package(topic: str | None) -> Package:
    """Return the parsed ``datapackage.yaml`` of a topic.

    Parameters
    ----------
    topic
        One of `TOPICS`, or None for the package of the tables all topics share (``countries``).

    Raises
    ------
    DataError
        When the file is missing or is not YAML with a list of resources.
    """
    path = package_path(topic)
    return _parse_package(path, path.stat().st_mtime_ns)


def package_path(topic: str | None) -> Path:
    """Return the path of a topic's ``datapackage.yaml``; DataError when it is not there."""
    path = data_directory() / (topic or "") / "datapackage.yaml"
    if not path.is_file():
        raise DataError(
            f"{path} is missing. Restore it: git checkout -- {path.name} in {path.parent}."
        )
    return path


@functools.cache
def _parse_package(path: Path, _mtime_ns: int) -> Package:
    parsed = _parse_yaml(path)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("resources"), list):
        raise DataError(
            f"{path} describes no resources. See 'How data are kept' in the README for its form."
        )
    return parsed


def _parse_yaml(path: Path) -> Any:
    import yaml  # slow to import, for a build with nothing to do

    try:
        return yaml.load(
            path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
    except yaml.YAMLError as error:
        raise DataError(
            f"{path} is not valid YAML: {' '.join(str(error).split())}. Mend that line."
        ) from error


def topics_with_data() -> list[str]:
    """List the topics that have a data package, in the order of `TOPICS`."""
    return [topic for topic in TOPICS if (data_directory() / topic / "datapackage.yaml").is_file()]


def addresses(topic: str | None = None) -> list[str]:
    """List the addresses of all tables, or of one topic's."""
    if topic is not None:
        return [f"{topic}/{resource['name']}" for resource in package(topic)["resources"]]
    shared = [str(resource["name"]) for resource in package(None)["resources"]]
    return shared + [address for topic in topics_with_data() for address in addresses(topic)]


def resource(address: str) -> Resource:
    """Return the description of one table from its package.

    Raises
    ------
    DataError
        When there is no such table; the message lists those there are.
    """
    topic, name = _split(address)
    for candidate in package(topic)["resources"]:
        if candidate["name"] == name:
            return dict(candidate)
    raise DataError(
        f"there is no table {address!r}. Tables: {', '.join(addresses(topic) if topic else addresses())}."
    )


def _split(address: str) -> tuple[str | None, str]:
    topic, slash, name = address.rpartition("/")
    if slash and topic not in TOPICS:
        raise DataError(
            f"there is no table {address!r}: no topic {topic!r}. Topics: {', '.join(topics_with_data())}."
        )
    return topic or None, name


def files(address: str) -> list[Path]:
    """Return the CSV files of a table, in the order of the package (more than one where each source has its own)."""
    topic, _ = _split(address)
    paths = resource(address)["path"]
    return [
        package_path(topic).parent / path for path in ([paths] if isinstance(paths, str) else paths)
    ]


# -- loading ----------------------------------------------------------------------------------------------------


def load(address: str) -> pd.DataFrame:
    """Load a table as a typed data frame, with the declared corrections applied.

    Parameters
    ----------
    address
        ``topic/name``, for example ``"trade/bilateral_trade"``; ``"countries"`` for the shared table.

    Returns
    -------
    pandas.DataFrame
        The columns of the table's schema: strings as ``str``, integers as ``int64`` (``Int64`` where a cell may be
        empty), numbers as ``float64``, dates as ``datetime64``. Empty cells are missing. Where ``corrections.yml``
        flags rows of the table there is one more column, ``flag`` (empty text where nothing is flagged).

    Raises
    ------
    DataError
        When the table is unknown, a file is missing or is not the one the package describes (size and SHA-256),
        or a correction no longer fits the data.

    Examples
    --------
    >>> load("trade/commodities").query("series == 'brent'").shape[0] > 30
    True
    """
    described = resource(address)
    content = _joined(address)
    if (found := _hash(content)) != described["hash"]:
        where = ", ".join(str(path) for path in files(address))
        raise DataError(
            f"{where}: the contents are not those the package describes (expected {described['hash'][:19]}…, "
            f"found {found[:19]}…). If you edited it on purpose, run 'ties data --seal'; if not, restore it with git."
        )
    frame = _apply_corrections(address, _parse_csv(content, described))
    _read.add(address)
    return frame


def digest(address: str) -> str:
    """Hash all of a table that can show in a report: its files, its description and its corrections.

    Parameters
    ----------
    address
        ``topic/name``.
    """
    told = json.dumps([resource(address), corrections(address)], sort_keys=True, default=str)
    return _hash(_joined(address) + told.encode())


def tables_read() -> list[str]:
    """List the tables loaded in this process so far, sorted."""
    return sorted(_read)


def _joined(address: str) -> bytes:
    """Join the files of a table: the header of the later ones is dropped, as frictionless does."""
    parts: list[bytes] = []
    for path in files(address):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise DataError(
                f"{path} is missing, the package lists it under {address}. Restore it with git."
            ) from None
        parts.append(content if not parts else content.partition(b"\n")[2])
    return b"".join(parts)


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _parse_csv(content: bytes, described: Resource) -> pd.DataFrame:
    import pandas as pd

    schema = described["schema"]
    always_there = set(schema.get("primaryKey", []))
    dtypes, dates = {}, []
    for field in schema["fields"]:
        required = field["name"] in always_there or field.get("constraints", {}).get(
            "required", False
        )
        match field["type"]:
            case "integer":
                dtypes[field["name"]] = "int64" if required else "Int64"
            case "number":
                dtypes[field["name"]] = "float64"
            case "boolean":
                dtypes[field["name"]] = "bool" if required else "boolean"
            case "date":
                dates.append(field["name"])
            case _:
                dtypes[field["name"]] = "str"
    # "NA" is Namibia, not a missing value: only the package says what is missing.
    return pd.read_csv(
        io.BytesIO(content),
        dtype=dtypes,
        parse_dates=dates,
        keep_default_na=False,
        na_values=schema.get("missingValues", [""]),
    )


# -- corrections ------------------------------------------------------------------------------------------------


def corrections(address: str | None = None) -> list[dict[str, Any]]:
    """List the declared corrections of upstream errors, of one table or of all.

    An entry names exactly one row (``match`` is its primary key), the ``expected`` value of ``column`` in it now, and
    the ``action``: drop the row, replace the value by ``value``, or flag it with the text in ``flag``.
    """
    path = data_directory() / "corrections.yml"
    if not path.is_file():
        raise DataError(f"{path} is missing. Restore it: git checkout -- data/corrections.yml.")
    entries = _parse_corrections(path, path.stat().st_mtime_ns)
    return [entry for entry in entries if address in (None, entry["table"])]


@functools.cache
def _parse_corrections(path: Path, _mtime_ns: int) -> list[dict[str, Any]]:
    entries = _parse_yaml(path) or []
    needed = {"id", "table", "match", "column", "action", "expected", "reason", "reference"}
    for entry in entries:
        if missing := needed - set(entry):
            raise DataError(
                f"{path}: entry {entry.get('id', entry)!r} lacks {', '.join(sorted(missing))}."
            )
    return list(entries)


def _apply_corrections(address: str, frame: pd.DataFrame) -> pd.DataFrame:
    entries = corrections(address)
    if any(entry["action"] == "flag" for entry in entries) and "flag" not in frame:
        frame["flag"] = ""
    dropped = []
    for entry in entries:
        row = _matching_row(entry, frame)
        match entry["action"]:
            case "drop":
                dropped.append(row)
            case "replace":
                frame.loc[row, entry["column"]] = entry["value"]
            case "flag":
                frame.loc[row, "flag"] = entry["flag"]
            case unknown:
                raise DataError(
                    f"corrections.yml, entry {entry['id']!r}: action {unknown!r} is not drop, replace or flag."
                )
    return frame.drop(index=dropped).reset_index(drop=True)


def _matching_row(entry: dict[str, Any], frame: pd.DataFrame) -> Any:
    """Find the row a correction is about; an error when the guarded value is not there any more."""
    rows = frame.index
    # Numbers first: a column of them is compared in a moment, and leaves few texts to compare.
    for column, value in sorted(entry["match"].items(), key=lambda item: isinstance(item[1], str)):
        rows = rows[frame.loc[rows, column] == value]
    found = frame.loc[rows, entry["column"]].tolist()
    if found != [entry["expected"]]:
        raise DataError(
            f"corrections.yml, entry {entry['id']!r}: {entry['table']} should hold {entry['column']} = "
            f"{entry['expected']} in the row {entry['match']}, but holds {found or 'no such row'}. "
            "The publisher has changed the figure: look at the new one, then delete or renew this entry."
        )
    return rows[0]


# -- catalogue and citations ------------------------------------------------------------------------------------


def tables(topic: str | None = None) -> pd.DataFrame:
    """List the tables with what they cover.

    Returns
    -------
    pandas.DataFrame
        One row a table: table (address), title, rows, first_year, last_year (missing where the table has no
        ``year``), sources (publisher and data set), version, licences.
    """
    import pandas as pd

    rows = []
    for address in addresses(topic):
        described, frame = resource(address), load(address)
        years = frame["year"] if "year" in frame else pd.Series(dtype="Int64")
        rows.append(
            {
                "table": address,
                "title": described["title"],
                "rows": len(frame),
                "first_year": years.min() if len(years) else pd.NA,
                "last_year": years.max() if len(years) else pd.NA,
                "sources": "; ".join(
                    f"{source['publisher']}: {source['dataset']}" for source in described["sources"]
                ),
                "version": "; ".join(
                    str(source["version"])
                    for source in described["sources"]
                    if source.get("version")
                ),
                "licences": "; ".join(
                    dict.fromkeys(licence["name"] for licence in described["licenses"])
                ),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype({"first_year": "Int64", "last_year": "Int64"})


def last_years(read: Iterable[str]) -> dict[str, int]:
    """Tell the last year each source behind some tables covers; what is projected or planned is left out.

    Parameters
    ----------
    read
        Addresses of tables of one topic.

    Returns
    -------
    dict
        Name of a source to year: of the rows that name it, or else of the tables that rest on it. Sources of tables
        without years are missing.
    """
    import pandas as pd

    named: dict[str, int] = {}
    resting: dict[str, int] = {}
    for address in read:
        described = resource(address)
        fields = [field["name"] for field in described["schema"]["fields"]]
        time = next(
            (name for name in ("last_year", "year", "order_year", "date") if name in fields), None
        )
        if time is None:
            continue
        # Two or three columns alone: the largest table takes a third of a second to read whole.
        wanted = [name for name in (time, "source", "variant") if name in fields]
        rows = pd.concat(
            pd.read_csv(path, usecols=wanted, dtype="str") for path in files(address)
        ).drop_duplicates()
        rows = rows[rows["variant"] == "estimate"] if "variant" in rows else rows
        years = pd.to_numeric(rows[time].str[:4], errors="coerce")
        for source in described["sources"]:
            own = (
                rows["source"].str.contains(rf"\b{source['name']}\b", na=False)
                if "source" in rows
                else years.notna()
            )
            past = years[own & (years <= int(source["date_accessed"][:4]))]
            if len(past):
                found = named if "source" in rows else resting
                found[source["name"]] = max(int(past.max()), found.get(source["name"], 0))
    return resting | named


def sources(read: Iterable[str]) -> pd.DataFrame:
    """List the sources behind some tables, each once, with the tables that rest on it.

    Parameters
    ----------
    read
        Addresses, for example ``tables_read()``.

    Returns
    -------
    pandas.DataFrame
        Columns source (id), publisher, dataset, version, last_year (as text, empty where there is none), published and
        accessed (dates), kind, licence, url, citation, warnings, tables.
    """
    import pandas as pd

    rows: dict[tuple[str | None, str], dict[str, str]] = {}
    by_topic = {
        topic: list(group)
        for topic, group in itertools.groupby(sorted(read), lambda address: _split(address)[0])
    }
    years = {topic: last_years(group) for topic, group in by_topic.items()}
    for address in sorted(read):
        topic = _split(address)[0]
        for source in resource(address)["sources"]:
            row = rows.setdefault(
                (topic, source["name"]),
                {
                    "source": source["name"],
                    "publisher": source["publisher"],
                    "dataset": source["dataset"],
                    "version": str(source.get("version") or "not stated"),
                    "last_year": str(years[topic].get(source["name"], "")),
                    "published": str(source.get("date_published") or "not stated"),
                    "accessed": str(source["date_accessed"]),
                    "kind": source["kind"],
                    "licence": source["license"]["name"],
                    "url": source["url"],
                    "citation": source["citation"],
                    "warnings": " ".join(source.get("warnings") or []),
                    "tables": "",
                },
            )
            row["tables"] = ", ".join(filter(None, [row["tables"], address]))
    return pd.DataFrame(list(rows.values()))


def credit(address: str, ids: Iterable[str] | None = None) -> str:
    """Return the line under a chart: who publishes the figures.

    Parameters
    ----------
    address
        ``topic/name``.
    ids
        The source ids the chart really draws (its ``source`` column); None for all of the table's.
    """
    return (
        "; ".join(
            dict.fromkeys(
                f"{source['publisher']}, {source['title']}" for source in _drawn(address, ids)
            )
        )
        + "."
    )


def publishers(address: str, ids: Iterable[str] | None = None) -> str:
    """Return the publishers alone, for places with little room; parameters as for `credit`."""
    return "; ".join(dict.fromkeys(source["publisher"] for source in _drawn(address, ids)))


def _drawn(address: str, ids: Iterable[str] | None) -> list[dict[str, Any]]:
    wanted = None if ids is None else {str(id) for id in ids}
    return [
        source
        for source in resource(address)["sources"]
        if wanted is None or source["name"] in wanted
    ]


def cite(address: str, style: str = "text") -> str:
    """Return a ready citation of a table: one entry for each source behind it.

    Parameters
    ----------
    address
        ``topic/name``.
    style
        ``"text"`` or ``"bibtex"``.

    Raises
    ------
    DataError
        For an unknown table or style.
    """
    cited = resource(address)["sources"]
    if style == "text":
        return "\n".join(source["citation"] for source in cited)
    if style == "bibtex":
        return "\n\n".join(_bibtex(source) for source in cited)
    raise DataError(f"there is no citation style {style!r}: use 'text' or 'bibtex'.")


def _bibtex(source: dict[str, Any]) -> str:
    fields = {
        "author": f"{{{source['publisher']}}}",
        "title": source["dataset"],
        "year": str(source.get("date_published") or source["date_accessed"])[:4],
        "version": source.get("version"),
        "url": source["url"],
        "urldate": source["date_accessed"],
        "note": source["license"]["name"],
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{source['name']},\n{body}\n}}"


# -- checking and sealing ---------------------------------------------------------------------------------------


def check() -> list[str]:
    """Check every package with frictionless, every table's hash and every correction.

    Returns
    -------
    list of str
        One sentence for each problem; empty when all is well.
    """
    import frictionless  # a second to import, and only this function needs it

    problems = []
    for topic in [None, *topics_with_data()]:
        report = frictionless.validate(str(package_path(topic)))
        for place, row, message in report.flatten(["name", "rowNumber", "message"]):
            problems.append(f"{topic or 'data'}: {place}{f', row {row}' if row else ''}: {message}")
        for address in (
            addresses(topic) if topic else [entry["name"] for entry in package(None)["resources"]]
        ):
            try:
                load(address)
            except DataError as error:
                problems.append(f"{address}: {error}")
    known = set(addresses())
    problems += [
        f"corrections.yml, entry {e['id']!r}: no table {e['table']!r}"
        for e in corrections()
        if e["table"] not in known
    ]
    return problems


def seal() -> list[str]:
    """Write the size and hash of every table into its package, after an edit on purpose.

    Returns
    -------
    list of str
        The addresses whose entry changed.
    """
    changed = []
    for topic in [None, *topics_with_data()]:
        path = package_path(topic)
        text = path.read_text(encoding="utf-8")
        for described in package(topic)["resources"]:
            address = f"{topic}/{described['name']}" if topic else described["name"]
            content = _joined(address)
            sealed = rf"\g<1>{len(content)}\g<2>{_hash(content)}\g<3>"
            # Edited as text: dumping the YAML anew would lose its anchors and comments.
            start = rf"^  - name: {re.escape(described['name'])}\n(?:    .*\n)*?"
            pattern = rf"({start}    bytes: )\d+(\n    hash: \"?)[^\"\s]+(\"?$)"
            text, count = re.subn(pattern, sealed, text, count=1, flags=re.MULTILINE)
            if count != 1:
                raise DataError(
                    f"{path}: {described['name']} lacks a 'bytes:' and a 'hash:' line. Add both, in that order."
                )
            if (described["bytes"], described["hash"]) != (len(content), _hash(content)):
                changed.append(address)
        path.write_text(text, encoding="utf-8")
    return changed
