"""The door to the data: typed frames, guarded corrections, packages that hold."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from tiny_data import field, tiny_data

from turkic_ties import data, files, hashing
from turkic_ties.data import DataError, packages

PUBLISHED = data.addresses()
PLAIN = [field("id"), field("value", "integer")]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@functools.cache
def written(address: str) -> pd.DataFrame:
    """Read the files of a table without corrections."""
    return pd.concat(pd.read_csv(path, keep_default_na=False) for path in data.files(address))


def matching(frame: pd.DataFrame, match: dict[str, object]) -> pd.DataFrame:
    for column in sorted(match, key=lambda name: isinstance(match[name], str)):  # numbers first
        frame = frame[frame[column] == match[column]]
    return frame


# -- packages --------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("topic", [None, *data.topics_with_data()])
def test_every_package_passes_frictionless_and_every_hash_and_correction_holds(
    topic: str | None,
) -> None:
    """A package passes only if its rows are in the order of the key and end in line feeds."""
    assert data.check(packages.package_addresses(topic)) == []


@pytest.mark.parametrize("address", PUBLISHED)
def test_every_column_says_what_it_is(address: str) -> None:
    for column in data.resource(address)["schema"]["fields"]:
        assert column["title"], column["name"]
        assert column["description"], column["name"]


@pytest.mark.parametrize("address", PUBLISHED)
def test_every_source_names_publisher_version_licence_and_processing(address: str) -> None:
    for source in data.resource(address)["sources"]:
        for needed in (
            "name",
            "publisher",
            "dataset",
            "date_accessed",
            "url",
            "citation",
            "processing",
        ):
            assert source[needed], (source["name"], needed)
        assert source["kind"] in {"official", "estimate", "model", "press", "own"}
        assert set(source["license"]) == {"name", "url", "redistributable"}
        assert "version" in source
        assert "date_published" in source


@pytest.mark.parametrize("address", PUBLISHED)
def test_a_source_column_names_sources_of_the_package(address: str) -> None:
    frame = data.load(address)
    if "source" in frame:
        assert set(frame["source"].dropna()) <= {
            source["name"] for source in data.resource(address)["sources"]
        }


# -- loading ---------------------------------------------------------------------------------------


def test_columns_have_the_types_of_the_schema() -> None:
    frame = data.load("trade/bilateral_trade")
    assert frame["year"].dtype == "int64"
    assert frame["value_usd"].dtype == "float64"
    assert frame["reporter"].dtype == "str"


def test_namibia_is_a_country_and_not_a_missing_value() -> None:
    countries = data.load("countries").set_index("iso3")
    assert countries.loc["NAM", "iso2"] == "NA"


def test_a_frame_can_be_changed_without_changing_the_next_one() -> None:
    first = data.load("countries")
    first["name"] = ""
    assert set(data.load("countries")["name"]) != {""}


def test_an_edited_file_is_refused_and_the_message_says_how_to_go_on(data_copy: Path) -> None:
    path = data_copy / "trade" / "transit.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(
        DataError, match=r"transit\.csv: the contents are not those.*ties data --seal"
    ):
        data.load("trade/transit")


def test_a_missing_file_is_named(data_copy: Path) -> None:
    (data_copy / "trade" / "transit.csv").unlink()
    with pytest.raises(DataError, match=r"transit\.csv is missing"):
        data.load("trade/transit")


def test_broken_yaml_is_named_with_its_place(data_copy: Path) -> None:
    edit(data_copy / "trade" / "datapackage.yaml", "resources:", "resources: [")
    with pytest.raises(DataError, match=r"datapackage\.yaml is not valid YAML.*line"):
        data.load("trade/transit")


@pytest.mark.parametrize("address", ["trade/nothing", "nothing/transit", "nothing"])
def test_an_unknown_table_lists_those_there_are(address: str) -> None:
    with pytest.raises(DataError, match=r"there is no table .*(transit|trade|countries)"):
        data.load(address)


def test_sealing_accepts_an_edit_and_keeps_the_rest_of_the_package(data_copy: Path) -> None:
    path, package = data_copy / "trade" / "transit.csv", data_copy / "trade" / "datapackage.yaml"
    before = package.read_text(encoding="utf-8").splitlines()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert data.seal() == ["trade/transit"]
    assert len(data.load("trade/transit")) == len(lines) - 2
    after = package.read_text(encoding="utf-8").splitlines()
    changed = [
        new.split(":")[0].strip() for old, new in zip(before, after, strict=True) if old != new
    ]
    assert changed == ["bytes", "hash"]
    assert data.seal() == []


def test_sealing_writes_the_lines_that_are_missing(data_copy: Path) -> None:
    path = data_copy / "trade" / "datapackage.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^    (bytes|hash): .*\n", "", before, flags=re.MULTILINE))
    with pytest.raises(DataError, match=r"transit\.csv: the package has no size or hash"):
        data.load("trade/transit")
    assert data.seal() == data.addresses("trade")
    parsed, described = (
        yaml.load(text, files.LOADER) for text in (path.read_text(encoding="utf-8"), before)
    )
    assert parsed == described
    assert len(data.load("trade/transit")) > 0


@pytest.mark.parametrize(
    "entry",
    [
        "  - {name: transit, path: transit.csv}  # in one line\n",
        "  - name: transit # a name\n    path: transit.csv\n",
        "  - path: transit.csv\n    hash: old\n    name: transit\n",
        "  - bytes: 1\n    name: transit\n    path: transit.csv",
    ],
)
def test_sealing_keeps_the_form_of_an_entry(entry: str) -> None:
    text = f"# Ünïcode – a comment\nresources:\n{entry}"
    sealed, changed = packages.sealed_text(text, {"transit": b"abc"})
    assert changed == ["transit"]
    (found,) = yaml.safe_load(sealed)["resources"]
    assert (found["bytes"], found["hash"]) == (3, hashing.of_bytes(b"abc"))
    assert (found["name"], found["path"]) == ("transit", "transit.csv")
    assert next(line for line in sealed.splitlines() if "#" in line) == "# Ünïcode – a comment"
    assert packages.sealed_text(sealed, {"transit": b"abc"}) == (sealed, [])


def test_sealing_touches_only_packages_that_differ(folder: Path) -> None:
    path = tiny_data(folder, "id,value\na,1\n", PLAIN) / "tiny.csv"
    before = {path: path.stat().st_ino for path in folder.rglob("datapackage.yaml")}
    assert len(before) == 2
    edit(path, "1", "2")
    data.seal()
    assert {p for p in before if p.stat().st_ino != before[p]} == {
        path.with_name("datapackage.yaml")
    }
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]


def test_sealing_that_fails_in_writing_leaves_the_package_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tiny_data(folder, "id,value\na,1\n", PLAIN) / "datapackage.yaml"
    before = package.read_bytes()
    edit(folder / "trade" / "tiny.csv", "1", "2")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match=r"cannot be written: No space left.*It is as it was"):
        data.seal()
    assert package.read_bytes() == before
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]


def test_processes_that_seal_at_the_same_time_wait_for_each_other(data_copy: Path) -> None:
    path = data_copy / "trade" / "transit.csv"  # in a small folder they would seldom meet
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:-1]))
    command = [sys.executable, "-c", "from turkic_ties import data; print(data.seal())"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = sorted(process.communicate(timeout=60)[0] for process in running)
    assert printed == ["['trade/transit']\n", "[]\n", "[]\n"]
    assert [process.returncode for process in running] == [0, 0, 0]


# -- checking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("id,value\nb,1\na,2\n", "is not in the order of the key"),
        ("id,value\na,1\na,2\n", "repeats the key"),
        ("id,value\na,1\nb,2\nb,3\n", "repeats the key"),
    ],
)
def test_a_row_out_of_order_or_with_the_key_of_another_is_named(
    folder: Path, rows: str, said: str
) -> None:
    tiny_data(folder, rows, PLAIN)
    last = rows.count("\n")
    assert re.search(rf"^trade/tiny: .*tiny\.csv, row {last}, columns id: {said}", data.check()[0])


def test_a_key_in_two_files_of_a_table_is_named(folder: Path) -> None:
    topic = tiny_data(
        folder, "id,value\na,1\nc,2\n", PLAIN, path=["tiny.csv", "more.csv"], seal=False
    )
    (topic / "more.csv").write_text("id,value\nb,1\nc,2\n", encoding="utf-8")
    data.seal()
    (problem,) = data.check()
    assert re.search(r"^trade/tiny: .*more\.csv, row 3, columns id: repeats the key", problem)


@pytest.mark.parametrize(("row", "found"), [("a", 0), ("b", 1)])
def test_a_row_that_names_no_row_of_another_table_is_named(
    folder: Path, row: str, found: int
) -> None:
    path = tiny_data(folder, "id,value\na,1\n", PLAIN) / "datapackage.yaml"
    path.with_name("other.csv").write_text(f"id,value\n{row},1\n", encoding="utf-8")
    package = yaml.safe_load(path.read_text(encoding="utf-8"))
    (table,) = package["resources"]
    key = {"fields": ["id"], "reference": {"resource": "tiny", "fields": ["id"]}}
    schema = table["schema"] | {"foreignKeys": [key]}
    package["resources"].append(table | {"name": "other", "path": "other.csv", "schema": schema})
    path.write_text(yaml.safe_dump(package), encoding="utf-8")
    data.seal()
    problems = data.check(["trade/other"])
    assert len(problems) == found
    assert all('values "b" not found in the lookup' in problem for problem in problems)
    path.with_name("tiny.csv").unlink()
    (problem,) = data.check(["trade/other"])
    assert "tiny.csv is missing" in problem


def test_numbers_in_a_key_are_ordered_as_numbers(folder: Path) -> None:
    fields = [field("number", "integer"), field("value", "integer")]
    tiny_data(folder, "number,value\n2,1\n10,2\n", fields)
    assert data.check() == []


def test_files_packages_and_corrections_of_no_table_are_named(folder: Path) -> None:
    topic = tiny_data(folder, "id,value\na,1\n", PLAIN)
    (topic / "left.csv").write_text("a\n1\n", encoding="utf-8")
    shutil.copytree(topic, folder / "energy")
    problems = data.check()
    assert len(problems) == 2, "a package needs no notebook"
    for name, problem in zip(("energy", "trade"), sorted(problems), strict=True):
        assert re.search(rf"left\.csv: no table of .*{name}/datapackage\.yaml has this", problem)


@pytest.mark.parametrize("key", ["path", "title", "description", "licenses", "sources", "schema"])
def test_an_entry_that_lacks_something_is_named_and_the_other_packages_go_on(
    folder: Path, key: str
) -> None:
    path = tiny_data(folder, "id,value\na,1\n", PLAIN) / "datapackage.yaml"
    package = yaml.safe_load(path.read_text(encoding="utf-8"))
    del package["resources"][0][key]
    path.write_text(yaml.safe_dump(package), encoding="utf-8")
    edit(folder / "countries.csv", "Aruba", "Arubo")
    problems = data.check()
    assert problems[0].startswith("countries: ")
    assert problems[-1].startswith(f"{path}: resources / tiny / {key}: is missing.")
    with pytest.raises(DataError, match=f"tiny / {key}: is missing"):
        data.load("trade/tiny")


def test_what_lacks_in_a_source_is_named(folder: Path) -> None:
    path = tiny_data(folder, "id,value\na,1\n", PLAIN) / "datapackage.yaml"
    edit(path, "    publisher: Office\n", "")
    with pytest.raises(DataError, match="tiny / sources / office / publisher: is missing"):
        data.load("trade/tiny")


def test_the_table_of_the_readme_is_whole(folder: Path) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"```yaml\n(  - name: production.*?)```", readme, re.DOTALL)
    topic = tiny_data(folder, "id\na\n", [field("id")])
    (topic / "tiny.csv").unlink()
    (topic / "production.csv").write_text("iso3,year,tonnes\nKAZ,2023,1.5\n", encoding="utf-8")
    (topic / "datapackage.yaml").write_text(f"resources:\n{entry}", encoding="utf-8")
    assert data.seal() == ["trade/production"]
    assert data.check() == []
    assert data.cite("trade/production") == "Agency (2026). Energy statistics."


# -- digests ---------------------------------------------------------------------------------------


def test_a_digest_covers_files_description_and_corrections(folder: Path) -> None:
    corrected(folder)
    digests = [data.digest("trade/tiny")]
    corrected(folder, reason="Another reason.")
    digests.append(data.digest("trade/tiny"))
    edit(folder / "trade" / "datapackage.yaml", "title: Tiny", "title: New")
    digests.append(data.digest("trade/tiny"))
    edit(folder / "trade" / "tiny.csv", "1", "3")
    digests.append(data.digest("trade/tiny"))
    assert len(set(digests)) == 4
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", digest) for digest in digests)


def test_a_corrected_table_is_loaded_anew(folder: Path) -> None:
    corrected(folder)
    before = len(data.load("trade/tiny"))
    corrected(folder, action="flag", flag="odd")
    assert len(data.load("trade/tiny")) == before + 1


def test_tables_read_are_remembered() -> None:
    data.load("trade/transit")
    assert "trade/transit" in data.tables_read()


# -- corrections -----------------------------------------------------------------------------------


CORRECTION = {
    "id": "a-is-wrong",
    "table": "trade/tiny",
    "match": {"id": "a"},
    "column": "value",
    "action": "drop",
    "expected": 1,
    "reason": "Printed otherwise.",
    "reference": "https://example.org/",
}


def corrected(folder: Path, **change: object) -> None:
    """Write a table of two rows, and a correction of the first."""
    tiny_data(folder, "id,value\na,1\nb,2\n", PLAIN, corrections=[CORRECTION | change])


def test_every_correction_changes_the_frame_and_only_its_row() -> None:
    for entry in data.corrections():
        raw = matching(written(entry["table"]), entry["match"])
        assert len(raw) == 1
        frame = matching(data.load(entry["table"]), entry["match"])
        if entry["action"] == "drop":
            assert frame.empty
        elif entry["action"] == "replace":
            assert frame[entry["column"]].tolist() == [entry["value"]]
        else:
            assert frame["flag"].tolist() == [entry["flag"]]
            assert frame[entry["column"]].tolist() == raw[entry["column"]].tolist()


def test_a_correction_whose_figure_is_gone_stops_loading_and_says_which_entry(
    folder: Path,
) -> None:
    corrected(folder, expected=3)
    with pytest.raises(DataError, match=r"a-is-wrong.*delete or renew this entry"):
        data.load("trade/tiny")


def test_a_correction_whose_row_is_gone_stops_loading(folder: Path) -> None:
    corrected(folder, match={"id": "c"})
    with pytest.raises(DataError, match="no such row"):
        data.load("trade/tiny")


def test_a_correction_can_replace_a_value(folder: Path) -> None:
    corrected(folder, action="replace", value=12)
    assert data.load("trade/tiny")["value"].tolist() == [12, 2]


def test_an_unknown_action_is_refused(folder: Path) -> None:
    corrected(folder, action="repair")
    with pytest.raises(DataError, match=r"drop.*replace.*flag"):
        data.load("trade/tiny")


def test_a_correction_without_a_reason_is_refused(folder: Path) -> None:
    corrected(folder)
    edit(folder / "corrections.yml", "  reason: Printed otherwise.\n", "")
    with pytest.raises(DataError, match="reason: is missing"):
        data.corrections()


# -- catalogue and citations -----------------------------------------------------------------------


def test_the_catalogue_lists_every_table_with_its_coverage() -> None:
    catalogue = data.list_tables().set_index("table")
    assert list(catalogue.index) == PUBLISHED
    trade = catalogue.loc["trade/bilateral_trade"]
    assert trade["first_year"] < trade["last_year"]
    assert trade["rows"] == len(data.load("trade/bilateral_trade"))


def test_a_citation_names_the_publisher_in_text_and_bibtex() -> None:
    text, bibtex = data.cite("trade/bilateral_trade"), data.cite("trade/bilateral_trade", "bibtex")
    assert "World Bank" in text
    assert bibtex.count("@misc{") == len(data.resource("trade/bilateral_trade")["sources"])
    assert bibtex.count("{") == bibtex.count("}")


def test_credit_names_only_the_sources_that_were_drawn() -> None:
    assert "CEPII" in data.credit("trade/bilateral_trade")
    for line in map(data.credit, data.addresses()):
        assert not re.search(r"(?:^|; )([^,;]+), \1\b(?! \w)", line), "a publisher is named once"
    assert "CEPII" not in data.credit("trade/bilateral_trade", ["bns"])


def test_an_unknown_citation_style_is_refused() -> None:
    with pytest.raises(DataError, match="'text' or 'bibtex'"):
        data.cite("trade/transit", "apa")


def test_sources_are_listed_once_with_their_tables() -> None:
    listed = data.sources(["trade/transit", "trade/bilateral_trade", "trade/commodities"])
    assert not listed.duplicated(["source", "publisher"]).any()
    assert json.dumps(listed.to_dict("records"))


YEARS = "id,year,variant\na,2019,estimate\nb,2025,estimate\nc,{year},{variant}\n"


@pytest.mark.parametrize(
    ("year", "variant", "last"),
    [(2026, "estimate", 2026), (2027, "estimate", 2025), (2026, "projection", 2025)],
)
def test_the_last_year_is_neither_projected_nor_after_the_day_of_access(
    folder: Path, year: int, variant: str, last: int
) -> None:
    fields = [field("id"), field("year", "integer"), field("variant")]
    tiny_data(folder, YEARS.format(year=year, variant=variant), fields)
    assert data.last_years(["trade/tiny"]) == {"office": last}


def test_the_last_year_of_a_source_is_that_of_its_own_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turkic_ties.data.tables._read", set())
    rows = "id;date;source\na;01.05.2019;office\nb;03.05.2022;officer\n"
    fields = [field("id"), field("date", "date", format="%d.%m.%Y"), field("source")]
    tiny_data(folder, rows, fields, dialect={"delimiter": ";"})
    assert data.last_years(["trade/tiny"]) == {"office": 2019}
    assert "trade/tiny" not in data.tables_read()
    data.load("trade/tiny")
    assert data.last_years(["trade/tiny"]) == {"office": 2019}
