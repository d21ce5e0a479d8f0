"""Titles and findings of the report on trade."""

from __future__ import annotations

from typing import Any

import pandas as pd

from turkic_ties import countries
from turkic_ties.words import (
    count,
    country_in_sentence,
    listed,
    ordinal,
    percent,
    usd,
    years,
)

READINGS = {
    "below": "below normal",
    "above": "above normal",
    "not distinguishable": "not told from normal",
}
"""How a range of observed over predicted trade reads."""

BOOKS = {"own": "own books", "mirror": "partners' books", "model": "reconciled model"}
"""Names of sets of books that name all partners of a country."""

VARIABLES = {
    "ln_gdp": "log GDP of the partner",
    "ln_distance": "log distance",
    "contiguous": "common border",
    "common_language": "common official language",
    "both_ex_ussr": "both in the Soviet Union",
}
"""Names of the variables of the gravity model."""


def turnover(series: pd.DataFrame) -> str:
    """Write the title of trade over time.

    Parameters
    ----------
    series
        Of `trade.bilateral`, one row per year.
    """
    now, peak = _row(series, -1), _row(series.nlargest(1, "turnover_usd"))
    country, partner = _names(now)
    title = (
        f"{country} and {partner} traded goods worth {usd(now['turnover_usd'])} in {now['year']}"
    )
    if peak["year"] == now["year"]:
        return f"{title}, the highest of the period"
    return f"{title}; the peak was {usd(peak['turnover_usd'])} in {peak['year']}"


def growth(change: pd.DataFrame) -> list[str]:
    """Write how turnover changed up to the last year; nothing without rows.

    Parameters
    ----------
    change
        Of `trade.growth` on turnover in current and in constant dollars, one row per year.
    """
    if change.empty:
        return []
    now, highest = _row(change, -1), change["turnover_constant_usd"].max()
    one_year, five_years = percent(now["growth_1y"]), percent(now["cagr_5y"])
    text = f"In {now['year']} turnover changed by {one_year} on the year before"
    text += f" and by {five_years} a year over five years."
    if now["seam_1y"] or now["seam_5y"]:
        text += " One of these bases comes from another source or the other side,"
        text += " so part of the change is theirs."
    text += f" In dollars of {now['base_year']} (US consumer prices) it was"
    text += f" {usd(now['turnover_constant_usd'])}; the highest of the period was {usd(highest)}."
    return [text]


def balance(series: pd.DataFrame) -> str:
    """Write who sold more in the last year.

    Parameters
    ----------
    series
        Of `trade.bilateral`, one row per year, with a balance.
    """
    now = _row(series, -1)
    sides = _names(now) if now["balance_usd"] > 0 else _names(now)[::-1]
    more = usd(abs(now["balance_usd"]))
    return f"In {now['year']} {sides[0]} sold {sides[1]} {more} more than it bought"


def gaps(asymmetry: pd.DataFrame) -> list[str]:
    """Write how far both sides' books differ in the last year of each flow.

    Parameters
    ----------
    asymmetry
        Of `trade.asymmetry`.
    """
    sentences = []
    for gap in asymmetry.groupby("flow").tail(1).to_dict("records"):
        own, mirror = usd(gap["own_usd"]), usd(gap["mirror_usd"])
        country, partner = countries.name(gap["country"]), countries.name(gap["partner"])
        sentences.append(
            f"{country}'s books put its {gap['flow']} of {gap['year']}, the last year with both "
            f"books, at {own}, {partner}'s at {mirror}: a gap of "
            f"{percent(abs(gap['asymmetry']))} of their mean."
        )
    return sentences


def flagged_books(books: pd.DataFrame) -> list[str]:
    """Write which books of the pair are flagged, and why.

    Parameters
    ----------
    books
        Of `trade.bilateral`.
    """
    sentences = []
    for (whose, flag), rows in books[books["flag"] != ""].groupby(["books", "flag"]):
        country, partner = _names(_row(rows))
        owners = {"own": f"{country}'s books", "mirror": f"{partner}'s books", "model": "The model"}
        listed_years = ", ".join(map(str, rows["year"]))
        sentences.append(f"To be read with care: {owners[str(whose)]} of {listed_years} ({flag}).")
    return sentences


def partner(ranked: pd.DataFrame, iso3: str) -> str:
    """Write where a partner stands among all partners of one year.

    Parameters
    ----------
    ranked
        Of `trade.ranks`, turnover of one year.
    iso3
        The partner.
    """
    country, name = countries.name(ranked["country"].iloc[0]), countries.name(iso3)
    where = f"in goods trade in {ranked['year'].iloc[0]}"
    rows = ranked[ranked["partner"] == iso3]
    if rows.empty:
        return f"{name} does not appear among {country}'s partners {where}"
    return f"{name} was {country}'s {ordinal(rows['rank'].iloc[0])}-largest partner {where}"


