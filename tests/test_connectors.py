"""The connectors of ``ties refresh``: answers in the publishers' forms, figures made up."""

import base64
import gzip
import hashlib
import importlib
import io
import itertools
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import Font
from openpyxl.styles.colors import Color

from turkic_ties.countries import MEMBERS
from turkic_ties.data import packages
from turkic_ties.refresh import reading, sources
from turkic_ties.refresh.source import Answer, NothingNew, NotToday, RefusedAnswer

DAY = date(2026, 12, 1)


def module(name):
    return importlib.import_module(f"turkic_ties.refresh.{name}")


def answer(name, content):
    return Answer(name, content if isinstance(content, bytes) else content.encode())


def as_json(name, content):
    return answer(name, json.dumps(content))


def book(name, **sheets):
    """Write a workbook; calamine reads it under the name of an .xls as well."""
    workbook, written = openpyxl.Workbook(), io.BytesIO()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    workbook.save(written)
    return answer(name, written.getvalue())


def rows(name, answers, file=None, columns=slice(None)):
    """Return the rows of one table as tuples, empty cells as None."""
    tables = module(name).tables(answers)
    file = file or next(iter(tables))
    frame = tables[file]
    names = [field["name"] for field in packages.resource(address(file))["schema"]["fields"]]
    assert list(frame.columns) == names
    frame = frame[names[columns]].astype("object")
    return [*frame.where(frame.notna(), None).itertuples(index=False, name=None)]


def address(file):
    topic, table = file.removesuffix(".csv").split("/")[:2]
    return f"{topic}/{table}"


class Door:
    """Answers from a dictionary of names; keeps what was asked."""

    def __init__(self, answers=(), key=None):
        self.answers, self.secret, self.asked = {each.name: each for each in answers}, key, []

    def get(self, url, name, *, params=None, headers=None, page=False):
        self.asked.append((url, name, dict(params or {}), dict(headers or {})))
        return Answer(name, self.answers[name].content, url)

    def post(self, url, name, *, json, headers=None):
        return self.get(url, name, params=json, headers=headers)

    def key(self, variable):
        return self.secret


# -- cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2023 1", 2023),
        (2023.0, 2023),
        (date(2023, 6, 30), 2023),
        (" 1949", 1949),
        ("20231", None),
        ("1899", None),
        ("in 2023", None),
        ("", None),
    ],
)
def test_a_year_is_four_digits_at_the_beginning(cell, year):
    assert reading.year_of(cell) == year


@pytest.mark.parametrize(
    ("thousands", "dollars"),
    [(2.5004, 2500), (0.0006, 1), (0.0005, 0.5), (0.00008, 0.08), (0.0, 0), (-0.0007, -1)],
)
def test_thousand_dollars_are_rounded_unless_that_leaves_nothing(thousands, dollars):
    assert reading.dollars(thousands) == pytest.approx(dollars, abs=1e-9)


# -- uzstat ----------------------------------------------------------------------------------------

HEAD = "﻿Code,Klassifikator,Klassifikator_ru,Klassifikator_en,2021,2022 1\n"
UZSTAT = [
    answer("sdmx_data_1105.csv", HEAD + "008,Albaniya,Албания,Albania,2.5,\n0,x,x,Other,7,0.0\n"),
    answer("sdmx_data_1176.csv", HEAD + "736,Sudan,Судан,Sudan,0.0006,0.0002\n"),
]


def test_uzbekistan_mark_code_other_and_values_below_a_dollar():
    assert rows("uzstat", UZSTAT, columns=slice(2, 6)) == [
        ("ALB", 2021, "export", 2500),
        ("SDN", 2021, "import", 1),  # 0.6 dollars are one
        ("SDN", 2022, "import", 0.2),  # 0.2 would be nothing; the year has a footnote
        ("XXX", 2021, "export", 7000),
        ("XXX", 2022, "export", 0),
    ]


def test_fetching_from_uzbekistan_asks_for_both_tables():
    door = Door(UZSTAT)
    assert module("uzstat").fetch(door, DAY) == [
        Answer(name, door.answers[name].content, url) for url, name, *_ in door.asked
    ]
    assert [url.rpartition("/")[2] for url, *_ in door.asked] == [each.name for each in UZSTAT]


# -- Kyrgyzstan ------------------------------------------------------------------------------------


def kgnsc(*body, year="2023 1", unit="(thousand US dollars)"):
    head = [["", "", "Title"], ["", "", unit], ["", "", "", 2022.0, year]]
    return book("4.03.00.20 Import.xlsx", import_=[*head, *body])


def test_kyrgyzstan_newest_year_behind_a_footnote_is_read():
    body = [
        ["Бардыгы", "Всего", "Total", 3.5, 4.5],
        ["Европа", "Европа", "Europe", 2.0, 3.0],
        ["Казакстан", "Казахстан", "Kazakhstan", 1.25, "-"],
        ["x", "Неопределенная  страна", "Undefined  country", 1.0, 1.0],
        ["БУУ", "ООН", "UN", "-", 0.5],
        ["1 x.", "1 Предварительные данные", "1 Preliminary data"],
    ]
    assert rows("kgnsc", [kgnsc(*body)], columns=slice(2, 6)) == [
        ("KAZ", 2022, "import", 1250),
        ("WLD", 2022, "import", 3500),
        ("WLD", 2023, "import", 4500),
        ("XXX", 2022, "import", 1000),
        ("XXX", 2023, "import", 1500),  # 1,000 of no country and 500 of the UN
    ]


# -- Kazakhstan ------------------------------------------------------------------------------------


def bns(name, *sheets, unit="тыс. долларов США"):
    """An edition: for each year a sheet with export and import of Albania."""
    pages = {"Обложка": [["Дата опубликования"]]}
    for year, header, sold, bought in sheets:
        pages[f"12_{year}"] = [
            [" Основные показатели внешней торговли"],
            [f"за январь-декабрь {year} года"],
            ["", "", "", "", unit],
            [
                "Наименование области",
                "Товарооборот",
                "",
                header,
                "",
                header.lower() and "импорт",
                "",
            ],
            ["", "Всего", "доля", "Всего", "доля", "Всего", "доля"],
            ["Всего\nв том числе", 9, 100, 5, 100, 4, 100],
            [" Страны ЕС", 1, 1, 1, 1, "", ""],
            ["Албания", 3, 1, sold, 1, bought, 1],
        ]
    return book(name, **pages)


