"""The cache: it gives what would be computed, or it is not used."""

from __future__ import annotations

import datetime
import errno
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tiny_data import field, tiny_data

from turkic_ties import cache, data, files
from turkic_ties.claims.written import Loader
from turkic_ties.data import tables
from turkic_ties.measures import cache as measures_cache
from turkic_ties.measures import common
from turkic_ties.measures.cache import _name, cached_measure


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache of its own."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "computed"))
    return tmp_path / "computed"


def counted(results: list[Any]) -> Callable[[], Any]:
    """Give a function that returns another result with each call."""
    return functools.partial(next, iter(results))


def test_what_was_made_under_a_key_is_not_made_again(place: Path) -> None:
    make = counted(["first", "second"])
    assert [cache.cached("a", make), cache.cached("a", make)] == ["first", "first"]
    assert cache.cached("b", make) == "second"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content, other: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content, other: bytes([content[0] ^ 1]) + content[1:],
        lambda content, other: content[:40],
        lambda content, other: b"",
        lambda content, other: other,
    ],
    ids=["a bit of the contents", "a bit of the hash", "cut", "empty", "the entry of another key"],
)
def test_a_damaged_or_foreign_entry_is_made_again(
    place: Path, damage: Callable[[bytes, bytes], bytes]
) -> None:
    cache.cached("other", lambda: "foreign")
    (other,) = place.iterdir()
    make = counted(["made", "made again"])
    cache.cached("a", make)
    (entry,) = set(place.iterdir()) - {other}
    entry.write_bytes(damage(entry.read_bytes(), other.read_bytes()))
    assert cache.cached("a", make) == "made again"
    assert cache.cached("a", make) == "made again", "and replaced"