def share_unit(ranked: pd.DataFrame) -> str:
    """Write what the shares of partners are shares of.

    Parameters
    ----------
    ranked
        Of `trade.ranks`, turnover of one year.
    """
    row = _row(ranked)
    country = countries.name(row["country"])
    return f"Share of {country}'s turnover with the world, percent; {BOOKS[row['books']]}"


def top_partner(ranked: pd.DataFrame) -> str:
    """Write which partner is the largest.

    Parameters
    ----------
    ranked
        Of `trade.ranks`, one flow of one year, sorted by rank.
    """
    top = _row(ranked)
    return f"The largest is {country_in_sentence(top['partner'])} with {percent(top['share'])}."


def rank(places: pd.DataFrame) -> str:
    """Write the last and the best rank of a partner by turnover.

    Parameters
    ----------
    places
        Of `trade.ranks`, the rows of one partner, with turnover.
    """
    rows = places[places["flow"] == "turnover"]
    best, now = _row(rows.nsmallest(1, "rank")), _row(rows, -1)
    title = f"{_names(now)[1]} ranked {ordinal(now['rank'])} by turnover in {now['year']}"
    if best["rank"] < now["rank"]:
        title += f"; its best was {ordinal(best['rank'])} in {best['year']}"
    return title


def flagged_ranks(flagged: pd.DataFrame) -> list[str]:
    """Write which years of a country's ranks, shares and concentration need care, and why.

    Parameters
    ----------
    flagged
        Of `trade.ranks` or `trade.concentration`.
    """
    rows = flagged[flagged["flag"] != ""].drop_duplicates(["year", "flag"])
    sentences = []
    for (country, flag), of_flag in rows.groupby(["country", "flag"]):
        reason = str(flag)
        if reason[3:].startswith(" is missing"):
            reason = countries.name(reason[:3]) + reason[3:]
        listed_years = ", ".join(map(str, sorted(of_flag["year"])))
        subject = (
            f"{countries.name(str(country))}'s ranks, shares and concentration of {listed_years}"
        )
        sentences.append(f"{subject} need care: {reason}.")
    return sentences


def concentration(rows: pd.DataFrame, country: str) -> str:
    """Write as over how many equal partners the exports of a country are spread.

    Parameters
    ----------
    rows
        Of `trade.concentration`, of one or several countries.
    country
        ISO3 code.
    """
    exports = rows[(rows["country"] == country) & (rows["flow"] == "exports")].tail(1)
    known = [
        f"as if spread evenly over {1 / row['hhi']:.0f} partners ({row['year']})"
        for row in exports.to_dict("records")
    ]
    return f"Concentration of {countries.name(country)}'s exports: {listed(known or ['not known'])}"


def composition(mix: pd.DataFrame) -> str:
    """Write the largest section of the last year.

    Parameters
    ----------
    mix
        Of `trade.sections`, exports and imports, with the column direction (who sells to whom).
    """
    top = _row(mix[mix["year"] == mix["year"].max()].nlargest(1, "value_usd"))
    share = percent(top["share"], 0)
    return (
        f"{top['section_name']} made {share} of what went from {top['direction']} in {top['year']}"
    )


def complementarity(fits: pd.DataFrame) -> list[str]:
    """Write how well what one side sells fits what the other buys, for the last year.

    Parameters
    ----------
    fits
        Of `trade.complementarity`.
    """
    return [
        f"What {countries.name(row['exporter'])} sells to the world matched what "
        f"{countries.name(row['importer'])} buys from it to {percent(row['complementarity'], 0)} "
        f"in {row['year']} (Michaely's index)."
        for row in fits.groupby("exporter").tail(1).to_dict("records")
    ]


def largest_flow(flows: pd.DataFrame) -> str:
    """Write the largest flow among the states compared.

    Parameters
    ----------
    flows
        Of `trade.intra_trade`, one year and one set of books.
    """
    top = _row(flows.nlargest(1, "value_usd"))
    route = f"{countries.name(top['exporter'])} to {countries.name(top['importer'])}"
    amount = usd(top["value_usd"])
    return f"{route} was the largest flow among the Turkic states in {top['year']}: {amount}"


