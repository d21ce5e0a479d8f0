"""Titles and findings on trade by chapter and section of the Harmonized System."""

from __future__ import annotations

from functools import partial

import pandas as pd

from turkic_ties import countries, words
from turkic_ties.measures.common import of_last_year
from turkic_ties.words import capital, listed, percent

usd = partial(words.usd, fixed=True)

REGIONS = {"CENTRAL_ASIA": "the five states of Central Asia together"}
"""Names of the partners that are not a country."""

LARGEST = 3
"""Number of sections or chapters that a sentence names."""

LISTED = 8
"""Number of chapters in a table."""


def reporter(row: pd.Series[str]) -> str:
    """Give the ISO3 code of the state whose books a row is from.

    Parameters
    ----------
    row
        Of `composition.by_chapter` or `composition.by_section`.
    """
    return row["country"] if row["books"] == "own" else row["partner"]


def direction(row: pd.Series[str]) -> str:
    """Write who sells to whom in a row.

    Parameters
    ----------
    row
        Of `composition.by_chapter` or `composition.by_section`.
    """
    sides = [_name(row["country"]), _name(row["partner"])]
    return " to ".join(sides if row["flow"] == "exports" else sides[::-1])


def _name(partner: str) -> str:
    return REGIONS.get(partner) or countries.name(partner)


def labelled(sections: pd.DataFrame) -> pd.DataFrame:
    """Add who sells to whom (direction), and the year and whose books it is (report).

    Parameters
    ----------
    sections
        Of `composition.by_section`.
    """
    rows = [row for _, row in sections.iterrows()]
    reports = [f"{row['year']}, {countries.name(reporter(row))}" for row in rows]
    directions = [direction(row) for row in rows]
    labels = {"direction": directions, "report": reports}
    return sections.assign(
        **{name: pd.Series(texts, sections.index, "str") for name, texts in labels.items()}
    )


def largest(sections: pd.DataFrame) -> str:
    """Write the largest section of the last year.

    Parameters
    ----------
    sections
        Of `composition.by_section`, with rows.
    """
    top = of_last_year(sections).nlargest(1, "value_usd").iloc[0]
    made = f"{top['section_title']} made {percent(top['share'], 0)}"
    reported = f"as {countries.name(reporter(top))} reports it"
    return f"{made} of what went from {direction(top)} in {top['year']}, {reported}"


def chapters(rows: pd.DataFrame) -> list[str]:
    """Write the largest chapters of the last year of each flow, in each of the books.

    Parameters
    ----------
    rows
        Of `composition.by_chapter`.
    """
    sentences = []
    for _, books in rows.groupby(["flow", "books"]):
        last = of_last_year(books).nlargest(LARGEST, "value_usd")
        top = last.iloc[0]
        flow = capital(direction(top))
        state = countries.name(reporter(top))
        parts = last["chapter_title"] + " " + last["share"].map(percent)
        sentences.append(f"{flow}, {top['year']}, as {state} reports it: {listed(parts)}.")
    return sentences


def change(
    contributions: pd.DataFrame, country: str, partner: str, first: int, last: int
) -> list[str]:
    """Write which sections most of the change of a flow between two years is booked under.

    Parameters
    ----------
    contributions
        Of `composition.contributions`.
    country, partner
        ISO3 codes of the pair that the contributions are of.
    first, last
        The years they compare.
    """
    sentences = []
    for (flow, books), rows in contributions.groupby(["flow", "books"]):
        pair = pd.Series({"country": country, "partner": partner, "flow": flow, "books": books})
        whole = float(rows["change_usd"].sum())
        if whole == 0:
            continue
        state = countries.name(reporter(pair))
        moved = f"{'rose' if whole > 0 else 'fell'} by {usd(abs(whole))} from {first} to {last}"
        top = rows.nlargest(LARGEST, "contribution")
        shares = top["contribution"].map(lambda share: percent(share, 0))
        parts = listed(top["section_title"] + " " + shares)
        sentences.append(
            f"As {state} reports it, trade from {direction(pair)} {moved}; of that change {parts}."
        )
    return sentences


def region(rows: pd.DataFrame) -> str:
    """Write the largest chapter in the trade with a region in the last year.

    Parameters
    ----------
    rows
        Of `composition.with_region`, one flow, with rows.
    """
    top = of_last_year(rows).nlargest(1, "value_usd").iloc[0]
    return (
        f"{top['chapter_title']} made {percent(top['share'])} of what went from "
        f"{direction(top)} in {top['year']}"
    )


def region_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the shares of the largest chapters of the last year, a column per year.

    Parameters
    ----------
    rows
        Of `composition.with_region`, one flow.

    Returns
    -------
    pandas.DataFrame
        Chapter, its title, and the share in each year as a text; the largest `LISTED` first.
    """
    last = of_last_year(rows).nlargest(LISTED, "value_usd")
    shares = rows.pivot_table("share", index=["hs_chapter", "chapter_title"], columns="year")
    keys = pd.MultiIndex.from_frame(last[["hs_chapter", "chapter_title"]])
    table = shares.reindex(keys).map(percent)
    table.columns = table.columns.astype("str")
    return table.reset_index().rename(columns={"hs_chapter": "HS", "chapter_title": "Chapter"})