def test_kazakhstan_later_edition_of_a_year_counts():
    editions = [
        bns("2023.xlsx", (2023, "экспорт", 1.0, ""), (2022, "Экспорт", 2.0, 3.0)),
        bns("2022.xls", (2022, "Экспорт", 8.0, 8.0), (2021, "Экспорт", 0.25, 0)),
    ]
    assert [row for row in rows("bns", editions, columns=slice(2, 6)) if row[0] == "ALB"] == [
        ("ALB", 2021, "export", 250),
        ("ALB", 2021, "import", 0),
        ("ALB", 2022, "export", 2000),
        ("ALB", 2022, "import", 3000),
        ("ALB", 2023, "export", 1000),
    ]
    assert module("bns").version(editions) == "edition 2023"


def regions(*body, years=("31.12.2016", 2022.0)):
    return book("element_6584.xlsx", Все=[["Численность"], ["", *years], *body])


def test_regions_a_label_of_december_is_january_and_turkistan_was_south_kazakhstan():
    body = [
        ["Все население"],
        ["Республика Казахстан ", 900001.0, 900002.0],
        ["Абай", "-", 600003.0],
        ["Туркестанская 1", 200004.0, 200005.0],
        ["Республика Казахстан ", 1.0, 1.0],  # residents of towns
    ]
    assert rows("bns_regions", [regions(*body)]) == [
        ("Abai Region", 2022, "from_2022", "estimate_2021_base", 600003),
        ("Kazakhstan", 2016, "to_2016", "estimate_2009_base", 900001),
        ("Kazakhstan", 2022, "from_2022", "estimate_2021_base", 900002),
        ("South Kazakhstan Region", 2016, "to_2016", "estimate_2009_base", 200004),
        ("Turkistan Region", 2022, "from_2022", "estimate_2021_base", 200005),
    ]


@pytest.mark.parametrize(
    ("year", "division", "base"),
    [
        (2008, "to_2016", "1999"),
        (2009, "to_2016", "2009"),
        (2016, "to_2016", "2009"),
        (2017, "2017_2021", "2009"),
        (2021, "2017_2021", "2009"),
        (2022, "from_2022", "2021"),
    ],
)
def test_regions_division_and_base_change_with_the_year(year, division, base):
    years = (float(year), 1999.0)
    ((*_, row),) = [rows("bns_regions", [regions(["Акмолинская", 7e5, "-"], years=years)])]
    assert row[1:4] == (year, division, f"estimate_{base}_base")


# -- United States ---------------------------------------------------------------------------------

BRENT = "Europe Brent Spot Price FOB (Dollars per Barrel)"


def eia(title=BRENT, day=date(1988, 6, 30)):
    contents = [["", "Release Date:", "8/15/2018"]]
    figures = [["Sourcekey", "RBRTE"], ["Date", title]]
    figures += [[date(1987, 6, 30), 18.5], [day, 15.25], [date(1989, 6, 30), ""]]
    return book("RBRTEa.xls", Contents=contents, Data_1=figures)


def test_brent_takes_years_with_a_price():
    assert rows("eia", [eia()], columns=slice(2, 5)) == [
        (1987, 18.5, "US dollars per barrel"),
        (1988, 15.25, "US dollars per barrel"),
    ]
    assert module("eia").version([eia()]) == "to 1988"
    assert module("eia").published([eia()]) == "2018-08-15"


def bls(points, status="REQUEST_SUCCEEDED", message=(), series="CUUR0000SA0"):
    data = [{"year": str(y), "period": p, "value": v} for y, p, v in points]
    results = {"series": [{"seriesID": series, "data": data}]} if points else {}
    content = {"status": status, "message": [*message], "Results": results}
    return as_json("CUUR0000SA0_2025.json", content)


def test_prices_average_the_months_and_say_what_is_missing():
    whole = [(2024, f"M{month:02}", str(300 + month)) for month in range(1, 13)]
    gap = [(2025, "M10", "-"), *((2025, f"M{m:02}", "400") for m in (*range(1, 10), 11, 12))]
    unfinished = [(2026, f"M{month:02}", "500") for month in range(1, 12)]
    found = rows("bls", [bls([*whole, (2024, "M13", "999"), *gap, *unfinished])])
    assert [(row[2], row[3], row[6]) for row in found] == [
        (2024, 306.5, None),  # 300 + (1 + 12) / 2
        (2025, 400, "average of 11 months"),
    ]


def test_prices_are_asked_for_ten_years_a_call():
    door = Door(as_json(f"CUUR0000SA0_{start}.json", {}) for start in range(1985, 2027, 10))
    module("bls").fetch(door, DAY)
    assert [tuple(params.values()) for _, _, params, _ in door.asked][-2:] == [
        (2015, 2024),
        (2025, 2026),
    ]


# -- UN votes, Common Voice, Wikipedia -------------------------------------------------------------


def stata(**columns):
    written = io.BytesIO()
    frame = pd.DataFrame(
        {name: pd.Series(cells, dtype="float32") for name, cells in columns.items()}
    )
    frame.insert(0, "iso3c", ["KAZ", "KAZ", "ALB"])
    frame.to_stata(written, write_index=False)
    return answer("Points.dta", written.getvalue())


POINTS = {"year": [1991, 1992, 1992], "idealpointfp": [1.0, 1.560555, 2.0], "nvotesfp": [9, 68, 70]}


def listing(md5, name="IdealpointsAll.tab", **license):
    file = {"id": 7, "filename": name, "originalFileName": "Points.dta", "md5": md5}
    other = {"id": 8, "filename": "AgreementScores.tab", "md5": ""}
    data = {
        "versionNumber": 38,
        "versionMinorNumber": 0,
        "releaseTime": "2026-04-03T10:00:00Z",
        "license": {"name": "CC0 1.0"},
        "files": [{"dataFile": file}, {"dataFile": other}],
    }
    return as_json("dataset.json", {"status": "OK", "data": data})


def test_ideal_points_are_widened_before_they_are_rounded():
    # The nearest 32-bit number to 1.560555 is 1.5605549812…: rounded as 32 bit it would be 1.56056.
    assert rows("dataverse", [stata(**POINTS)]) == [("KAZ", 1992, 1.56055, 68)]


def test_ideal_points_are_the_file_of_the_listing_checked_by_its_md5():
    points = stata(**POINTS)
    answers = [listing(hashlib.md5(points.content, usedforsecurity=False).hexdigest()), points]
    door, dataverse = Door(answers), module("dataverse")
    assert [each.name for each in dataverse.fetch(door, DAY)] == ["dataset.json", "Points.dta"]
    assert door.asked[1][0].endswith("/datafile/7")
    assert dataverse.version(answers) == "38.0"
    assert dataverse.published(answers) == "2026-04-03"
    assert dataverse.licence(answers) == "CC0-1.0"
    with pytest.raises(RefusedAnswer, match="another MD5"):
        dataverse.fetch(Door([listing("0" * 32), points]), DAY)
    with pytest.raises(RefusedAnswer, match="0 files have 'idealpoint'"):
        dataverse.fetch(Door([listing("", name="Rolls.tab"), points]), DAY)