def pillars(shares: pd.DataFrame) -> str:
    """Write which two states take the largest part in the trade among the states compared.

    Parameters
    ----------
    shares
        Of `trade.member_shares`, one year.
    """
    first, second = shares.nlargest(2, "share").to_dict("records")
    parts = {
        countries.name(row["country"]): percent(2 * row["share"], 0) for row in (first, second)
    }
    (one, of_one), (other, of_other) = parts.items()
    trade = f"the trade among the Turkic states in {first['year']}"
    return f"{one} took part in {of_one} of {trade}, {other} in {of_other}"


def gravity(summary: pd.DataFrame, country: str, partner: str) -> str:
    """Write the range of observed over predicted trade for both directions.

    Parameters
    ----------
    summary
        Of `trade.gravity`.
    country, partner
        ISO3 codes.
    """
    names = countries.name(country), countries.name(partner)
    directions = {"exports": " to ".join(names), "imports": " to ".join(names[::-1])}
    ranges = "; ".join(
        f"{directions[row['flow']]} {row['ratio_low']:.1f} to {row['ratio_high']:.1f} times "
        f"({READINGS[row['reading']]})"
        for row in summary.to_dict("records")
    )
    return f"Against what size and distance suggest: {ranges}"


def window(summary: pd.DataFrame) -> str:
    """Write the years of a comparison with the gravity model, as an insertion; may be empty."""
    if summary.empty:
        return ""
    return f", {years(summary['first_year'].min(), summary['last_year'].max())}"


def stated_investment(said: pd.DataFrame) -> str:
    """Write the range of the cumulative sums stated for one direction, the one stated most often.

    Parameters
    ----------
    said
        Of `trade.stated_investment`.
    """
    totals = said[said["kind"] == "cumulative"]
    if totals.empty:
        return "What was stated about investment"
    sizes = totals.groupby(["investor", "host"], as_index=False).size()
    most = _row(sizes.nlargest(1, "size"))
    investor, host = most["investor"], most["host"]
    values = totals[(totals["investor"] == investor) & (totals["host"] == host)]["value"]
    direction = f"investment of {countries.name(investor)} in {countries.name(host)}"
    return f"Stated cumulative {direction} runs from {usd(values.min())} to {usd(values.max())}"


def investor_ranks(ranked: pd.DataFrame, country: str, partner: str) -> list[str]:
    """Write where one side stands among the sources of direct investment in the other.

    Parameters
    ----------
    ranked
        Of `trade.investor_ranks`.
    country, partner
        ISO3 codes; where neither is a host, nothing is written.
    """
    investors = {country: partner, partner: country}
    sentences: list[str] = []
    for (host, period, speaker), rows in ranked.groupby(["host", "period", "speaker"]):
        if host not in investors:
            continue
        investor = investors[str(host)]
        of_investor = rows[rows["investor"] == investor]["rank"]
        if of_investor.empty and len(rows) == 1:
            continue  # a single rank is no list
        name = countries.name(investor)
        words = f"is not among the {len(rows)} listed"
        if len(of_investor):
            words = f"stood {ordinal(of_investor.iloc[0])}"
        sources = f"among the sources of gross direct investment in {countries.name(str(host))}"
        sentences.append(f"{name} {words} {sources} in {period} ({speaker}).")
    return sentences


def oil(production: pd.DataFrame) -> str:
    """Write how much oil each state produced in the last year it has.

    Parameters
    ----------
    production
        Columns iso3, year, value (tonnes).
    """
    ends = production.groupby("iso3", sort=False).tail(1)
    return "; ".join(
        f"{countries.name(row['iso3'])} produced {count(row['value'], 'tonnes')} of oil "
        f"in {row['year']}"
        for row in ends.to_dict("records")
    )


def cargo(transit: pd.DataFrame) -> str:
    """Write the cargo of the last year, and of the year with the most.

    Parameters
    ----------
    transit
        Columns year, cargo_tonnes.
    """
    now, most = _row(transit, -1), _row(transit.nlargest(1, "cargo_tonnes"))
    title = f"The Middle Corridor carried {count(now['cargo_tonnes'], 'tonnes')} in {now['year']}"
    if most["year"] != now["year"]:
        title += f"; the most was {count(most['cargo_tonnes'], 'tonnes')} in {most['year']}"
    return title


def period(rows: pd.DataFrame) -> str:
    """Write the first and the last year of some rows."""
    return years(rows["year"].min(), rows["year"].max())


def _row(rows: pd.DataFrame, place: int = 0) -> dict[Any, Any]:
    """Give one row with the types of its columns: a Series would turn years into floats."""
    return rows.to_dict("records")[place]


def _names(row: dict[Any, Any]) -> tuple[str, str]:
    return countries.name(row["country"]), countries.name(row["partner"])
