import csv
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_data import field, tiny_data

from turkic_ties import countries, data, hashing
from turkic_ties.files import FileError

with (countries.data_directory() / "countries.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
BY_CODE = {row["iso3"]: row for row in ROWS}


def spellings(row: dict[str, str]) -> list[str]:
    columns = ("iso3", "iso2", "m49", "name", "name_tr", "name_kk", "name_ru")
    return [
        text for text in [*(row[column] for column in columns), *row["aliases"].split(";")] if text
    ]


def test_every_spelling_in_the_table_leads_to_its_country() -> None:
    found = {
        row["iso3"]: {countries.to_iso3(spelling) for spelling in spellings(row)} for row in ROWS
    }
    assert found == {iso3: {iso3} for iso3 in BY_CODE}


@pytest.mark.parametrize(
    ("written", "iso3"),
    [
        # Turkish, Kazakh and Russian names of the six.
        ("Türkiye", "TUR"),
        ("Kazakistan", "KAZ"),
        ("Azerbaycan", "AZE"),
        ("Özbekistan", "UZB"),
        ("Kırgızistan", "KGZ"),
        ("Türkmenistan", "TKM"),
        ("Түркия", "TUR"),
        ("Қазақстан", "KAZ"),
        ("Өзбекстан", "UZB"),
        ("Қырғызстан", "KGZ"),
        ("Турция", "TUR"),
        ("Казахстан", "KAZ"),
        ("Кыргызстан", "KGZ"),
        ("Киргизия", "KGZ"),
        # As publishers print them: BNS, Kyrgyz and Uzbek offices, UNCTAD, SIPRI, World Bank.
        ("Корея, Народно-Демократическая Республика", "PRK"),
        ("Виргинские Острова, Сша", "VIR"),
        ("Butane", "BTN"),
        ("CAR", "CAF"),
        ("The Republic of Korea", "KOR"),
        ("UnitedStates", "USA"),
        ("ChinaHongKongSAR", "HKG"),
        ("SerbiaandMontenegro", "SCG"),
        ("Turkiye", "TUR"),
        ("UAE", "ARE"),
        ("Kyrgyz Republic", "KGZ"),
        ("Turkey", "TUR"),
        # Codes, former ones included.
        ("tr", "TUR"),
        ("kaz", "KAZ"),
        ("ROM", "ROU"),
        ("031", "AZE"),
        ("31", "AZE"),
        (31, "AZE"),
        (4, "AFG"),
        (860, "UZB"),
    ],
)
def test_spellings_of_the_publishers_are_understood(written: str | int, iso3: str) -> None:
    assert countries.to_iso3(written) == iso3


@pytest.mark.parametrize(
    "written", ["TÜRKİYE", "türkıye", "TURKIYE", "  tür kiye ", "Tu\u0308rkiye"]
)
def test_turkish_dotted_and_dotless_i_meet(written: str) -> None:
    assert countries.to_iso3(written) == "TUR"


@given(
    st.sampled_from([text for row in ROWS for text in spellings(row)]),
    st.sampled_from(["NFC", "NFD"]),
)
def test_case_blanks_and_unicode_form_make_no_difference(
    spelling: str, form: Literal["NFC", "NFD"]
) -> None:
    expected = countries.to_iso3(spelling)
    assert countries.to_iso3(f" {unicodedata.normalize(form, spelling.upper())} ") == expected
    assert countries.to_iso3(unicodedata.normalize(form, spelling.lower())) == expected


def test_unknown_name_is_an_error_with_near_matches() -> None:
    with pytest.raises(countries.UnknownCountryError, match=r"'Kazakstan'.*Kazakhstan \(KAZ\)"):
        countries.to_iso3("Kazakstan")


@pytest.mark.parametrize(
    "written", ["", "-", "Atlantis", "World", "WLD", "XXX", "AGG", 0, 999, "Other countries"]
)
def test_what_is_not_a_country_is_an_error(written: str | int) -> None:
    with pytest.raises(countries.UnknownCountryError):
        countries.to_iso3(written)


def written(folder: Path, content: str | bytes) -> None:
    """Write a table of countries and the package that describes it."""
    content = content.encode() if isinstance(content, str) else content
    (folder / "countries.csv").write_bytes(content)
    (folder / "datapackage.yaml").write_text(
        f'resources: [{{name: countries, hash: "{hashing.of_bytes(content)}"}}]\n', encoding="utf-8"
    )


TABLE = (countries.data_directory() / "countries.csv").read_text(encoding="utf-8")


def test_no_spelling_stands_for_two_countries(folder: Path) -> None:
    written(folder, TABLE.replace("COD,CD,180,DR Congo,", "COD,CD,180,Congo,"))
    with pytest.raises(FileError, match="both COD and COG"):
        countries.to_iso3("Congo")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TABLE.replace("iso3,", "code,", 1), "no column iso3"),
        (TABLE.replace("KAZ,KZ", "KAT,KZ"), "no row for KAZ"),
        (TABLE.replace(",Aruba,", ",", 1), "row 2: has too many or too few cells"),
        (TABLE.replace("Aruba", '"Aruba', 1), "quotes"),
        ("", "no column"),
        (b"\xef\xbb\xbf" + TABLE.encode(), "byte order mark"),
        (TABLE.encode("utf-16"), "line 1: is not UTF-8"),
        (TABLE.encode("cp1254", "replace"), "is not UTF-8"),
    ],
)
def test_a_damaged_table_is_one_clear_error(folder: Path, content: str | bytes, said: str) -> None:
    written(folder, content)
    with pytest.raises(FileError, match=f"countries.csv.*{said}"):
        countries.name("KAZ")


