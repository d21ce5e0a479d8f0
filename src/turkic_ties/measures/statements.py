"""Statements of officials, companies and agencies on investment and oil, as rows with their parts.

The table ``statements`` has the columns id, period (a year, or months such as ``Jan-Sep 2023``),
measure (what is stated, in a fixed form of words), value, unit, speaker and date. The figures come
from different bodies and contradict each other: they form no series.
"""

from __future__ import annotations

import calendar

import pandas as pd

from turkic_ties.measures.common import arrange, check_pair, joined, ratio

INVESTORS = {"Kazakh": "KAZ", "Turkish": "TUR"}
"""Who invests, as the column ``measure`` puts it."""

REGIONS = {"Central Asia": ("KAZ", "KGZ", "TKM", "UZB")}
"""Hosts that are not a single state."""

ORIGINS = {"Kazakh": "KAZ", "Turkmen": "TKM"}
"""Whose oil it is, as the column ``measure`` puts it."""

PIPELINE = ("AZE", "TUR")
"""States compared that the pipeline crosses."""

_INVESTMENT = (
    r"^(?P<investor>\w+) (?:direct )?investment (?:stock )?in (?P<host>[A-Z]{3}|Central Asia)"
    r"(?:, (?P<kind>cumulative|inflow))?$"
)
_INVESTOR_RANK = (
    r"^rank as source of gross direct investment in (?P<host>[A-Z]{3}): (?P<investor>[A-Z]{3})$"
)
_SPAN = r"^(?:([A-Z][a-z]{2})-([A-Z][a-z]{2}) )?(\d{4})$"


def stated_investment(statements: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """List the sums of investment that were stated for a pair, in the order they were stated.

    Parameters
    ----------
    statements
        See the module.
    country, partner
        Each may be the investor or the host, or belong to the host region; the country is one of
        the states compared.

    Returns
    -------
    pandas.DataFrame
        date, period, investor, host (a state, or one of `REGIONS`), kind (cumulative | inflow;
        missing for a stock), measure, value (US dollars), speaker, id; sorted by date and id.
    """
    check_pair(country, partner)
    rows = statements[statements["unit"] == "US dollars"]
    rows = rows.join(rows["measure"].str.extract(_INVESTMENT)).dropna(subset="investor")
    rows["investor"] = rows["investor"].map(INVESTORS)
    is_of_pair = pd.Series(False, index=rows.index)
    for investor, host in ((country, partner), (partner, country)):
        hosts = [host, *(name for name, states in REGIONS.items() if host in states)]
        is_of_pair |= (rows["investor"] == investor) & rows["host"].isin(hosts)
    columns = ["date", "period", "investor", "host", "kind", "measure", "value", "speaker", "id"]
    return rows[is_of_pair].sort_values(["date", "id"], ignore_index=True)[columns]


def investor_ranks(statements: pd.DataFrame) -> pd.DataFrame:
    """List the published ranks of states as sources of gross direct investment in a country.

    Parameters
    ----------
    statements
        See the module.

    Returns
    -------
    pandas.DataFrame
        host, period, speaker, rank, investor, id; sorted by host, period, speaker and rank.
    """
    rows = statements.join(statements["measure"].str.extract(_INVESTOR_RANK))
    rows = rows.dropna(subset="investor").rename(columns={"value": "rank"})
    columns = ["host", "period", "speaker", "rank", "investor", "id"]
    rows = rows[columns].astype({"rank": "int64"})
    return rows.sort_values(columns[:4], ignore_index=True)


def oil_by_btc(statements: pd.DataFrame, commodities: pd.DataFrame) -> pd.DataFrame:
    """List what was stated about oil through the Baku–Tbilisi–Ceyhan pipeline.

    The figures are for different spans and groups of oil (Kazakh; Kazakh and Turkmen; all). A
    monthly rate makes spans comparable; plans and cumulative figures are left out.

    Parameters
    ----------
    statements
        See the module.
    commodities
        Columns series, iso3, year, value; the series ``oil_production`` of Kazakhstan, in tonnes,
        is used.

    Returns
    -------
    pandas.DataFrame
        measure, origins (ISO3 codes, "; " between them; empty for all oil together), concerns (the
        same and those of `PIPELINE`), period, year, months, tonnes, tonnes_per_month,
        production_tonnes (Kazakhstan, that year), share_of_production (only for Kazakh oil over a
        whole year), speaker, date, id; sorted by measure, year, months and id.
    """
    rows = statements[statements["measure"].str.contains("BTC") & (statements["unit"] == "tonnes")]
    rows = rows[~rows["measure"].str.contains("plan|cumulative")]
    rows = rows.rename(columns={"value": "tonnes"})
    span = rows["period"].str.extract(_SPAN)
    number = {name: i for i, name in enumerate(calendar.month_abbr)}
    months = (span[1].map(number) - span[0].map(number) + 1).fillna(12)
    rows = rows.assign(year=span[2], months=months).dropna(subset="year")
    rows = rows.astype({"year": "int64", "months": "int64", "tonnes": "float64"})
    rows["tonnes_per_month"] = rows["tonnes"] / rows["months"]
    production = commodities.query("series == 'oil_production' and iso3 == 'KAZ'")
    of_year = production.set_index("year")["value"]
    rows["production_tonnes"] = rows["year"].map(of_year).astype("float64")
    rows["origins"] = [_origins(measure) for measure in rows["measure"]]
    rows["concerns"] = [joined([*PIPELINE, origins]) for origins in rows["origins"]]
    comparable = (rows["months"] == 12) & (rows["origins"] == "KAZ")
    share = ratio(rows["tonnes"], rows["production_tonnes"])
    rows["share_of_production"] = share.where(comparable)
    columns = ["measure", "origins", "concerns", "period", "year", "months", "tonnes"]
    columns += ["tonnes_per_month", "production_tonnes", "share_of_production"]
    columns += ["speaker", "date", "id"]
    return arrange(rows, columns, ["measure", "year", "months", "id"])


def _origins(measure: str) -> str:
    """Name the states whose oil a statement speaks of."""
    return joined(iso3 for word, iso3 in ORIGINS.items() if word in measure)