def release(number, day, users, **other):
    locales = {code: {"users": users, "validHrs": 1.5} for code in reading.LANGUAGES} | other
    return as_json(f"cv-corpus-{number}-{day}.json", {"locales": locales})


def test_common_voice_takes_the_later_of_two_releases_of_one_day():
    answers = [release("16.1", "2023-12-06", 20), release("16.0", "2023-12-06", 10)]
    found = rows("common_voice", answers)
    assert found[0] == ("common_voice", "aze", "2023-12-06", "speakers", 20)
    assert len(found) == 14  # seven languages, two measures
    assert module("common_voice").version(answers) == "16.1"
    assert module("common_voice").published(answers) == "2023-12-06"


def test_common_voice_fetches_the_newest_release_by_number():
    names = ["cv-corpus-9.0-2022-04-27.json", "cv-corpus-25.0-2026-03-09.json", "README.md"]
    files = as_json("releases.json", [{"name": name} for name in names])
    door = Door([files, release("25.0", "2026-03-09", 1)])
    assert module("common_voice").fetch(door, DAY)[1].name == "cv-corpus-25.0-2026-03-09.json"


def siteinfo(code="kk", day="2026-12-01", **statistics):
    counts = {"articles": 1000, "activeusers": 30, "users": 9} | statistics
    return as_json(f"siteinfo_{code}_{day}.json", {"query": {"statistics": counts}})


def test_wikipedia_counts_have_the_day_of_asking():
    door = Door(siteinfo(code) for code in reading.LANGUAGES)
    answers = module("wikipedia").fetch(door, DAY)
    assert {url.partition("/w/")[0] for url, *_ in door.asked} == {
        f"https://{code}.wikipedia.org" for code in reading.LANGUAGES
    }
    found = rows("wikipedia", answers)
    assert len(found) == 14
    assert found[1] == ("wikipedia", "kaz", "2026-12-01", "active_users", 30)


# -- World Bank ------------------------------------------------------------------------------------


def series(code, points, total=None, **head):
    head = {"page": "1", "pages": "1", "total": str(total or len(points)), **head}
    body = [
        {"indicator": {"id": code}, "countryiso3code": iso3, "date": str(year), "value": value}
        for iso3, year, value in points
    ]
    return as_json(f"wdi_{code}_{head['page']}.json", [head | {"lastupdated": "2026-10-07"}, body])


GDP = [
    ("KAZ", 1995, 100.4),
    ("KAZ", 1996, 200.5),
    ("WLD", 1996, 900.0),
    ("AFE", 1996, 5.0),
    ("ALB", 1996, 7.0),
    ("TUR", 1996, None),
]
POPULATION = [("KAZ", 1995, 10), ("KAZ", 1996, 20), ("ALB", 1995, 3)]
WDI = [series("NY.GDP.MKTP.CD", GDP), series("SP.POP.TOTL", POPULATION)]


def test_world_bank_fills_four_tables_from_two_codes():
    assert rows("world_bank", WDI, "trade/commodities.csv", slice(1, 4)) == [
        ("KAZ", 1995, 100),
        ("KAZ", 1996, 200),  # half to even
        ("WLD", 1996, 900),
    ]
    assert rows("world_bank", WDI, "trade/gravity_countries.csv") == [
        ("ALB", 1995, None, 3, None, None),
        ("ALB", 1996, 7, None, "wdi_2026-10", 7),
        ("KAZ", 1995, 100, 10, "wdi_2026-10", 100),
        ("KAZ", 1996, 200, 20, "wdi_2026-10", 200),
    ]
    found = rows("world_bank", WDI, "demographics/indicators.csv")
    assert found[:2] == [
        ("gdp_per_capita_current_usd", "KAZ", 1995, 10.04),
        ("gdp_per_capita_current_usd", "KAZ", 1996, 10.025),
    ]
    catalogue = rows("world_bank", WDI, "demographics/indicator_catalog.csv")
    assert {row[0]: row[-3:] for row in catalogue} == {
        "gdp_per_capita_current_usd": (1995, 1996, 0),
        "gdp_total_current_usd": (1995, 1996, 0),
        "population_total": (1995, 1996, 0),
    }
    assert not any("vintage" in row[1] for row in catalogue)
    assert module("world_bank").version(WDI) == "2026-10-07"


@pytest.mark.parametrize(("year", "recent"), [(2017, 0), (2018, 1)])
def test_world_bank_counts_states_since_2018_as_recent(year, recent):
    answers = [series("SI.POV.GINI", [("KAZ", year, 27.12345678), ("KAZ", 1989, 1.0)])]
    catalogue = rows("world_bank", answers, "demographics/indicator_catalog.csv")
    assert [row[-1] for row in catalogue] == [recent, recent]  # two vintages of one code
    assert rows("world_bank", answers, "demographics/indicators.csv")[0][1:] == (
        "KAZ",
        year,
        27.1235,
    )


def test_world_bank_reads_the_download_with_its_mark_and_four_lines():
    head = '﻿"Data Source","WDI",\n\n"Last Updated Date","2024-06-28",\n\n'
    columns = '"Country Name","Country Code","Indicator Name","Indicator Code","1995","1996",\n'
    row = '"Kazakhstan","KAZ","GDP","NY.GDP.MKTP.CD","","12.0",\n'
    download = answer("API_NY.GDP.MKTP.CD_DS2.csv", head + columns + row)
    found = rows("world_bank", [download], "trade/commodities.csv", slice(1, 4))
    assert found == [("KAZ", 1996, 12)]
    assert module("world_bank").version([download]) == "2024-06-28"


def test_world_bank_asks_page_by_page():
    codes = {"NY.GDP.MKTP.CD", "SP.POP.TOTL", *module("world_bank")._codes().values()}
    plain = [series(code, [("KAZ", 2000, 1)]) for code in codes if "/" not in code]
    more = [series("SP.POP.TOTL", [("KAZ", 2000, 1)], pages=2, page=page) for page in (1, 2)]
    door = Door([*plain, *more])
    answers = module("world_bank").fetch(door, DAY)
    assert len(answers) == len(plain) + 1
    pages = [params["page"] for url, _, params, _ in door.asked if "SP.POP.TOTL" in url]
    assert pages == [1, 2]
    assert len({url for url, *_ in door.asked if "/all/" in url}) == 2


# -- SIPRI, military expenditure -------------------------------------------------------------------


