"""Titles and findings on direct investment as statistics record it."""

from __future__ import annotations

import pandas as pd

from turkic_ties import countries
from turkic_ties.words import capital, count, country_in_sentence, ordinal, percent, years

CURRENCY = "euros"


def stock(rows: pd.DataFrame) -> str:
    """Write the last stock of an investor and its place.

    Parameters
    ----------
    rows
        Of `investment.investor`, with a stock in some year.
    """
    last = rows.dropna(subset="stock_eur").iloc[-1]
    investor = countries.name(last["partner"])
    host = countries.name(last["host"])
    value = count(last["stock_eur"], CURRENCY)
    share = percent(last["stock_share"], 2)
    return (
        f"{investor}'s stock of direct investment in {host} was {value} at the end of "
        f"{last['year']}, {share} of all"
    )


def place(rows: pd.DataFrame) -> list[str]:
    """Write the last rank of an investor by stock and by net inflow; nothing where it has none.

    Parameters
    ----------
    rows
        Of `investment.investor`.
    """
    sentences = []
    for measure, words in {"stock": "stock at the end of", "net_inflow": "net inflow in"}.items():
        for last in rows.dropna(subset=f"{measure}_rank").tail(1).to_dict("records"):
            rank = ordinal(last[f"{measure}_rank"])
            of = last[f"{measure}_partners"]
            investor = countries.name(last["partner"])
            host = countries.name(last["host"])
            sentences.append(
                f"By {words} {last['year']} {investor} ranked {rank} of the {of} countries "
                f"listed with direct investment in {host}."
            )
    return sentences


def inflows(rows: pd.DataFrame) -> list[str]:
    """Write what net inflows add up to over the period; nothing where a year is missing.

    Parameters
    ----------
    rows
        Of `investment.investor`.
    """
    sums = rows.dropna(subset="cumulative_net_inflow_eur")
    if sums.empty:
        return []
    last = sums.iloc[-1]
    investor = countries.name(last["partner"])
    inflow = count(last["net_inflow_eur"], CURRENCY)
    if len(sums) == 1:
        return [f"The net inflow from {investor} in {last['year']} was {inflow}."]
    period = years(sums["year"].iloc[0], last["year"])
    whole = count(last["cumulative_net_inflow_eur"], CURRENCY)
    negative = int((sums["net_inflow_eur"] < 0).sum())
    return [
        f"Net inflows from {investor} of {period} add up to {whole}; {negative} of {len(sums)} "
        f"years are negative, and {last['year']} alone holds {inflow}."
    ]


def largest(known: pd.DataFrame) -> str:
    """Write the largest investor of the last year.

    Parameters
    ----------
    known
        Of `investment.stocks`, one year, sorted by rank.
    """
    top = known.iloc[0]
    investor = capital(country_in_sentence(top["partner"]))
    host = countries.name(top["host"])
    return (
        f"{investor} held {percent(top['share'], 0)} of the stock of direct investment in {host} "
        f"at the end of {top['year']}"
    )


def concentrated(bounds: pd.DataFrame) -> list[str]:
    """Write as over how many equal investors the stock is spread, for each year that is known.

    Parameters
    ----------
    bounds
        Of `investment.investor_concentration`.
    """
    sentences = []
    for row in bounds.to_dict("records"):
        index = f"Herfindahl–Hirschman index {row['hhi_low']:.3f} to {row['hhi_high']:.3f}"
        fewest = f"{1 / row['hhi_high']:.1f}"
        most = f"{1 / row['hhi_low']:.1f}"
        spread = fewest if fewest == most else f"{fewest} to {most}"
        sentences.append(
            f"At the end of {row['year']} {row['partners']} countries are listed with direct "
            f"investment in {countries.name(row['host'])}; the stock was as concentrated as if "
            f"spread evenly over {spread} of them ({index})."
        )
    return sentences
