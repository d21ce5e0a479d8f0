"""Tables read exactly as their packages describe them, or refused in one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import numpy as np
import pandas as pd
import pytest
import yaml
from test_files import KINDS, odd_file
from tiny_data import field, tiny_data
from typer.testing import CliRunner

from turkic_ties import cli, data
from turkic_ties.data import DataError

# -- the same values as frictionless ---------------------------------------------------------------

TYPES: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "all types": (
        "id,text,whole,number,yes,day\na,x,1,1.5,true,2019-10-03\nb,,,,,\nc,NA,-7,1e3,False,2020-02-29\n",
        [
            field("id"),
            field("text"),
            field("whole", "integer"),
            field("number", "number"),
            field("yes", "boolean"),
            field("day", "date"),
        ],
        {},
    ),
    "required": (
        "id,whole,yes\na,1,1\nb,2,0\n",
        [
            field("id"),
            field("whole", "integer", constraints={"required": True}),
            field("yes", "boolean", constraints={"required": True}),
        ],
        {},
    ),
    "semicolons and commas": (
        "id;number\na;1.234,5\nb;-0,25\n",
        [field("id"), field("number", "number", decimalChar=",", groupChar=".")],
        {"dialect": {"delimiter": ";"}},
    ),
    "tabs and blanks": (
        "id\tnumber\na\t1 234 567.5\n",
        [field("id"), field("number", "number", groupChar=" ")],
        {"dialect": {"delimiter": "\t"}},
    ),
    "day first": (
        "id,day\na,03.10.2019\nb,5.4.2019\nc,31.12.1999\n",
        [field("id"), field("day", "date", format="%d.%m.%Y")],
        {},
    ),
    "words for true and false": (
        "id,yes\na,evet\nb,hayır\n",
        [field("id"), field("yes", "boolean", trueValues=["evet"], falseValues=["hayır"])],
        {},
    ),
    "words for missing": (
        "id,number,text\na,..,x\nb,2,n/a\nc,n/a,\n",
        [field("id"), field("number", "number"), field("text")],
        {"missing": ["..", "n/a"]},
    ),
    "quotes": (
        'id,text\na,"x,y"\nb,"say ""no"""\nc,"two\nlines"\nd,\'\n',
        [field("id"), field("text")],
        {},
    ),
    "Namibia": ("id,text\nNA,nan\nNULL,None\n", [field("id"), field("text")], {}),
    "constraints": (
        "id,whole,text\na,0,ab\nb,10,abc\n",
        [
            field("id", constraints={"unique": True, "pattern": "[a-z]"}),
            field("whole", "integer", constraints={"minimum": 0, "maximum": 10, "enum": [0, 10]}),
            field("text", constraints={"minLength": 2, "maxLength": 3, "enum": ["ab", "abc"]}),
        ],
        {},
    ),
}