def milex(*, prices=2024, colour=None, cell=2.5, title="Share of GDP"):
    sheet = [["Title"], ["Country", "Notes", 1991, 1992], ["Africa"], ["Türkiye", "§", "xxx", cell]]
    found = book("SIPRI-Milex-data-1949-2025_v1.2.xlsx", **{title: sheet})
    workbook = openpyxl.load_workbook(io.BytesIO(found.content))
    workbook[title].cell(4, 4).font = Font(color=colour)
    for name in (f"Constant ({prices}) US$", "Current US$"):
        other = workbook.copy_worksheet(workbook[title])
        other.title = name
    written = io.BytesIO()
    workbook.save(written)
    return answer(found.name, written.getvalue())


@pytest.mark.parametrize(
    ("colour", "flag"),
    [
        (None, None),
        (Color(indexed=8), None),
        (Color(theme=1), None),
        (Color(indexed=12), "estimate"),
        ("FF0000FF", "estimate"),
        (Color(indexed=10), "highly_uncertain"),
        ("FFFF0000", "highly_uncertain"),
    ],
)
def test_military_expenditure_reads_the_colour_as_flag(colour, flag):
    assert rows("sipri_milex", [milex(prices=2025, colour=colour)]) == [
        ("TUR", 1992, "constant_2025_usd", 2_500_000, flag),
        ("TUR", 1992, "current_usd", 2_500_000, flag),
        ("TUR", 1992, "share_of_gdp", 2.5, flag),
    ]
    assert module("sipri_milex").version([milex()]) == "data to 2025, v1.2"


def test_military_expenditure_follows_the_link_of_the_page():
    link = '<a href="/sites/default/files/SIPRI-Milex-data-1949-2026_v1.xlsx">x</a>'
    file = answer("SIPRI-Milex-data-1949-2026_v1.xlsx", b"x")
    door = Door([answer("milex.html", link), file])
    module("sipri_milex").fetch(door, DAY)
    assert door.asked[1][0] == f"https://www.sipri.org/sites/default/files/{file.name}"
    with pytest.raises(RefusedAnswer, match="0 workbooks are linked"):
        module("sipri_milex").fetch(Door([answer("milex.html", "<p>moved</p>")]), DAY)


# -- SIPRI, arms -----------------------------------------------------------------------------------

DEAL = {
    "Recipient": "Kazakhstan", "Supplier": "Turkiye", "Year of order": "2020", " ": "?",
    "Number ordered": "3", "  ": "", "Weapon designation": "X-1", "Weapon description": "tank",
    "Number delivered": "2", "   ": "?", "Year(s) of delivery": "2021; 2022", "status": "New",
    "Comments": "", "SIPRI TIV per unit": "1.5", "SIPRI TIV for total order": "4.5",
    "SIPRI TIV of delivered weapons": "3",
}  # fmt: skip


def register(*deals, name="trade-register.csv", encoding="utf-8"):
    """The form of deals, below two lines of explanation."""
    lines = ["Transfers, 'All'", "Data generated: 18 May 2026 2:29:20 PM"]
    cells = [[*DEAL], *([*(DEAL | deal).values()] for deal in deals)]
    lines += [",".join(cell.strip() for cell in line) for line in cells]
    return answer(name, "\r\n".join(lines).encode(encoding))


def deliveries(*changes):
    """The form of deliveries, as the interface packs it."""
    head = (
        "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,"
        "Order date,Order date is estimate,Numbers delivered,Numbers delivered is estimate,"
        "Delivery year,Delivery year is estimate,Status,SIPRI estimate,TIV deal unit,"
        "TIV delivery values,Local production"
    )
    lines = [
        f"{n},Turkiye,{recipient},X-1,ray gun,Artillery,2020,No,1,No,{year},No,New,1,1,{tiv},No"
        for n, (recipient, year, tiv) in enumerate(changes)
    ]
    packed = base64.b64encode("\n".join(["about", head, *lines]).encode()).decode()
    return as_json("deliveries.json", {"bytes": packed})


def test_arms_deals_are_numbered_within_order_and_keep_the_marks():
    deals = [
        {"Weapon designation": "Z-9", "Supplier": "unknown supplier(s)", "Number ordered": ""},
        {"Number ordered": "10", "Comments": "São"},
        {},
        {"Year(s) of delivery": "1991"},
        {"Year(s) of delivery": "1991; 1992"},
        {"Year(s) of delivery": "", "Number delivered": "", "SIPRI TIV of delivered weapons": ""},
        {"Recipient": "PKK (Turkiye)*"},
    ]
    found = rows("sipri_arms", [register(*deals, encoding="cp1252")])
    assert [(row[0], row[9], row[11], row[13], row[16]) for row in found] == [
        ("KAZ-TUR-2020-01", 3, 0, None, 4.5),  # not delivered yet
        ("KAZ-TUR-2020-02", 3, 2, "1991;1992", 4.5),
        ("KAZ-TUR-2020-03", 3, 2, "2021;2022", 4.5),
        ("KAZ-TUR-2020-04", 10, 2, "2021;2022", 4.5),
        ("KAZ-XXX-2020-01", None, 2, "2021;2022", None),  # SIPRI prints a TIV for an unknown number
    ]
    assert found[2][4:9] == (True, "X-1", "tank", "Armoured vehicles", "New")
    assert found[2][10:13:2] == (False, True)
    assert module("sipri_arms").version([register()]) == "register generated on 18 May 2026"


def test_arms_deliveries_are_added_up_and_name_the_category_of_a_new_kind():
    sent = deliveries(
        ("Kazakhstan", 1991, 5),
        ("Kazakhstan", 1992, 0.1),
        ("Kazakhstan", 1992, 0.2),
        ("UAE", 1992, 1),
    )
    answers = [register({"Weapon description": "ray gun"}), sent]
    file = "defense/arms_transfers.csv"
    assert rows("sipri_arms", answers, file) == [("TUR", "KAZ", 1992, 0.3)]
    assert rows("sipri_arms", answers, "defense/arms_deals.csv")[0][7] == "Artillery"


def test_arms_are_asked_for_only_when_there_is_a_newer_year():
    countries = [
        {"Name": name, "EntityId": n} for n, name in enumerate(["Kazakhstan", "Turkiye", "x"])
    ]
    there = [answer("max_year.json", "2029"), as_json("countries.json", countries)]
    door = Door([*there, register(name="deals.json"), deliveries()])
    module("sipri_arms").fetch(door, DAY)
    filters = door.asked[-1][2]["filters"]
    assert [each["listData"] for each in filters] == [[], [0, 1], []]
    with pytest.raises(NothingNew, match="last year is 2000"):
        module("sipri_arms").fetch(Door([answer("max_year.json", "2000")]), DAY)


# -- trade of all states: IMF and UN Comtrade ------------------------------------------------------