@pytest.mark.parametrize("package", ["", "resources: 3\n", "resources: []\n", "a: [\n"])
def test_a_table_without_its_hash_is_one_clear_error(folder: Path, package: str) -> None:
    written(folder, TABLE)
    (folder / "datapackage.yaml").write_text(package, encoding="utf-8")
    with pytest.raises(FileError, match=r"datapackage\.yaml"):
        countries.name("KAZ")


def test_an_edited_table_is_refused_until_it_is_sealed(folder: Path) -> None:
    tiny_data(folder, "id\na\n", [field("id")])
    path = folder / "countries.csv"
    path.write_text(TABLE.replace(",Kazakhstan,", ",Kazakhstun,"), encoding="utf-8")
    with pytest.raises(FileError, match=r"countries\.csv: the contents are not those.*--seal"):
        countries.name("KAZ")
    assert data.seal() == ["countries"]
    assert countries.name("KAZ") == "Kazakhstun"


NUMBERS = [row["m49"] for row in ROWS if row["m49"]]


@pytest.mark.parametrize("typed", [int, float, np.float64, np.int64, str, "{}.0".format])
def test_a_whole_number_is_the_same_code_however_it_is_typed(typed: Callable[..., object]) -> None:
    for m49 in NUMBERS:
        number = typed(int(m49)) if typed in (int, float, np.float64, np.int64) else typed(m49)
        assert countries.to_iso3(number) == countries.to_iso3(m49)


@pytest.mark.parametrize(
    "written",
    [
        36.5,
        "36.5",
        -36,
        "8-4",
        "3 6",
        "8,4",
        "3.6e1",
        "³⁶",
        "٣٦",
        "K.A.Z",
        "KA Z",
        "T-R",
        True,
        None,
        float("nan"),
        float("inf"),
        "0036",
        "1" * 5000,
        b"KAZ",
    ],
)
def test_a_code_is_not_read_out_of_something_else(written: object) -> None:
    with pytest.raises(countries.UnknownCountryError):
        countries.to_iso3(written)


def test_names_are_spelled_as_the_project_spells_them() -> None:
    expected = ["Kazakhstan", "Türkiye", "Azerbaijan", "Uzbekistan", "Kyrgyzstan", "Turkmenistan"]
    assert [countries.name(iso3) for iso3 in countries.MEMBERS] == expected
    everyday = {
        "RUS": "Russia",
        "KOR": "South Korea",
        "USA": "United States",
        "GBR": "United Kingdom",
        "IRN": "Iran",
    }
    assert {iso3: countries.name(iso3) for iso3 in everyday} == everyday


def test_names_come_in_four_languages() -> None:
    assert [countries.name("KAZ", lang) for lang in countries.LANGUAGES] == [
        "Kazakhstan",
        "Kazakistan",
        "Қазақстан",
        "Казахстан",
    ]
    assert countries.name("ANT", "ru") == "Netherlands Antilles"
    with pytest.raises(ValueError, match="not in 'de'"):
        countries.name("KAZ", "de")


def test_name_and_colour_take_codes_only() -> None:
    for function in (countries.name, countries.colour):
        with pytest.raises(countries.UnknownCountryError, match=r"Türkiye \(TUR\)"):
            function("Turkiye")


def test_the_six_have_colours_of_their_own_and_others_are_grey() -> None:
    colours = [countries.colour(iso3) for iso3 in countries.MEMBERS]
    assert len(set(colours)) == len(countries.MEMBERS)
    assert countries.colour("KAZ") == "#0072B2"
    assert countries.colour("FRA") == countries.GREY


def test_the_six_are_five_members_and_one_observer_of_the_organization() -> None:
    status = {iso3: BY_CODE[iso3]["ots_status"] for iso3 in countries.MEMBERS}
    assert status == {**dict.fromkeys(countries.MEMBERS, "member"), "TKM": "observer"}


def test_a_missing_data_folder_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TURKIC_TIES_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileError, match=r"no data folder at .*nowhere.*TURKIC_TIES_DATA"):
        countries.to_iso3("KAZ")


def test_a_missing_table_is_one_clear_error(folder: Path) -> None:
    with pytest.raises(FileError, match=r"countries\.csv is missing.*Restore"):
        countries.name("KAZ")


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda text: re.sub("(?m)^UZB,.*\n", "", text), "has no row for UZB"),
        (lambda text: "\ufeff" + text, "begins with a byte order mark"),
    ],
)
def test_a_table_of_countries_that_was_sealed_damaged_is_named_by_the_check(
    folder: Path, damage: Callable[[str], str], named: str
) -> None:
    tiny_data(folder, "id\na\n", [field("id")])
    path = folder / "countries.csv"
    path.write_text(damage(path.read_text("utf-8")), encoding="utf-8")
    data.seal()
    (problem,) = data.check(["countries"])
    assert named in problem