def as_frictionless(value: Any) -> Any:
    """Turn a cell of a frame into what frictionless reads."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, np.bool_):
        return bool(value)
    return None if pd.isna(value) else value


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, Decimal):
        return bool(ours == float(theirs))
    if isinstance(theirs, datetime | date):
        return bool(ours == theirs)
    return bool(ours == theirs) and isinstance(ours, bool) == isinstance(theirs, bool)


def differences(address: str) -> list[str]:
    """Hold each cell of a table against what frictionless reads; corrections are not applied.

    Of a column frictionless reads each text once, and of very many an even choice.
    """
    from turkic_ties.data.tables import parts

    frame = pd.concat(parts(address)) if data.corrections(address) else data.load(address)
    described = data.resource(address)
    described["schema"] = described["schema"] | {"foreignKeys": []}  # need the whole package
    folder = data.package_path(address.rpartition("/")[0]).parent
    found: list[str] = []
    with frictionless.Resource.from_descriptor(described, basepath=str(folder)) as resource:
        rows = [*resource.cell_stream]
        if rows and rows[0] == resource.labels:
            del rows[0]
        fields = resource.schema.fields
    names = [column.name for column in fields]
    assert (len(rows), names) == (len(frame), list(frame))
    texts = pd.DataFrame(rows, columns=names, dtype="object")
    for column in fields:
        read_cell = column.create_cell_reader()
        ours = frame[column.name].array
        pairs = pd.DataFrame({"text": texts[column.name], "ours": ours}).drop_duplicates()
        for row, text, value in pairs[:: 1 + len(pairs) // 2_000].itertuples(name=None):
            (read, notes), ours = read_cell(text), as_frictionless(value)
            if notes or not ((ours is None and read is None) or same(ours, read)):
                found.append(f"row {row + 2}, {column.name}: {ours!r}, not {read!r} {notes}")
    return found


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.no_cover
def test_tables_of_all_types_are_read_as_frictionless_reads_them(folder: Path, kind: str) -> None:
    rows, fields, more = TYPES[kind]
    tiny_data(folder, rows, fields, **more)
    assert differences("trade/tiny") == []
    assert data.check(["trade/tiny"]) == []


@pytest.mark.no_cover
@pytest.mark.parametrize("address", data.addresses())
def test_every_table_is_read_as_frictionless_reads_it(address: str) -> None:
    assert differences(address) == []


def test_types_are_those_of_the_documentation(folder: Path) -> None:
    rows, fields, _ = TYPES["all types"]
    tiny_data(folder, rows, fields)
    kinds = {name: str(kind) for name, kind in data.load("trade/tiny").dtypes.items()}
    assert kinds.pop("day").startswith("datetime64")
    assert kinds == {
        "id": "str",
        "text": "str",
        "whole": "Int64",
        "number": "float64",
        "yes": "boolean",
    }


# -- what a package asks for and is not followed ---------------------------------------------------

UNREAD = {
    "a type": (field("x", "year"), {}),
    "a form of text": (field("x", format="email"), {}),
    "any form of date": (field("x", "date", format="any"), {}),
    "half a date": (field("x", "date", format="%m.%Y"), {}),
    "a time": (field("x", "date", format="%H:%M"), {}),
    "numbers with units": (field("x", "number", bareNumber=False), {}),
    "two signs in one": (field("x", "number", decimalChar=",", groupChar=","), {}),
    "missing values of a column": (field("x", missingValues=["-"]), {}),
    "a limit of text": (field("x", constraints={"minimum": 1}), {}),
    "a length of numbers": (field("x", "number", constraints={"minLength": 1}), {}),
    "a pattern that is none": (field("x", constraints={"pattern": "("}), {}),
    "a constraint": (field("x", constraints={"jsonSchema": {}}), {}),
    "an infinite limit": (field("x", "number", constraints={"minimum": float("inf")}), {}),
    "a quote of its own": (field("x"), {"dialect": {"quoteChar": "'"}}),
    "no header": (field("x"), {"dialect": {"header": False}}),
    "a separator of two signs": (field("x"), {"dialect": {"delimiter": "||"}}),
    "an encoding": (field("x"), {"encoding": "windows-1251"}),
    "a compression": (field("x"), {"compression": "zip"}),
    "a format": (field("x"), {"format": "xlsx"}),
    "data in the package": (field("x"), {"data": [{"id": "a"}]}),
    "a misspelt property": (field("x"), {"tittle": "Tiny"}),
    "a name that is no name": (field("x"), {"name": "../tiny"}),
    "sources as text": (field("x"), {"sources": "Office"}),
    "no path": (field("x"), {"path": []}),
    "a path that is a number": (field("x"), {"path": 3}),
    "a column twice": (field("id"), {}),
}


@pytest.mark.parametrize(("column", "more"), UNREAD.values(), ids=UNREAD)
def test_a_property_that_is_not_followed_is_refused(
    folder: Path, column: dict[str, Any], more: dict[str, Any]
) -> None:
    tiny_data(folder, "id,x\na,1\n", [field("id"), column], seal=False, **more)
    for call in (data.seal, data.addresses):
        with pytest.raises(DataError, match=r"trade/datapackage\.yaml: resources / ") as caught:
            call()
        assert "\n" not in str(caught.value)
    (problem,) = [found for found in data.check(["trade/tiny"]) if "datapackage.yaml" in found]
    assert "README" in problem


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://x",
        "//x",
        "http://x y",
        'https://x"onclick=',
    ],
)
@pytest.mark.parametrize("key", ["url", "path"])
def test_only_web_and_mail_addresses_become_links(folder: Path, key: str, address: str) -> None:
    tiny_data(folder, "id\na\n", [field("id")])
    package = folder / "trade" / "datapackage.yaml"
    parsed = yaml.safe_load(package.read_text(encoding="utf-8"))
    parsed["resources"][0]["sources"][0][key] = address
    package.write_text(yaml.safe_dump(parsed), encoding="utf-8")
    (problem,) = data.check(["trade/tiny"])
    assert f"sources / office / {key}: must be an address beginning with http" in problem


@pytest.mark.parametrize(
    ("version", "said"), [("2024.10", "quotes"), ("no", "quotes"), ("2024-10-01", "quotes")]
)
def test_what_yaml_takes_for_a_number_or_a_word_has_to_be_quoted(
    folder: Path, version: str, said: str
) -> None:
    tiny_data(folder, "id\na\n", [field("id")])
    package = folder / "trade" / "datapackage.yaml"
    text = package.read_text(encoding="utf-8")
    package.write_text(text.replace("version: null", f"version: {version}"), encoding="utf-8")
    with pytest.raises(DataError, match=f"office / version: .*{said}"):
        data.load("trade/tiny")


# -- cells and rows --------------------------------------------------------------------------------

FIELDS = [
    field("id"),
    field("year", "integer", constraints={"required": True, "minimum": 1990, "maximum": 2030}),
    field("value", "number", constraints={"minimum": 0}),
    field("url"),
]
GOOD = "id,year,value,url\na,2019,1.5,\nb,2020,,https://example.org/\n"

DAMAGE: dict[str, tuple[str | bytes, str]] = {
    "thousands": (GOOD.replace("1.5", '"1,234.5"'), "row 2, column value: '1,234.5' is no number"),
    "a word": (GOOD.replace("1.5", "lots"), "row 2, column value: 'lots' is no number"),
    "a letter in a year": (GOOD.replace("2020", "20O5"), "row 3, column year: '20O5'"),
    "a year with a point": (GOOD.replace("2020", "2020.0"), "row 3, column year: '2020.0'"),
    "an empty year": (GOOD.replace("2020", ""), "row 3, column year: '' is missing"),
    "an empty key": (GOOD.replace("\nb,", "\n,"), "row 3, column id: '' is missing"),
    "infinity": (GOOD.replace("1.5", "inf"), "column value: 'inf' is no number"),
    "not a number": (GOOD.replace("1.5", "nan"), "column value: 'nan' is no number"),
    "beyond all numbers": (GOOD.replace("1.5", "1e999"), "column value: '1e999' is too large"),
    "5,000 digits": (GOOD.replace("1.5", "9" * 5000), "column value: '9{20}.* is too large"),
    "5,000 digits of a year": (GOOD.replace("2020", "2" * 5000), "column year: '2{20}.* is no int"),
    "an underscore": (GOOD.replace("1.5", "1_5"), "column value: '1_5' is no number"),
    "a blank": (GOOD.replace("1.5", " 1.5"), "column value: ' 1.5' is no number"),
    "below": (GOOD.replace("1.5", "-0.1"), "row 2, column value: '-0.1' is below 0"),
    "before": (GOOD.replace("2019", "1989"), "row 2, column year: '1989' is below 1990"),
    "after": (GOOD.replace("2019", "2031"), "row 2, column year: '2031' is above 2030"),
    "a script": (GOOD.replace("https://", "javascript://"), "row 3, column url: .*no http"),
    "a short row": (GOOD.replace("1.5,", "1.5"), "row 2: has 3 cells, the schema 4"),
    "a long row": (GOOD.replace("1.5,", "1.5,,"), "row 2: has 5 cells, the schema 4"),
    "a blank line": (GOOD.replace("\nb", "\n\nb"), "row 3: has 0 cells"),
    "an open quote": (
        GOOD.replace("1.5", '"1.5'),
        "line 3: unexpected end of data. Fix its quotes",
    ),
    "a quote inside": (GOOD.replace("1.5", '"1".5'), "line 2: .*Fix its quotes"),
    "semicolons": (GOOD.replace(",", ";"), "row 1: the columns are .*Is the separator ','"),
    "tabs": (GOOD.replace(",", "\t"), "row 1: the columns are"),
    "blank in the header": (GOOD.replace("id,", " id,"), "row 1: the columns are"),
    "other order": (GOOD.replace("id,year", "year,id"), "row 1: the columns are"),
    "a column twice": (GOOD.replace("year,value", "year,year"), "row 1: the columns are"),
    "no header": (GOOD.partition("\n")[2], "row 1: the columns are"),
    "no rows": (GOOD.partition("\n")[0] + "\n", "has no rows"),
    "nothing": ("", "row 1: the columns are"),
    "carriage returns": (GOOD.replace("\n", "\r"), "line 1: has a carriage return"),
    "Windows": (GOOD.replace("\n", "\r\n"), "line 1: has a carriage return"),
    "a null": (GOOD.replace("1.5", "1\0"), "line 2: has a control character"),
    "an escape": (GOOD.replace("\na", "\n\x1b[31m"), "line 2: has a control character"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), "byte order mark"),
    "UTF-16": (GOOD.encode("utf-16"), "line 1: is not UTF-8"),
    "Turkish": (GOOD.replace("b,", "ş,").encode("cp1254"), "line 3: is not UTF-8"),
    "Cyrillic": (GOOD.replace("b,", "ж,").encode("cp1251"), "line 3: is not UTF-8"),
}


@pytest.mark.parametrize(("rows", "said"), DAMAGE.values(), ids=DAMAGE)
@pytest.mark.no_cover
def test_a_sealed_table_that_is_damaged_names_file_row_and_column(
    folder: Path, rows: str | bytes, said: str
) -> None:
    tiny_data(folder, rows, FIELDS)
    with pytest.raises(DataError, match=rf"(?s)trade/tiny\.csv(, | )?.*{said}") as caught:
        data.load("trade/tiny")
    assert len(str(caught.value)) < 400
    problems = data.check(["trade/tiny"])
    assert re.search(rf"(?s)^trade/tiny: .*tiny\.csv.*{said}", problems[0])
    assert all(problem.startswith("trade/tiny") for problem in problems)


def test_bounds_are_met_from_inside(folder: Path) -> None:
    tiny_data(folder, "id,year,value,url\na,1990,0,\nb,2030,1,mailto:a@b.c\n", FIELDS)
    assert data.check(["trade/tiny"]) == []


def test_a_file_with_many_faults_prints_some_of_them(folder: Path) -> None:
    rows = "id,year,value,url\n" + "".join(f"a{n:03},2019,x,\n" for n in range(100))
    tiny_data(folder, rows, FIELDS)
    problems = data.check()
    assert len(problems) == 12
    assert problems[-1] == "trade/tiny: and 90 more"


def test_each_file_of_a_table_has_its_own_header(folder: Path) -> None:
    topic = tiny_data(folder, GOOD, FIELDS, path=["tiny.csv", "more.csv"], seal=False)
    (topic / "more.csv").write_text(GOOD.replace("year,value", "value,year"), encoding="utf-8")
    data.seal()
    with pytest.raises(DataError, match=r"more\.csv, row 1: the columns are"):
        data.load("trade/tiny")


# -- paths -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/etc/passwd", "../countries.csv", "a/../../x.csv", "out.csv"])
def test_a_path_that_leaves_its_folder_is_refused(folder: Path, path: str) -> None:
    topic = tiny_data(folder, GOOD, FIELDS, seal=False, path=path)
    (topic / "out.csv").symlink_to("/etc/passwd")
    for call in (data.seal, lambda: data.load("trade/tiny"), lambda: data.digest("trade/tiny")):
        with pytest.raises(DataError, match="leads out of its folder"):
            call()
    assert any("leads out of its folder" in problem for problem in data.check())


@pytest.mark.parametrize("path", ["https://example.org/x.csv", "nothing.csv", "\0", "x" * 300])
def test_a_path_that_is_no_file_is_refused(folder: Path, path: str) -> None:
    tiny_data(folder, GOOD, FIELDS, seal=False, path=path)
    with pytest.raises(DataError, match=r"missing|cannot be read|should match|leads out"):
        data.seal()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "trade/tiny.csv",
        "trade/datapackage.yaml",
        "datapackage.yaml",
        "countries.csv",
        "corrections.yml",
    ],
)
@pytest.mark.no_cover
def test_what_is_no_file_is_named_at_once(folder: Path, name: str, kind: str) -> None:
    tiny_data(folder, GOOD, FIELDS)
    odd_file(folder / name, kind)
    problems = data.check()
    assert any(str(folder / name) in problem for problem in problems)
    with pytest.raises(DataError, match=re.escape(str(folder / name))):
        [data.load(address) for address in ("countries", "trade/tiny")]


def test_a_table_that_is_too_large_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = tiny_data(folder, GOOD, FIELDS)
    with (topic / "tiny.csv").open("r+b") as file:
        file.truncate(10**12)  # sparse: it needs no room
    with pytest.raises(DataError, match=r"tiny\.csv has 1000000000000 bytes, more than"):
        data.load("trade/tiny")


# -- corrections -----------------------------------------------------------------------------------


def entry(**change: Any) -> dict[str, Any]:
    usual = {
        "id": "one",
        "table": "trade/tiny",
        "match": {"id": "b"},
        "column": "value",
        "action": "replace",
        "expected": None,
        "value": 7,
        "reason": "Printed elsewhere.",
        "reference": "Yearbook, page 1.",
    }
    return {key: value for key, value in (usual | change).items() if value != "left out"}


CELLS = [
    field("id"),
    field("whole", "integer"),
    field("value", "number"),
    field("text"),
    field("yes", "boolean"),
    field("day", "date"),
]
TWO = "id,whole,value,text,yes,day\na,1,1.5,x,true,2019-10-03\nb,,,,,\n"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("whole", 7),
        ("value", 7),
        ("value", 7.5),
        ("text", "y"),
        ("yes", False),
        ("day", date(2020, 1, 2)),
        ("day", "2020-01-02"),
    ],
)
@pytest.mark.parametrize("expected", [None, float("nan")])
@pytest.mark.no_cover
def test_a_missing_cell_of_any_type_can_be_filled(
    folder: Path, column: str, value: object, expected: object
) -> None:
    tiny_data(
        folder, TWO, CELLS, corrections=[entry(column=column, value=value, expected=expected)]
    )
    found = data.load("trade/tiny")[column].iloc[1]
    assert found == (pd.Timestamp("2020-01-02") if column == "day" else value)
    assert data.check(["trade/tiny"]) == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("whole", 1),
        ("value", 1.5),
        ("text", "x"),
        ("yes", True),
        ("day", "2019-10-03"),
        ("day", date(2019, 10, 3)),
    ],
)
def test_a_cell_of_any_type_can_be_expected_and_emptied(
    folder: Path, column: str, expected: object
) -> None:
    change = entry(
        column=column, expected=expected, value=None, match={"id": "a", column: expected}
    )
    tiny_data(folder, TWO, CELLS, corrections=[change])
    assert data.load("trade/tiny")[column].isna().all()


FAULTY: dict[str, tuple[object, str]] = {
    "no list": ({"id": "one"}, "is no list of entries"),
    "a text": ("one", "is no list of entries"),
    "entries of text": (["one"], "one|the file"),
    "a missing key": ([entry(reason="left out")], "reason: is missing"),
    "an unknown key": ([entry(colour="red")], "colour: is no property"),
    "an unknown action": ([entry(action="repair")], "action: .*drop"),
    "no value": ([entry(value="left out")], "needs 'value'"),
    "no flag": ([entry(action="flag")], "needs 'flag'"),
    "a flag of numbers": ([entry(action="flag", flag=3)], "flag: .*quotes"),
    "match of text": ([entry(match="b")], "match: "),
    "an empty match": ([entry(match={})], "match: "),
    "a list in match": ([entry(match={"id": ["b"]})], "match / id"),
    "the same id": ([entry(), entry(column="text", value="x")], "'one' is there twice"),
    "the same cell": ([entry(), entry(id="two")], "'two' is there twice"),
    "an unknown column": ([entry(column="price")], "has no column 'price'"),
    "an unknown column of match": ([entry(match={"key": "b"})], "has no column 'key'"),
    "no such row": ([entry(match={"id": "c"})], "no such row"),
    "two rows": ([entry(match={"text": None})], "no such row|has"),
    "a word for a number": ([entry(value="seven")], "'seven' is not of the type of.*'value'"),
    "a truth for a number": ([entry(value=True)], "True is not of the type of.*'value'"),
    "infinity": ([entry(value=float("inf"))], "inf is not of the type"),
    "no date": ([entry(column="day", value="soon")], "'soon' is no date"),
    "an unknown table": ([entry(table="trade/nothing")], "no table 'trade/nothing'"),
    "an unknown topic": ([entry(table="cooking/x")], "no topic 'cooking'"),
    "another value": ([entry(match={"id": "a"})], r"but has \[1.5\]. The publisher has changed"),
}


@pytest.mark.parametrize(("entries", "said"), FAULTY.values(), ids=FAULTY)
def test_a_slip_in_corrections_is_one_line(folder: Path, entries: object, said: str) -> None:
    tiny_data(folder, TWO, CELLS, corrections=entries)  # type: ignore[arg-type]
    problems = [problem for problem in data.check(["trade/tiny"]) if "corrections.yml" in problem]
    assert problems
    assert re.search(said, problems[0])
    assert all("\n" not in problem for problem in problems)


# -- the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "trade" / "tiny.csv").write_bytes(GOOD.encode("utf-16")),
        lambda folder: (folder / "trade" / "datapackage.yaml").write_text("resources: 3"),
        lambda folder: (folder / "corrections.yml").write_text("- id: 2024-02-31"),
        lambda folder: (folder / "countries.csv").write_text("x"),
        lambda folder: (folder / "datapackage.yaml").unlink(),
    ],
    ids=["table", "package", "corrections", "countries", "shared package"],
)
@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["data"], 2), (["data", "--check"], 1), (["data", "trade/tiny"], 2), (["data", "--csv"], 2)],
)
@pytest.mark.no_cover
def test_commands_answer_in_lines_without_traceback(
    folder: Path, damage: Callable[[Path], object], arguments: list[str], status: int
) -> None:
    tiny_data(folder, GOOD, FIELDS)
    damage(folder)
    answer = CliRunner().invoke(cli.app, arguments)
    assert isinstance(answer.exception, SystemExit | None)
    if arguments == ["data", "trade/tiny"] and answer.exit_code == 0:
        assert (folder / "trade" / "tiny.csv").read_text(encoding="utf-8") == GOOD
    else:
        assert answer.exit_code == status
        assert answer.stderr.count("\n") == 1 or "--check" in arguments


def test_a_seal_that_cannot_be_written_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = tiny_data(folder, GOOD, FIELDS)
    (topic / "tiny.csv").write_text(GOOD.replace("1.5", "2.5"), encoding="utf-8")

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("turkic_ties.data.packages.write", refused)
    answer = CliRunner().invoke(cli.app, ["data", "--seal"])
    assert answer.exit_code == 2
    assert re.fullmatch(
        r"ties: .*datapackage\.yaml cannot be written: Permission denied\..*\n", answer.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["claims", "--topic", "nuclear"], "no topic 'nuclear'. Choose from trade, "),
        (["claims", "--verdict", "maybe"], "no verdict 'maybe'. Choose from supported, "),
    ],
)
def test_a_choice_that_does_not_exist_names_those_there_are(
    arguments: list[str], said: str
) -> None:
    answer = CliRunner().invoke(cli.app, arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.count("\n") == 1
    assert said in answer.stderr


def test_escape_sequences_do_not_reach_the_terminal(folder: Path, ties: Callable[..., Any]) -> None:
    tiny_data(folder, GOOD, FIELDS, title="Tiny \x1b[31m\u202e table")
    answer = CliRunner().invoke(cli.app, ["data", "trade/tiny"])
    assert answer.exit_code == 0
    assert "Tiny \ufffd[31m\ufffd table" in answer.stdout