SDMX = (
    '<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"'
    ' xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common" xmlns:ss="http://www.sdmx'
    '.org/resources/sdmxml/schemas/v3_0/data/structurespecific"><m:Header><m:ID>x</m:ID>'
    "<m:Test>false</m:Test><m:Prepared>2026-12-01T05:16:36Z</m:Prepared>"
    '<m:Sender id="unknown"/><m:Structure structureID="D" dimensionAtObservation="TIME_PERIOD">'
    "<c:Structure>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=IMF.STA:DSD_IMTS(1.0.0)"
    '</c:Structure></m:Structure></m:Header><m:DataSet ss:structureRef="D" action="Replace">'
    "{}</m:DataSet></m:StructureSpecificData>"
)


def imts(*flows, kind="M", name="imts_reporters.xml"):
    """An answer in SDMX: reporter, partner, X or M, year, value in dollars beside SCALE 6."""
    codes = {"X": "XG_FOB_USD", "M": "MG_CIF_USD"}
    body = "".join(
        f'<Series COUNTRY="{reporter}" INDICATOR="{codes[flow]}" COUNTERPART_COUNTRY="{partner}" '
        f'FREQUENCY="A" SCALE="6"><Obs OBS_VALUE="{value}" DERIVATION_TYPE="{kind}" '
        f'TIME_PERIOD="{year}"/></Series>'
        for reporter, partner, flow, year, value in flows
    )
    return answer(name, SDMX.replace("{}", body))


def test_imf_values_are_dollars_whatever_the_scale_says():
    flows = [
        ("KAZ", "G001", "X", 2023, 900),
        ("KAZ", "KOS", "M", 2023, 7.6),
        ("KAZ", "GX170", "X", 2023, 5),
    ]
    found = rows("imf", [imts(*flows)], columns=slice(1, 6))
    assert found == [("KAZ", "WLD", 2023, "export", 900), ("KAZ", "XKX", 2023, "import", 8)]
    assert module("imf").version([imts(*flows)]) == "as of 2026-12-01"


def test_imf_estimates_of_its_staff_are_left_out():
    kinds = ["FA", "M", "O", "OU", "R", "SC", "SCC", "SE", "SEHI", "SEME", "SP", "TPD"]
    states = ["AZE", "KGZ", "RUS", "TKM", "TUR", "UZB", "CHN", "IRN", "DEU", "ITA", "FRA", "USA"]
    flows = zip(kinds, states, strict=True)
    answers = [imts(("KAZ", state, "X", 2023, 1), kind=kind) for kind, state in flows]
    found = {row[2] for row in rows("imf", answers)}
    assert found == {"KGZ", "RUS", "TKM", "TUR"}  # those of M, O, OU and R


@pytest.mark.parametrize(("copied", "stays"), [(1, False), (0, True)])
def test_imf_books_filled_in_from_partners_are_left_out(copied, stays):
    """One of five values of Turkmenistan is its partner's times 1.06, or none is."""
    partners = ("KAZ", "UZB", "KGZ", "AZE", "RUS")
    sold = [(partner, "TKM", "X", 2023, 1000) for partner in partners]
    values = zip(partners, [1060] * copied + [1061] * (5 - copied), strict=True)
    bought = [("TKM", one, "M", 2023, value) for one, value in values]
    for one, other in itertools.permutations(partners, 2):
        sold += [(one, other, "X", 2023, 10), (other, one, "M", 2023, 11)]
    found = rows("imf", [imts(*sold), imts(*bought, name="imts_partners.xml")])
    reporters = {row[1] for row in found}
    assert reporters == {*partners} | ({"TKM"} if stays else set())


def comtrade(*changes, count=None, name="totals_reporters_2023.json", **more):
    """Rows of the service: exports of Kazakhstan, changed."""
    row = {
        "refYear": 2023, "reporterCode": 398, "reporterISO": "KAZ", "flowCode": "X",
        "partnerCode": 792, "partnerISO": "TUR", "partnerDesc": "Türkiye", "partner2Code": 0,
        "cmdCode": "TOTAL", "customsCode": "C00", "motCode": 0, "primaryValue": 10.4,
    }  # fmt: skip
    body = [row | change for change in changes]
    content = {"elapsedTime": "0.1 secs", "count": len(body) if count is None else count}
    return as_json(name, content | {"data": body, "error": ""} | more)


def test_comtrade_takes_totals_once_and_adds_up_what_is_no_country():
    usa = {"partnerCode": 842, "partnerISO": "USA"}
    first = comtrade(
        {},
        {"motCode": 1000, "primaryValue": 4},
        {"cmdCode": "27", "primaryValue": 5},
        usa,
        {"partnerCode": 0, "partnerISO": "W00", "flowCode": "M"},
        {"partnerCode": 490, "partnerISO": "S19"},
        {"partnerCode": 899, "partnerISO": "_X ", "primaryValue": 2},
        {"reporterCode": 97, "reporterISO": "EUR"},
    )
    again = comtrade({}, name="totals_partners_2023.json")
    assert rows("comtrade", [first, again], columns=slice(1, 6)) == [
        ("KAZ", "TUR", 2023, "export", 10),
        ("KAZ", "USA", 2023, "export", 10),
        ("KAZ", "WLD", 2023, "import", 10),
        ("KAZ", "XXX", 2023, "export", 12),
    ]


def test_comtrade_has_its_key_in_a_header_and_splits_an_answer_that_may_be_cut(monkeypatch):
    monkeypatch.setattr(module("comtrade"), "FIRST_YEAR", 2025)
    cut = comtrade(*[{}] * 500, name="totals_reporters_2025.json")
    halves = [comtrade({}, name=f"totals_reporters_2025_{flow}.json") for flow in "XM"]
    door = Door([cut, *halves, comtrade(name="totals_partners_2025.json")], key="secret")
    answers = module("comtrade").fetch(door, DAY)
    assert [each.name for each in answers] == [
        "totals_reporters_2025_X.json",
        "totals_reporters_2025_M.json",
        "totals_partners_2025.json",  # empty with 200: nobody reports yet
    ]
    assert all(headers == {"Ocp-Apim-Subscription-Key": "secret"} for *_, headers in door.asked)
    assert not any("secret" in f"{url}{params}" for url, _, params, _ in door.asked)


# -- UNESCO and the UN's population ----------------------------------------------------------------


def uis(*points, **more):
    """Records of the service; every indicator has one of Kazakhstan in 2010."""
    codes = [*module("uis").MOVING, *module("uis").LEVELS]
    points = [*((code, "KAZ", 2010, 1.0) for code in codes), *points]
    names = ("indicatorId", "geoUnit", "year", "value")
    records = [
        dict(zip(names, each, strict=True), magnitude=None, qualifier=None) for each in points
    ]
    return as_json("uis_data.json", {"records": records, "hints": []} | more)