def test_a_full_disk_costs_the_entry(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    assert cache.cached("a", lambda: "made") == "made"
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("obstacle", ["file", "writable by others", "off"])
def test_a_folder_that_cannot_be_trusted_is_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    if obstacle == "file":
        place.write_text("")
    elif obstacle == "off":
        monkeypatch.setenv(cache.VARIABLE, "")
    else:
        place.mkdir()
        place.chmod(0o777)
    make = counted([1, 2])
    assert [cache.cached("a", make), cache.cached("a", make)] == [1, 2]
    assert not place.is_dir() or not any(place.iterdir())


def test_code_edited_since_it_was_loaded_neither_reads_nor_writes_entries(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = counted([1, 2, 3])
    assert cache.cached("a", make) == 1
    edited = {**cache._LOADED, Path("edited.py"): 0}
    monkeypatch.setattr(cache, "_LOADED", edited)
    assert cache.cached("a", make) == 2
    assert cache.cached("b", make) == 3
    assert len([*place.iterdir()]) == 1


def test_the_entries_that_nobody_used_for_longest_are_deleted_beyond_the_bound(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, key in enumerate(["newest", "old", "used again", "oldest"]):
        known = set(place.iterdir()) if place.exists() else set()
        cache.cached(key, counted([key]))
        (entry,) = set(place.iterdir()) - known
        os.utime(entry, (0, 1_000_000_000 - age))
    sizes = sum(path.stat().st_size for path in place.iterdir())
    assert cache.cached("used again", counted(["made again"])) == "used again"
    monkeypatch.setattr(cache, "MAX_BYTES", sizes)
    cache.tidy()
    assert len([*place.iterdir()]) == 4, "just the bound"
    monkeypatch.setattr(cache, "MAX_BYTES", sizes - 1)
    cache.tidy()
    assert len([*place.iterdir()]) == 3
    kept = {key: cache.cached(key, counted(["gone"])) for key in ("newest", "old", "oldest")}
    assert kept == {"newest": "newest", "old": "old", "oldest": "gone"}


FIELDS = [field("id"), field("value", "number"), field("count", "integer")]
ROWS = "id,value,count\na,1.5,3\nb,,2\na,0.1,1\n"


def reread(address: str) -> pd.DataFrame:
    """Load a table as a new process would."""
    tables._loaded.cache_clear()
    return data.load(address)


def test_a_table_from_the_cache_is_the_table_as_read(folder: Path, place: Path) -> None:
    fields = [*FIELDS[:1], {**FIELDS[1], "constraints": {"required": False}}, FIELDS[2]]
    tiny_data(folder, ROWS, fields)
    read = reread("trade/tiny")
    entries = {*place.iterdir()}
    again = reread("trade/tiny")
    pd.testing.assert_frame_equal(read, again, check_exact=True)
    assert entries
    assert {*place.iterdir()} == entries
    assert read["id"][0] is read["id"][2], "equal texts are one object"


def test_a_long_text_in_yaml_is_parsed_once_with_each_loader(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "values: [1, 2.50, 2024-01-31, no]".ljust(files.MIN_CACHED_YAML)
    parse = functools.partial(files.parse_yaml, path=Path("a.yml"))
    first, written = parse(text), parse(text, loader=Loader)
    assert first == {"values": [1, 2.5, datetime.date(2024, 1, 31), False]}
    assert written == {"values": [1, 2.5, "2024-01-31", "no"]}
    with pytest.raises(files.FileError, match=r"a\.yml is not valid YAML"):
        parse("[".ljust(files.MIN_CACHED_YAML))
    monkeypatch.setattr(files, "_check_size", lambda _: 1 / 0)
    again = parse(text, loader=Loader)
    assert again == written
    assert again["values"] is not written["values"], "what a caller changes is its own"
    assert again["values"][1].decimals == 2
    for other in (text[:-1], "[".ljust(files.MIN_CACHED_YAML)):
        with pytest.raises(files.FileError, match="division by zero"):
            parse(other)


@pytest.fixture
def tiny(folder: Path, place: Path) -> None:
    """Put a table of three rows, and a cache of its own, in force."""
    tiny_data(folder, ROWS.replace("b,,2", "b,7,2"), FIELDS)


@pytest.mark.usefixtures("tiny")
def test_no_entry_hides_an_edit_that_is_not_sealed() -> None:
    reread("trade/tiny")
    (table,) = data.files("trade/tiny")
    table.write_text(table.read_text("utf-8").replace("1.5", "1.6"), encoding="utf-8")
    with pytest.raises(data.DataError, match="contents are not those the package describes"):
        reread("trade/tiny")


@pytest.fixture
def measure() -> tuple[Callable[..., Any], list[Any]]:
    """Give a measure that adds up a column, and a list of its calls."""
    calls = []

    def total(frame: pd.DataFrame, column: str = "value", factor: Any = 1) -> pd.DataFrame:
        calls.append(column)
        return pd.DataFrame({"total": [frame[column].sum() * (factor or 1)]})

    return cached_measure(total), calls


@pytest.mark.usefixtures("tiny")
def test_a_measure_is_computed_once_for_the_same_table_and_arguments(
    measure: tuple[Callable[..., Any], list[Any]],
) -> None:
    total, calls = measure
    frame = data.load("trade/tiny")
    first = total(frame)
    first["total"] = 0
    assert total(data.load("trade/tiny"), column="value").iloc[0, 0] == 1.5 + 7 + 0.1
    assert total(frame.copy(), "value", factor=1).iloc[0, 0] == 1.5 + 7 + 0.1
    assert calls == ["value"], "positions, names and defaults are the same arguments"
    assert total(frame, "count").iloc[0, 0] == 6
    assert total(frame, factor=2).iloc[0, 0] == 2 * (1.5 + 7 + 0.1)
    assert calls == ["value", "count", "value"]


@pytest.mark.usefixtures("tiny")
def test_an_edited_frame_is_another_argument(
    measure: tuple[Callable[..., Any], list[Any]],
) -> None:
    total, calls = measure
    frame = data.load("trade/tiny")
    total(frame)
    frame.loc[0, "value"] = 2.5
    assert total(frame).iloc[0, 0] == 2.5 + 7 + 0.1
    assert total(frame.query("id == 'a'")).iloc[0, 0] == 2.5 + 0.1
    assert total(frame.rename(columns={"count": "value", "value": "count"})).iloc[0, 0] == 6
    assert total(data.load("trade/tiny")).iloc[0, 0] == 1.5 + 7 + 0.1
    assert len(calls) == 4


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("column", ["id", "value", "count"])
def test_a_cell_of_any_type_that_was_edited_takes_a_frame_its_name(column: str) -> None:
    frame = data.load("trade/tiny")
    name = tables.name_of(frame)
    assert name is not None
    frame.loc[0, column] = frame.loc[1, column]
    assert tables.name_of(frame) is None
    assert tables.name_of(data.load("trade/tiny")) == name, "the table is as it was"


def test_a_constant_that_was_set_to_another_value_counts(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    measure: tuple[Callable[..., Any], list[Any]],
) -> None:
    total, calls = measure
    frame = pd.DataFrame({"value": [1.0, 2.0]})
    total(frame)
    monkeypatch.setattr(common, "A_CONSTANT", 3, raising=False)
    total(frame)
    monkeypatch.setattr(common, "A_CONSTANT", 4)
    total(frame)
    assert len(calls) == 3


@pytest.mark.parametrize("factor", [object(), pd.Series([2.0]), (1, [object()]), {"a": object()}])
def test_an_argument_without_a_name_means_that_the_measure_is_computed(
    place: Path, measure: tuple[Callable[..., Any], list[Any]], factor: Any
) -> None:
    total, calls = measure
    frame = pd.DataFrame({"value": [1.0]})
    for _ in range(2):
        with pytest.raises((TypeError, ValueError)):
            total(frame, "value", factor)
    assert len(calls) == 2


def test_equal_names_mean_equal_arguments() -> None:
    values = [
        None, 1, 1.0, "1", [1], (1,), {1}, frozenset([1]), {1: 2}, {1: 3}, [1, 2], [[1], 2], ["a"],
    ]  # fmt: skip
    assert len({_name(value) for value in values}) == len(values)
    assert _name({"b", "a"}) == _name({"a", "b"})
    assert _name({"a": [1, (None, {2.5})]}) == _name({"a": [1, (None, {2.5})]})
    assert _name([1, pd.Timestamp(0)]) is None


def test_only_a_small_frame_is_named_by_its_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"value": [1.0, 2.0]})
    monkeypatch.setattr(measures_cache, "MAX_HASHED_CELLS", 2)
    assert _name(frame) == _name(frame.copy())
    assert _name(frame) != _name(frame.set_axis([1, 2]))
    assert _name(pd.DataFrame({"value": [[1], [2]]})) is None, "lists cannot be hashed"
    monkeypatch.setattr(measures_cache, "MAX_HASHED_CELLS", 1)
    assert _name(frame) is None


def test_an_error_is_raised_each_time(
    place: Path, measure: tuple[Callable[..., Any], list[Any]]
) -> None:
    total, calls = measure
    for _ in range(2):
        with pytest.raises(KeyError):
            total(pd.DataFrame({"value": [1.0]}), "missing")
    assert len(calls) == 2
