"""The door to the data: typed frames, guarded corrections, packages that hold."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from turkic_ties import data
from turkic_ties.data import DataError

PUBLISHED = data.addresses()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def one_row(address: str, **key: object) -> dict[str, object]:
    """The row with this key in the file itself, before corrections."""
    frame = pd.concat(pd.read_csv(path, keep_default_na=False) for path in data.files(address))
    for column, value in key.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return dict(frame.iloc[0])


# -- packages ---------------------------------------------------------------------------------------------------


def test_every_package_passes_frictionless_and_every_hash_and_correction_holds() -> None:
    assert data.check() == []


@pytest.mark.parametrize("address", PUBLISHED)
def test_every_column_says_what_it_is(address: str) -> None:
    for field in data.resource(address)["schema"]["fields"]:
        assert field["title"], field["name"]
        assert field["description"], field["name"]


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
def test_tables_are_sorted_by_their_key_and_use_unix_line_ends(address: str) -> None:
    schema = data.resource(address)["schema"]
    counted = {field["name"] for field in schema["fields"] if field["type"] == "integer"}
    for path in data.files(address):
        assert b"\r" not in path.read_bytes()
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        numbers = {
            name: pd.to_numeric(frame[name]) for name in schema["primaryKey"] if name in counted
        }
        assert (
            frame.assign(**numbers)[schema["primaryKey"]]
            .apply(tuple, axis=1)
            .is_monotonic_increasing
        ), path.name


@pytest.mark.parametrize("address", PUBLISHED)
def test_a_source_column_names_sources_of_the_package(address: str) -> None:
    frame = data.load(address)
    if "source" in frame:
        assert set(frame["source"].dropna()) <= {
            source["name"] for source in data.resource(address)["sources"]
        }


# -- loading ----------------------------------------------------------------------------------------------------


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


def test_tables_read_are_remembered() -> None:
    data.load("trade/transit")
    assert "trade/transit" in data.tables_read()


# -- corrections ------------------------------------------------------------------------------------------------


def corrected(data_copy: Path, **change: object) -> None:
    path = data_copy / "corrections.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries[0].update(change)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")


def test_every_correction_changes_the_frame_and_only_its_row() -> None:
    for entry in data.corrections():
        raw = one_row(entry["table"], **entry["match"])
        frame = data.load(entry["table"])
        for column, value in entry["match"].items():
            frame = frame[frame[column] == value]
        if entry["action"] == "drop":
            assert frame.empty
        elif entry["action"] == "replace":
            assert frame[entry["column"]].tolist() == [entry["value"]]
        else:
            assert frame["flag"].tolist() == [entry["flag"]]
            assert frame[entry["column"]].tolist() == [raw[entry["column"]]]


def test_a_correction_whose_figure_is_gone_stops_loading_and_says_which_entry(
    data_copy: Path,
) -> None:
    entry = data.corrections()[0]
    corrected(data_copy, expected=1.5)
    with pytest.raises(DataError, match=f"{entry['id']}.*delete or renew this entry"):
        data.load(entry["table"])


def test_a_correction_whose_row_is_gone_stops_loading(data_copy: Path) -> None:
    entry = data.corrections()[0]
    corrected(data_copy, match={**entry["match"], "year": 1900})
    with pytest.raises(DataError, match="no such row"):
        data.load(entry["table"])


def test_a_correction_can_replace_a_value(data_copy: Path) -> None:
    entry = data.corrections()[0]
    corrected(data_copy, action="replace", value=12.0)
    frame = data.load(entry["table"])
    for column, value in entry["match"].items():
        frame = frame[frame[column] == value]
    assert frame[entry["column"]].tolist() == [12.0]


def test_an_unknown_action_is_refused(data_copy: Path) -> None:
    entry = data.corrections()[0]
    corrected(data_copy, action="mend")
    with pytest.raises(DataError, match="not drop, replace or flag"):
        data.load(entry["table"])


def test_a_correction_without_a_reason_is_refused(data_copy: Path) -> None:
    path = data_copy / "corrections.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    del entries[0]["reason"]
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DataError, match="lacks reason"):
        data.corrections()


# -- catalogue and citations ------------------------------------------------------------------------------------


def test_the_catalogue_lists_every_table_with_its_coverage() -> None:
    catalogue = data.tables().set_index("table")
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
    assert "CEPII" not in data.credit("trade/bilateral_trade", ["bns"])


def test_an_unknown_citation_style_is_refused() -> None:
    with pytest.raises(DataError, match="'text' or 'bibtex'"):
        data.cite("trade/transit", "apa")


def test_sources_are_listed_once_with_their_tables() -> None:
    listed = data.sources(["trade/transit", "trade/bilateral_trade", "trade/commodities"])
    assert not listed.duplicated(["source", "publisher"]).any()
    assert json.dumps(listed.to_dict("records"))