def test_students_repeating_the_year_before_are_flagged_from_a_hundred_on():
    points = [
        ("OE.5T8.40510", "TUR", year, value)
        for year, value in ((2011, 99), (2012, 99), (2013, 100))
    ]
    points += [("OE.5T8.40510", "TUR", 2014, 100), ("OE.5T8.40510", "ALB", 2014, 7)]
    points += [("FHLANGILP.PRIMARY", "TUR", 2011, 87.87522888)]
    found = rows("uis", [uis(*points)], "language_policy/student_mobility.csv")
    assert [(row[1], row[4], row[5]) for row in found if row[0] == "TUR"] == [
        (2011, 99, None),
        (2012, 99, None),
        (2013, 100, None),
        (2014, 100, "repeats the year before"),
    ]
    home = rows("uis", [uis(*points)], "language_policy/home_language_instruction.csv")
    assert home[-1] == ("TUR", 2011, "end of primary", 87.8752)
    assert module("uis").version([as_json("uis_version.json", {"version": "2026-x"})]) == "2026-x"


def wpp(kind, years, states=MEMBERS, variant="Medium", **cells):
    lines = [",".join(["ISO3_code", "Variant", "Time", *cells])]
    lines += [
        ",".join(map(str, [iso3, variant, year, *cells.values()]))
        for iso3 in (*states, "ALB")
        for year in years
    ]
    return answer(getattr(module("un_population"), kind), gzip.compress("\n".join(lines).encode()))


def test_population_is_estimated_to_2023_and_in_persons():
    cells = {
        "TPopulation1July": 1.5, "Births": 0.25, "Deaths": 0.1, "NetMigrations": -0.033,
        "TFR": 3.00015, "LEx": 70, "LExFemale": 75, "LExMale": "", "Other": 1,
    }  # fmt: skip
    found = rows("un_population", [wpp("INDICATORS", (2023, 2024), **cells)])
    assert found[:2] == [
        ("AZE", 2023, "estimate", 1500, 250, 100, -33, 3.0002, 70, 75, None),
        ("AZE", 2024, "medium", 1500, 250, 100, -33, 3.0002, 70, 75, None),
    ]
    assert len(found) == 12


def test_structure_by_age_has_every_fifth_year():
    cells = {"AgeGrp": "100+", "AgeGrpStart": 100, "PopMale": 0.001, "PopFemale": 0.0024}
    found = rows("un_population", [wpp("AGES", (2020, 2023, 2025), **cells)])
    assert found[:4] == [
        ("AZE", 2020, "female", 100, "100+", "estimate", 2),
        ("AZE", 2020, "male", 100, "100+", "estimate", 1),
        ("AZE", 2025, "female", 100, "100+", "medium", 2),
        ("AZE", 2025, "male", 100, "100+", "medium", 1),
    ]
    door = Door([answer(name, b"") for name in module("un_population").FROM])
    assert len(module("un_population").fetch(door, DAY)) == 2


# -- UN votes and BACI, from saved files -----------------------------------------------------------


def undl(*votes, head="undl_id,ms_code,ms_name,ms_vote,date"):
    """Number of the vote, state, vote and date."""
    lines = [f"{number},{state},x,{vote},{day}" for number, state, vote, day in votes]
    return answer("2026_02_06_ga_voting.csv", "\n".join([head, *lines]))


def test_votes_of_the_library_become_one_row_per_vote():
    votes = [
        (7, "KAZ", "Y", "1992-01-02"), (7, "TUR", "X", "1992-01-02"), (7, "ALB", "Y", "1992-01-02"),
        (6, "TUR", "N", "1992-03-04"), (5, "TUR", "N", "1991-12-31"), (6, "USA", "", "1992-03-04"),
    ]  # fmt: skip
    calls = rows("undl", [undl(*votes)], "defense/un_roll_calls.csv")
    kaz, tur = (2 + module("undl").STATES.index(state) for state in ("KAZ", "TUR"))
    assert [(row[0], row[1], row[kaz], row[tur]) for row in calls] == [
        (1992, 6, None, "N"),
        (1992, 7, "Y", "X"),
    ]


@pytest.mark.parametrize(("common", "pairs"), [(9, 0), (10, 1)])
def test_agreement_counts_an_abstention_as_half_from_ten_common_votes_on(common, pairs):
    cast = [("Y", "Y"), ("Y", "A"), ("A", "N"), ("Y", "N"), ("A", "A"), *[("N", "N")] * 5][:common]
    cast += [("X", "Y"), ("Y", "X")]
    votes = [
        (number, state, vote, "2020-05-05")
        for number, both in enumerate(cast, start=1)
        for state, vote in zip(("KAZ", "USA"), both, strict=True)
    ]
    found = rows("undl", [undl(*votes)], "defense/un_votes_agreement.csv")
    # 7 of 10 equal, 2 with one abstention: (7 + 2 / 2) / 10
    assert found == [("KAZ", "USA", 2020, 10, 7, 2, 1, 0.8, 0.7)] * pairs


