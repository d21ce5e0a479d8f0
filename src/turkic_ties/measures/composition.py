"""Composition of trade by chapter and section of the Harmonized System, in the books of a state.

Unlike UNCTAD's matrix (SITC sections, reconciled), these are books: ``own`` are those of the
country, ``mirror`` those of its partner, from whose side exports are imports (CIF) and imports
exports (FOB). Chapters are never converted into SITC sections: a chapter can fall into several of
them.

The table ``chapter_trade`` has the columns source, reporter, partner, year, flow (export | import),
hs_chapter, value_usd; ``hs_chapters`` has hs_chapter, chapter_title, hs_section, section_title. A
chapter without a row had no trade.
"""

from __future__ import annotations

import pandas as pd

from turkic_ties.measures.common import (
    arrange,
    check_known,
    check_pair,
    check_unique,
    ratio,
    within,
)

DOWNLOADS = ("comtrade_2026", "comtrade_2022")
"""Downloads of UN Comtrade, the newest first. One of them serves each flow, partner and year."""

CENTRAL_ASIA = "CENTRAL_ASIA"
"""The region that Türkiye's trade is given for in some years, its five states together."""

OF_CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
"""States of the region."""

_GIVEN = ["country", "partner", "year", "books", "source", "flow"]
_SECTION = ["hs_section", "section_title"]
_SEEN_FROM = {
    "own": {"export": "exports", "import": "imports"},
    "mirror": {"export": "imports", "import": "exports"},
}