def baci(files=None, name="BACI_HS96_V202601.zip"):
    files = files or {
        "country_codes_V202601.csv": "country_code,country_name,country_iso2,country_iso3\n"
        "398,K,KZ,KAZ\n792,T,TR,TUR\n8,A,AL,ALB\n490,O,N/A,S19\n12,D,DZ,DZA\n",
        "BACI_HS96_Y1999_V202601.csv": "t,i,j,k,v,q\n1999,398,792,1,5,1\n",
        "BACI_HS96_Y2000_V202601.csv": "t,i,j,k,v,q\n2000,398,792,10121,1.5,  NA\n"
        "2000,398,792,10190,2,1\n2000,8,12,1,9,1\n2000,490,398,1,0.25,1\n",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for inside, content in files.items():
            archive.writestr(inside, content)
    return answer(name, written.getvalue())


def test_baci_adds_up_the_products_of_pairs_with_one_of_the_six():
    assert rows("baci", [baci()], columns=slice(1, 6)) == [
        ("KAZ", "TUR", 2000, "export", 3500),
        ("XXX", "KAZ", 2000, "export", 250),
    ]
    assert module("baci").version([baci()]) == "V202601 (HS96)"


# -- what is true of all ---------------------------------------------------------------------------

SEVERAL = {
    "uzstat": UZSTAT,
    "bns": [bns(f"{y}.xls", (y, "Экспорт", y, 1), (y - 1, "Экспорт", y, 2)) for y in (2021, 2022)],
    "common_voice": [release("16.0", "2023-12-06", 20), release("16.1", "2023-12-06", 10)],
    "world_bank": WDI,
    "sipri_arms": [
        register({"Weapon description": "ray gun"}),
        deliveries(("Kazakhstan", 1992, 5)),
    ],
    "comtrade": [comtrade({}), comtrade({}, {"partnerCode": 8, "partnerISO": "ALB"})],
    "imf": [
        imts(("KAZ", "TUR", "X", 2023, 9)),
        imts(("TUR", "KAZ", "M", 2023, 8), name="imts_partners.xml"),
    ],
}


@pytest.mark.parametrize("name", SEVERAL)
def test_the_order_of_the_answers_makes_no_difference_and_rows_have_their_key(name):
    tables = module(name).tables(SEVERAL[name])
    turned = module(name).tables(SEVERAL[name][::-1])
    assert {*tables} == {*turned}
    for file, frame in tables.items():
        pd.testing.assert_frame_equal(frame, turned[file])
        key = packages.resource(address(file))["schema"]["primaryKey"]
        assert not frame.duplicated(key).any()
        assert frame[key].equals(frame[key].sort_values(key, ignore_index=True))


# -- what is refused -------------------------------------------------------------------------------

WORLD_BANK_ERROR = [{"message": [{"id": "120", "key": "Invalid value", "value": "is not valid"}]}]
HTML = b"<html><body>Just a moment...</body></html>"
CP1252 = HEAD.encode() + "076,x,x,S\xe3o,1,1\n".encode("cp1252")
BLS_REFUSED = {"status": "REQUEST_NOT_PROCESSED", "message": ["bad"], "Results": {}}
V1 = [{"total": 1}, [{"indicator": {"id": "X"}, "country": {"id": "TR"}, "date": "2016"}]]

WPP = "WPP2024_Demographic_Indicators_Medium.csv.gz"
AGE = {"AgeGrp": "100+", "AgeGrpStart": 100, "PopMale": 1, "PopFemale": 1}

REFUSED = {
    "no header": ("uzstat", [answer("sdmx_data_1105.csv", "a,b\n1,2\n")], "no column Code"),
    "short row": ("uzstat", [answer("sdmx_data_1105.csv", HEAD + "008,x\n")], "too many or few"),
    "no year": (
        "uzstat",
        [answer("sdmx_data_1105.csv", HEAD.replace("202", "x") + "8,a,b,c,1,1\n")],
        "is a year",
    ),
    "no rows": ("uzstat", [answer("sdmx_data_1105.csv", HEAD)], "line 2: has no rows"),
    "cp1252": ("uzstat", [answer("sdmx_data_1105.csv", CP1252)], "line 2: is not utf-8"),
    "unknown code": (
        "uzstat",
        [answer("sdmx_data_1105.csv", HEAD + "999,x,x,<script>,1,1\n")],
        "<script>: No country",
    ),
    "no number": (
        "uzstat",
        [answer("sdmx_data_1105.csv", HEAD + "008,x,x,Albania,=cmd,1\n")],
        "Albania, 2021: '=cmd' is no number",
    ),
    "book of another unit": ("kgnsc", [kgnsc(unit="(million)")], "'thousand US dollars'"),
    "book without years": (
        "kgnsc",
        [kgnsc(year="x")] and [book("4.03.00.18.xlsx", a=[["x"]])],
        "row of years",
    ),
    "misspelt state": ("kgnsc", [kgnsc(["а", "остроа сша", "zzz", 1.0, 1.0])], "near matches"),
    "no workbook": ("kgnsc", [answer("4.03.00.18.xlsx", HTML)], "is no workbook"),
    "cut workbook": ("eia", [answer("RBRTEa.xls", eia().content[:2000])], "is no workbook"),
    "edition in another unit": (
        "bns",
        [bns("2023.xlsx", (2023, "Экспорт", 1, 1), unit="млн")],
        "no sheet has",
    ),
    "renamed state": (
        "bns",
        [
            book(
                "2.xls",
                a=[
                    ["2023 год", "тыс. долларов США"],
                    ["x", "Экспорт", "Импорт"],
                    [],
                    ["Алб", 1, 1],
                ],
            )
        ],
        "near matches",
    ),
    "new region": ("bns_regions", [regions(["Новая", 1.0, 1.0])], "is no known region"),
    "no years of regions": ("bns_regions", [regions(years=("a", "b"))], "no row of years"),
    "date as text": ("eia", [eia(day="mid-1988")], "row 'mid-1988': does not begin with a date"),
    "another series": ("eia", [eia("WTI Spot Price")], "has no column 'Europe Brent"),
    "refused with 200": ("bls", [as_json("CUUR0000SA0_1.json", BLS_REFUSED)], "NOT_PROCESSED: bad"),
    "another price series": ("bls", [bls([(2024, "M01", "1")], series="X")], "is not CUUR0000SA0"),
    "older form": ("dataverse", [answer("ideal_points.csv", "iso3c,session\n")], "no column"),
    "no Stata file": ("dataverse", [answer("x.dta", HTML)], "x.dta, the file"),
    "lost language": (
        "common_voice",
        [release("25.0", "2026-03-09", 1, tk={})],
        "tk: has no 'users'",
    ),
    "name of a release": ("common_voice", [as_json("cv-corpus-x.json", {})], "is not that of"),
    "page with 200": ("wikipedia", [answer("siteinfo_kk_2026-12-01.json", HTML)], "is not JSON"),
    "error with 200": (
        "wikipedia",
        [as_json("siteinfo_kk_2026-12-01.json", {"error": {"code": "maxlag"}})],
        "maxlag",
    ),
    "count as text": ("wikipedia", [siteinfo(articles="1,000")], "articles: is no whole number"),
    "day in the name": ("wikipedia", [siteinfo(day="today")], "name: is not siteinfo_"),
    "World Bank's error with 200": (
        "world_bank",
        [as_json("wdi_X_1.json", WORLD_BANK_ERROR)],
        "Invalid value",
    ),
    "XML with 200": ("world_bank", [answer("wdi_X_1.json", "<wb:error/>")], "is not JSON"),
    "short answer": ("world_bank", [series("X", GDP, total=69)], "69 rows announced, 6 came"),
    "retired form": ("world_bank", [as_json("wdi_X_1.json", V1)], "no countryiso3code"),
    "series without values": (
        "world_bank",
        [series("SI.POV.GINI", [("KAZ", 2000, None)])],
        "none of",
    ),
    "no header of the download": ("world_bank", [answer("API_X.csv", "a\n")], "Country Name"),
    "sheet renamed": ("sipri_milex", [milex(title="Share")], "0 sheets are named like"),
    "unknown colour": ("sipri_milex", [milex(colour="FF00FF00")], "colour 00FF00 is neither"),
    "text for a figure": ("sipri_milex", [milex(cell="about 3")], "TUR, 1992: 'about 3'"),
    "another form": (
        "sipri_arms",
        [answer("trade-register.csv", "a,b\n")],
        "neither that of deals",
    ),
    "cut register": (
        "sipri_arms",
        [answer("trade-register.csv", register({}).content[:-20])],
        "is cut",
    ),
    "register of others": ("sipri_arms", [register({"Recipient": "UAE"})], "none is a deal of"),
    "new kind of weapon": ("sipri_arms", [register({"Weapon description": "ray gun"})], "by hand"),
    "unknown flow with 204": ("imf", [answer("imts_reporters.xml", b"")], "is empty (204)"),
    "no SDMX": ("imf", [answer("imts_reporters.xml", HTML)], "is no SDMX data message"),
    "unknown derivation": (
        "imf",
        [imts(("KAZ", "TUR", "X", 2023, 1), kind="E")],
        "DERIVATION_TYPE is E",
    ),
    "short totals": ("comtrade", [comtrade({}, count=2)], "2 rows announced, 1 came"),
    "limit hit exactly": ("comtrade", [comtrade(*[{}] * 500)], "exactly 500 rows"),
    "error with 200 of totals": ("comtrade", [comtrade(error="bad period")], "bad period"),
    "unknown area": (
        "comtrade",
        [comtrade({"partnerCode": 9, "partnerISO": "Q9", "partnerDesc": "=cmd"})],
        "'=cmd'",
    ),
    "indicator without records": (
        "uis",
        [uis(records=[], hints=["no such indicator"])],
        "no such indicator",
    ),
    "cut gzip": ("un_population", [answer(WPP, gzip.compress(b"x" * 99)[:20])], "no whole gzip"),
    "lost state": ("un_population", [wpp("AGES", (2020,), ("KAZ",), **AGE)], "no rows of AZE"),
    "another variant": ("un_population", [wpp("AGES", (2020,), variant="High", **AGE)], "variants"),
    "renamed column": ("un_population", [wpp("AGES", (2020,), AgeGrp="1")], "AgeGrpStart"),
    "vote of another kind": ("undl", [undl((1, "KAZ", "?", "2020-01-01"))], "KAZ, 2020-01-01"),
    "vote without a number": ("undl", [undl(("a", "KAZ", "Y", "2020-01-01"))], "line 3"),
    "file of another table": (
        "undl",
        [answer("2026_ga_voting.csv", "a,b\n")],
        "has no column date",
    ),
    "no archive": ("baci", [answer("BACI_HS96_V202601.zip", HTML)], "is no zip archive"),
    "cut archive": (
        "baci",
        [answer("BACI_HS96_V202601.zip", baci().content[:300])],
        "is no zip archive",
    ),
    "archive without years": ("baci", [baci({"country_codes.csv": "x"})], "none of a year"),
    "page for a workbook": ("sipri_milex", [answer("x.xlsx", HTML)], "is no workbook"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_answer_of_another_form_is_refused(case, record_property):
    name, answers, said = REFUSED[case]
    with pytest.raises(RefusedAnswer) as refused:
        module(name).tables(answers)
    ids = module(name).SOURCE
    assert str(refused.value).startswith(ids if isinstance(ids, str) else ids[0])
    assert answers[0].name.partition("_1.")[0] in str(refused.value)
    assert said in str(refused.value)
    record_property("fault", (case, name, "stopped"))


def test_a_limit_of_the_service_is_no_error_of_the_answer():
    limit = bls([], status="REQUEST_NOT_PROCESSED", message=["daily threshold reached"])
    with pytest.raises(NotToday, match="daily threshold"):
        module("bls").tables([limit])
    busy = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."}
    with pytest.raises(NotToday, match="Rate limit"):
        module("comtrade").tables([as_json("totals_1.json", busy)])


# -- a second opinion: what the clients of two publishers read of the same answers ----------------


def test_wbgapi_reads_the_same_values(httpserver, monkeypatch):
    import wbgapi

    monkeypatch.setattr(wbgapi, "endpoint", httpserver.url_for("/v2"))
    points = [("KAZ", 2000, 11.5), ("TUR", 2000, 22), ("TUR", 2001, None)]
    pages = [
        series("SP.POP.TOTL", part, total=3, pages=2, page=page, per_page=2)
        for page, part in ((1, points[:2]), (2, points[2:]))
    ]
    for page, each in enumerate(pages, start=1):
        httpserver.expect_request(
            re.compile("/v2/.*SP.POP.TOTL"), query_string=f"per_page=1000&page={page}&format=json"
        ).respond_with_data(each.content, content_type="application/json")
    theirs = {
        (row["countryiso3code"], int(row["date"])): row["value"]
        for row in wbgapi.fetch("country/KAZ;TUR/indicator/SP.POP.TOTL")
        if row["value"] is not None
    }
    assert module("world_bank")._series(pages)["SP.POP.TOTL"] == theirs


def test_unesco_reader_reads_the_same_records(httpserver, monkeypatch):
    from unesco_reader import api

    monkeypatch.setattr(api, "API_URL", httpserver.url_for(""))
    ours = uis(("26637", "TUR", 2012, 38590.0))
    httpserver.expect_request("/api/public/data/indicators").respond_with_data(
        ours.content, content_type="application/json"
    )
    theirs = api.get_data(indicator="26637", geoUnit="TUR")
    moving = rows("uis", [ours], "language_policy/student_mobility.csv")
    records = [each for each in theirs["records"] if each["indicatorId"] in module("uis").MOVING]
    assert len(records) == len(moving)
    assert ("TUR", 2012, "inbound_students", "all", 38590, None) in moving


# -- data/refresh.yml ------------------------------------------------------------------------------


def test_refresh_yml_has_every_source_once_and_every_module():
    described, plan = set(), sources.load()
    for topic in (None, *packages.topics_with_data()):
        package = packages.package(topic)
        listed = [package["sources"], *(table["sources"] for table in package["resources"])]
        described |= {source["name"] for each in listed for source in each}
    assert set(plan) == described
    owned = {}
    for name, source in plan.items():
        assert {address(file) for file in source.files} <= {*packages.addresses()}, name
        if source.module:
            connector = module(source.module)
            ids = connector.SOURCE
            assert name in ([ids] if isinstance(ids, str) else ids)
            assert (source.how == "automatic") == hasattr(connector, "fetch")
            owned[source.module] = connector
    there = Path(reading.__file__).parent.glob("*.py")
    assert {path.stem for path in there if "\nFROM = " in path.read_text()} == {*owned}
    for connector in owned.values():
        assert {"FOLDER", "HOSTS", "FROM", "PROCESSING", "version"} <= {*vars(connector)}