def by_chapter(
    chapter_trade: pd.DataFrame,
    hs_chapters: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Break the trade of a pair down by chapter, in the books of each side.

    Parameters
    ----------
    chapter_trade, hs_chapters
        See the module.
    country, partner
        The partner may be `CENTRAL_ASIA`.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books (own | mirror), source, flow (exports | imports, seen from the
        country), hs_chapter, chapter_title, hs_section, section_title, value_usd, share (of the
        flow in these books and this year); sorted by flow, year, books and chapter.

    Raises
    ------
    ValueError
        Also when a chapter stands twice, has no title, or comes from a download that is not in
        `DOWNLOADS`.

    Examples
    --------
    >>> keys = ["source", "reporter", "partner", "year", "flow", "hs_chapter", "value_usd"]
    >>> fuels = ("comtrade_2026", "AZE", "TUR", 2021, "export", "27", 3.0)
    >>> plastics = ("comtrade_2026", "AZE", "TUR", 2021, "export", "39", 1.0)
    >>> names = ["hs_chapter", "chapter_title", "hs_section", "section_title"]
    >>> titles = [("27", "Fuels", "V", "Mineral products"), ("39", "Plastics", "VII", "Plastics")]
    >>> goods = pd.DataFrame([fuels, plastics], columns=keys), pd.DataFrame(titles, columns=names)
    >>> by_chapter(*goods, "TUR", "AZE")[["books", "flow", "hs_chapter", "share"]].values.tolist()
    [['mirror', 'imports', '27', 0.75], ['mirror', 'imports', '39', 0.25]]
    """
    check_pair(country, partner)
    sides = {"own": (country, partner), "mirror": (partner, country)}
    books = [_books(chapter_trade, name, *side) for name, side in sides.items()]
    rows = pd.concat(books, ignore_index=True).merge(hs_chapters, how="left", on="hs_chapter")
    if untitled := sorted(rows.loc[rows["chapter_title"].isna(), "hs_chapter"]):
        raise ValueError(f"hs_chapters holds no chapter {untitled[0]!r}: add it.")
    rows = within(rows, start, end).assign(country=country, partner=partner)
    rows["share"] = _shares(rows)
    columns = [*_GIVEN, "hs_chapter", "chapter_title", *_SECTION, "value_usd", "share"]
    return arrange(rows, columns, ["flow", "year", "books", "hs_chapter"])


def _books(chapter_trade: pd.DataFrame, books: str, reporter: str, partner: str) -> pd.DataFrame:
    """Take what one state reports of its trade with another, a flow and year from one download."""
    is_pair = (chapter_trade["reporter"] == reporter) & (chapter_trade["partner"] == partner)
    rows = chapter_trade[is_pair]
    if unknown := sorted({*rows["source"]} - {*DOWNLOADS}):
        raise ValueError(f"chapter_trade holds the source {unknown[0]!r}: add it to DOWNLOADS.")
    check_known(rows, "flow", _SEEN_FROM[books], "chapter_trade")
    keys = ["source", "reporter", "partner", "year", "flow", "hs_chapter"]
    check_unique(rows, keys, "chapter_trade")
    place = rows["source"].map(DOWNLOADS.index).astype("int64")
    rows = rows[place == place.groupby([rows["flow"], rows["year"]]).transform("min")]
    return rows.assign(books=books, flow=rows["flow"].map(_SEEN_FROM[books]))


def with_region(
    chapter_trade: pd.DataFrame,
    hs_chapters: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Break down the trade of one side with the region that the other side is part of.

    Where a state does not report its trade with each partner by chapter, that with all states of
    `CENTRAL_ASIA` together is the nearest figure there is. It says nothing of any one of them.

    Parameters
    ----------
    chapter_trade, hs_chapters
        See the module.
    country, partner
        Either may be the state of the region.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        The columns of `by_chapter`, with the reporting side as country and `CENTRAL_ASIA` as
        partner; empty where neither side is in the region or the other reports no trade with it.

    Examples
    --------
    >>> keys = ["source", "reporter", "partner", "year", "flow", "hs_chapter", "value_usd"]
    >>> copper = ("comtrade_2022", "TUR", "CENTRAL_ASIA", 2021, "import", "74", 3.0)
    >>> names = ["hs_chapter", "chapter_title", "hs_section", "section_title"]
    >>> titles = pd.DataFrame([("74", "Copper", "XV", "Base metals")], columns=names)
    >>> rows = with_region(pd.DataFrame([copper], columns=keys), titles, "KAZ", "TUR")
    >>> rows[["country", "partner", "flow", "chapter_title"]].values.tolist()
    [['TUR', 'CENTRAL_ASIA', 'imports', 'Copper']]
    """
    check_pair(country, partner)
    sides = [(country, partner), (partner, country)]
    outside = [side for side, other in sides if other in OF_CENTRAL_ASIA]
    goods = (chapter_trade, hs_chapters)
    regional = [by_chapter(*goods, side, CENTRAL_ASIA, start, end) for side in outside]
    none = by_chapter(*goods, country, partner, start, end).head(0)
    return pd.concat([none, *regional], ignore_index=True)


def by_section(chapters: pd.DataFrame) -> pd.DataFrame:
    """Add chapters up to the sections of the Harmonized System, I to XXI.

    Parameters
    ----------
    chapters
        Output of `by_chapter`.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, flow, hs_section (none for chapter 99),
        section_title, value_usd, share; sorted by flow, year, books and section, in the order of
        the nomenclature. A section without trade has no row.

    Examples
    --------
    >>> books = {"books": "own", "source": "comtrade_2026", "flow": "exports", "year": 2021}
    >>> pair = books | {"country": "TUR", "partner": "AZE", "section_title": "Mineral products"}
    >>> ores = pair | {"hs_chapter": "26", "hs_section": "V", "value_usd": 1.0}
    >>> rows = pd.DataFrame([ores, ores | {"hs_chapter": "27"}])
    >>> by_section(rows)[["hs_section", "value_usd", "share"]].values.tolist()
    [['V', 2.0, 1.0]]
    """
    sections = chapters.groupby([*_GIVEN, *_SECTION], as_index=False).agg(
        value_usd=("value_usd", "sum"), first_chapter=("hs_chapter", "min")
    )
    sections["share"] = _shares(sections)
    # Sections follow each other as their chapters do; Roman numerals do not sort.
    sections = sections.sort_values("first_chapter", kind="stable")
    return arrange(sections, [*_GIVEN, *_SECTION, "value_usd", "share"], ["flow", "year", "books"])


def _shares(rows: pd.DataFrame) -> pd.Series[float]:
    """Divide each value by its flow in the same books and year."""
    whole = rows.groupby(["flow", "year", "books"])["value_usd"].transform("sum")
    return ratio(rows["value_usd"].astype("float64"), whole)


def contributions(sections: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Split the change of a flow between two years into what each section adds to it.

    The contribution of section k is (v_k(last) − v_k(first)) / Σ (v(last) − v(first)).
    Contributions sum to 1; that of a section that moved against the whole is negative. This
    describes where the change is booked, not why it came.

    Parameters
    ----------
    sections
        Output of `by_section`.
    first, last
        The two years compared. A section without a row in one of them counts as 0 there.

    Returns
    -------
    pandas.DataFrame
        flow, books, hs_section, section_title, first_usd, last_usd, change_usd, contribution
        (missing where the flow did not change); only flows in books with both years; sorted by flow
        and books, the largest change first.

    Raises
    ------
    ValueError
        When the first year is not before the last.

    Examples
    --------
    >>> line = {"flow": "exports", "books": "own", "hs_section": "X", "section_title": "Paper"}
    >>> values = [{"year": 2021, "value_usd": 2.0}, {"year": 2022, "value_usd": 5.0}]
    >>> rows = pd.DataFrame([line | value for value in values])
    >>> contributions(rows, 2021, 2022)[["change_usd", "contribution"]].values.tolist()
    [[3.0, 1.0]]
    """
    if first >= last:
        raise ValueError(f"the first year ({first}) must be before the last ({last}).")
    flow = ["flow", "books"]
    ends = sections[sections["year"].isin([first, last])].astype({"value_usd": "float64"})
    ends = ends[ends.groupby(flow)["year"].transform("nunique") == 2]
    wide = ends.pivot_table("value_usd", [*flow, *_SECTION], "year", "sum", fill_value=0.0)
    wide = wide.reindex(columns=[first, last]).set_axis(["first_usd", "last_usd"], axis=1)
    rows = wide.reset_index()
    rows["change_usd"] = rows["last_usd"] - rows["first_usd"]
    rows["contribution"] = ratio(
        rows["change_usd"], rows.groupby(flow)["change_usd"].transform("sum")
    )
    rows = rows.sort_values("change_usd", ascending=False, kind="stable")
    columns = [*flow, *_SECTION, "first_usd", "last_usd", "change_usd", "contribution"]
    return arrange(rows, columns, flow)
