"""Titles and findings of the report on trade."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from turkic_ties import countries, words
from turkic_ties.measures.common import of_last_year
from turkic_ties.measures.trade import COVERAGE
from turkic_ties.words import (
    capital,
    count,
    country_in_sentence,
    listed,
    number,
    ordinal,
    percent,
    significant,
    years,
)

usd = partial(words.usd, fixed=True)

READINGS = {
    "below": "below normal",
    "above": "above normal",
    "not distinguishable": "may be normal",
}
"""How a range of observed over predicted trade reads."""

GROWTHS = {"growth_1y": "on the year before", "cagr_5y": "a year over five years"}
"""Over which time a rate of growth is taken."""

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


def turnover(series: pd.DataFrame, country: str, partner: str) -> str:
    """Write what the two sold each other in the last year with both flows, and in whose books.

    Parameters
    ----------
    series
        Of `trade.main_series`.
    country, partner
        ISO3 codes.
    """
    names = countries.name(country), countries.name(partner)
    if series.empty:
        return f"No statistics have both flows between {listed(names)} in one year"
    now = _row(series, -1)
    sold = usd(now["exports_usd"])
    bought = usd(now["imports_usd"])
    return (
        f"{names[0]} sold {names[1]} goods worth {sold} in {now['year']} "
        f"and bought goods worth {bought}, in {_books(now)}"
    )


def growth(change: pd.DataFrame) -> list[str]:
    """Write how turnover changed up to the last year, inside one series.

    Parameters
    ----------
    change
        Of `trade.growth` on a `trade.main_series` in current and constant dollars. What has no base
        is not written.
    """
    if change.empty:
        return []
    now = _row(change, -1)
    moves = []
    for column, span in GROWTHS.items():
        if pd.notna(now[column]):
            moves.append(f"{_moved(now[column])} {span}")
    verbs = [move.split()[0] for move in moves]
    if len(moves) == 2 and verbs[0] == verbs[1]:
        moves[1] = moves[1].removeprefix(f"{verbs[1]} ")
    sentences = []
    if moves:
        sentences.append(f"Turnover of {now['year']} in {_books(now)} {listed(moves)}.")
    return sentences + _in_constant_dollars(change)


def balance(series: pd.DataFrame) -> str:
    """Write who sold more in the last year, how much more, and in whose books.

    Parameters
    ----------
    series
        Of `trade.bilateral`, one row per year, with a balance.
    """
    now = _row(series, -1)
    sides = _names(now) if now["balance_usd"] > 0 else _names(now)[::-1]
    amount = usd(abs(now["balance_usd"]))
    share = percent(abs(now["normalised_balance"]), 0)
    return (
        f"In {now['year']} {sides[0]} sold {sides[1]} {amount} more than it bought, "
        f"{share} of turnover, in {_books(now)}"
    )


def gaps(asymmetry: pd.DataFrame) -> list[str]:
    """Write how far both sides' books differ in the last year of each flow.

    Parameters
    ----------
    asymmetry
        Of `trade.asymmetry`.
    """
    sentences = []
    for gap in asymmetry.groupby("flow").tail(1).to_dict("records"):
        country, partner = _names(gap)
        own = usd(gap["own_usd"])
        theirs = usd(gap["mirror_usd"])
        direction = "higher" if gap["asymmetry"] > 0 else "lower"
        difference = f"{direction} by {percent(abs(gap['asymmetry']))}"
        sentences.append(
            f"{country}'s statistics put its {gap['flow']} of {gap['year']}, the last year both "
            f"report, at {own}, {partner}'s statistics at {theirs}: {country}'s figure is "
            f"{difference} of the mean of both."
        )
    return sentences


def flagged_books(books: pd.DataFrame) -> list[str]:
    """Write which books of the pair are flagged, and why.

    Parameters
    ----------
    books
        Of `trade.bilateral`.
    """
    flagged = books[books["flag"] != ""]
    sentences = []
    for (_, flag), rows in flagged.groupby(["books", "flag"]):
        years_of_books = f"{_books(_row(rows))} of {spans(rows['year'])}"
        sentences.append(f"To be read with care: {years_of_books} ({flag}).")
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
    country = countries.name(ranked["country"].iloc[0])
    name = countries.name(iso3)
    where = f"in goods trade in {ranked['year'].iloc[0]}"
    rows = ranked[ranked["partner"] == iso3]
    if rows.empty:
        return f"{name} does not appear among {country}'s partners {where}"
    row = _row(rows)
    place = "largest" if row["rank"] == 1 else f"{ordinal(row['rank'])}-largest"
    return f"{name} was {country}'s {place}{_of_partners(row) or ' partner'} {where}"


def among(ranked: pd.DataFrame) -> pd.DataFrame:
    """Add among how many partners a rank is; missing where much of the trade is under no partner.

    Parameters
    ----------
    ranked
        Of `trade.ranks`.

    Examples
    --------
    >>> among(pd.DataFrame({"partners": [197, 193], "coverage": [1.0, 0.82]}))["among"].tolist()
    [197.0, nan]
    """
    return ranked.assign(among=ranked["partners"].where(ranked["coverage"] >= COVERAGE))


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


def rank(series: pd.DataFrame, country: str, partner: str) -> str:
    """Write the last and the best rank of a partner by turnover inside one series.

    Parameters
    ----------
    series
        Of `trade.main_series` on the rows of one partner and flow of `trade.ranks`.
    country, partner
        ISO3 codes.
    """
    country = countries.name(country)
    partner = countries.name(partner)
    if series.empty:
        return f"Rank of {partner} among {country}'s partners"
    now = _row(series, -1)
    best = series["rank"].min()
    books = {"own": f"{country}'s statistics", "mirror": "its partners' statistics"}
    place = f"{ordinal(now['rank'])}{_of_partners(now)}"
    title = f"{partner} ranked {place} by turnover in {now['year']}"
    title += f" in {books.get(now['books'], 'the reconciled model')}"
    if best == now["rank"]:
        return title
    in_years = [str(year) for year in series.loc[series["rank"] == best, "year"]]
    when = listed(in_years) if len(in_years) <= 3 else f"{len(in_years)} years"
    return f"{title}; its best rank since {series['year'].min()} was {ordinal(best)}, in {when}"


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
        subject = f"{countries.name(str(country))}'s ranks, shares and concentration"
        subject += f" of {spans(of_flag['year'])}"
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
    name = countries.name(country)
    exports = rows[(rows["country"] == country) & (rows["flow"] == "exports")]
    if exports.empty:
        return f"Concentration of trade partners; {name}'s exports are not allocated well enough"
    now = _row(exports, -1)
    partners = f"{1 / now['hhi']:.0f} partners"
    spread = f"spread evenly over {partners}" if now["hhi"] <= 2 / 3 else "sent to a single partner"
    return f"In {now['year']} {name}'s exports were as concentrated as if {spread}"


def composition(mix: pd.DataFrame) -> str:
    """Write the largest section of the last year, of flows that the matrix covers well.

    Parameters
    ----------
    mix
        Of `trade.sections`, exports and imports, with the columns direction (who sells to whom) and
        comparable (see `trade.section_coverage`).
    """
    year = mix["year"].max()
    known = mix[(mix["year"] == year) & mix["comparable"]]
    if known.empty:
        return f"Goods traded by section up to {year}, as far as UNCTAD's matrix holds them"
    top = _row(known.nlargest(1, "value_usd"))
    share = percent(top["share"], 0)
    return f"{top['section_name']} made {share} of what went from {top['direction']} in {year}"


def complementarity(fits: pd.DataFrame) -> list[str]:
    """Write how well what one side sells fits what the other buys, for the last year.

    Parameters
    ----------
    fits
        Of `trade.complementarity`.
    """
    sentences = []
    for row in fits.groupby("exporter").tail(1).to_dict("records"):
        exporter = countries.name(row["exporter"])
        importer = countries.name(row["importer"])
        index = percent(row["complementarity"], 0)
        sentences.append(
            f"What {exporter} sells to the world matched what {importer} buys from the world to "
            f"{index} in {row['year']} (Michaely's index)."
        )
    return sentences


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
    ranges = []
    for row in summary.to_dict("records"):
        ratio = f"{directions[row['flow']]} {times(row['ratio_low'], row['ratio_high'])}"
        ranges.append(f"{ratio} ({READINGS[row['reading']]})")
    return f"Trade against what size and distance suggest: {'; '.join(ranges)}"


def window(summary: pd.DataFrame) -> str:
    """Write the years a comparison with the gravity model covers; empty without rows."""
    if summary.empty:
        return ""
    return years(summary["first_year"].min(), summary["last_year"].max())


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
    investor = most["investor"]
    host = most["host"]
    values = totals[(totals["investor"] == investor) & (totals["host"] == host)]["value"]
    direction = f"investment of {countries.name(investor)} in {countries.name(host)}"
    low = words.usd(values.min())
    high = words.usd(values.max())
    return f"Stated cumulative {direction} runs from {low} to {high}"


def investor_ranks(ranked: pd.DataFrame, country: str, partner: str) -> list[str]:
    """Write where one side stands among the sources of direct investment in the other.

    Parameters
    ----------
    ranked
        Of `trade.investor_ranks`.
    country, partner
        ISO3 codes; where neither is a host, nothing is written.
    """
    sentences: list[str] = []
    for host, investor in ((country, partner), (partner, country)):
        of_host = ranked[ranked["host"] == host]
        source = f"sources of gross direct investment in {countries.name(host)}"
        for (period, speaker), rows in of_host.groupby(["period", "speaker"]):
            name = countries.name(investor)
            place = rows[rows["investor"] == investor]["rank"]
            if len(place):
                standing = f"ranked {ordinal(place.iloc[0])} among the {source} in {period}"
            elif len(rows) > 1:
                standing = f"is not among the {len(rows)} largest {source} listed for {period}"
            else:
                continue  # a single rank is no list
            sentences.append(f"{name} {standing} ({speaker}).")
    return sentences


def oil(production: pd.DataFrame) -> str:
    """Write how much oil each state produced in the last year it has.

    Parameters
    ----------
    production
        Columns iso3, year, value (tonnes).
    """
    ends = production.groupby("iso3", sort=False).tail(1)
    texts = []
    for row in ends.to_dict("records"):
        amount = count(row["value"], "tonnes")
        texts.append(f"{countries.name(row['iso3'])} produced {amount} of oil in {row['year']}")
    return "; ".join(texts)


def cargo(transit: pd.DataFrame) -> str:
    """Write the cargo of the last year, and of the year with the most.

    Parameters
    ----------
    transit
        Columns year, cargo_tonnes.
    """
    now = _row(transit, -1)
    most = _row(transit.nlargest(1, "cargo_tonnes"))
    title = f"The Middle Corridor carried {count(now['cargo_tonnes'], 'tonnes')} in {now['year']}"
    if len(transit) > 1 and most["year"] == now["year"]:
        title += f", the most since {transit['year'].min()}"
    elif most["year"] != now["year"]:
        title += f"; the most was {count(most['cargo_tonnes'], 'tonnes')} in {most['year']}"
    return title


def period(rows: pd.DataFrame) -> str:
    """Write the first and the last year of some rows."""
    return years(rows["year"].min(), rows["year"].max())


def peak(series: pd.DataFrame) -> list[str]:
    """Write the turnover of the last year, and the highest since the series begins.

    Parameters
    ----------
    series
        Of `trade.main_series`; nothing is written without rows.
    """
    if series.empty:
        return []
    now = _row(series, -1)
    highest = _row(series.nlargest(1, "turnover_usd"))
    text = f"In {_books(now)} turnover was {usd(now['turnover_usd'])} in {now['year']}"
    since = f"the highest since {series['year'].min()}"
    if len(series) == 1:
        return [f"{text}."]
    if highest["year"] == now["year"]:
        return [f"{text}, {since}."]
    return [f"{text}; {since} was {usd(highest['turnover_usd'])} in {highest['year']}."]


def _in_constant_dollars(change: pd.DataFrame) -> list[str]:
    """Write the highest turnover in constant dollars, where it is not that of the last year."""
    rows = change.dropna(subset="turnover_constant_usd")
    if len(rows) < 2:
        return []
    now = _row(rows, -1)
    highest = _row(rows.nlargest(1, "turnover_constant_usd"))
    unit = f"In dollars of {now['base_year']} (US consumer prices)"
    since = f"the highest turnover since {rows['year'].min()}"
    value = usd(highest["turnover_constant_usd"])
    if highest["year"] == now["year"]:
        return [f"{unit} {since} is that of {now['year']}, {value}."]
    last = usd(now["turnover_constant_usd"])
    text = f"{unit} {since} was {value} in {highest['year']}"
    if now["year"] == now["base_year"]:
        return [f"{text}."]
    return [f"{text}; in {now['year']} it was {last}."]


def spans(single_years: pd.Series[int]) -> str:
    """Write years, those that follow one another as a span.

    Examples
    --------
    >>> spans(pd.Series([2008, 2010, 2009, 2015]))
    '2008–2010 and 2015'
    """
    ordered = single_years.drop_duplicates().sort_values()
    runs = ordered.groupby((ordered.diff() != 1).cumsum())
    return listed(years(run.min(), run.max()) for _, run in runs)


def difference(asymmetry: float) -> str:
    """Write a difference of two figures with its direction, for a card.

    Examples
    --------
    >>> difference(-0.239), difference(0.1)
    ('23.9% lower', '10.0% higher')
    """
    return f"{percent(abs(asymmetry))} {'higher' if asymmetry > 0 else 'lower'}"


def composition_coverage(coverage: pd.DataFrame) -> list[str]:
    """Write how much of each flow of the last year UNCTAD's matrix holds.

    Parameters
    ----------
    coverage
        Of `trade.section_coverage`.
    """
    last = of_last_year(coverage)
    flows = last[last["flow"] != "turnover"]
    sentences = []
    for row in flows.to_dict("records"):
        sides = _names(row) if row["flow"] == "exports" else _names(row)[::-1]
        held = usd(row["unctad_usd"])
        text = f"For {' to '.join(sides)} in {row['year']} UNCTAD's matrix holds {held}"
        if pd.isna(row["ratio"]):
            sentences.append(f"{text}; BACI has no figure to hold it against.")
            continue
        text += f", {percent(row['ratio'], 0)} of the {usd(row['baci_usd'])} in BACI"
        warning = "" if row["comparable"] else ": too far off for its shares to be key figures"
        sentences.append(f"{text}{warning}.")
    return sentences


def not_comparable(coverage: pd.DataFrame) -> str:
    """Write why UNCTAD's matrix gives no key figure, in the place of a card's period.

    Parameters
    ----------
    coverage
        Of `trade.section_coverage`, the rows of one flow.
    """
    if coverage.empty:
        return "no record in this period"
    last = _row(coverage, -1)
    if pd.isna(last["ratio"]):
        return f"{last['year']}: no figure of BACI to hold UNCTAD's against"
    return f"{last['year']}: UNCTAD's matrix does not match BACI"


def no_composition(matrix_years: list[int], start: int, end: int) -> str:
    """Write why no composition is shown: no year of the matrix in the period, or no trade in it.

    Parameters
    ----------
    matrix_years
        Years of the matrix.
    start, end
        First and last year of the report.
    """
    inside = [str(year) for year in matrix_years if start <= year <= end]
    if inside:
        return f"UNCTAD's matrix records no trade of the pair in {listed(inside)}."
    known = listed(map(str, matrix_years))
    return f"UNCTAD's matrix has the years {known}, none of them in {years(start, end)}."


def advantage(rows: pd.DataFrame, country: str, partner: str) -> str:
    """Write in which section each side is most specialised.

    Parameters
    ----------
    rows
        Of `trade.revealed_advantage`, one year of both sides.
    country, partner
        ISO3 codes.
    """
    parts = []
    for iso3 in (country, partner):
        of_state = rows[rows["country"] == iso3].dropna(subset="rca")
        if len(of_state):
            top = _row(of_state.nlargest(1, "rca"))
            section = top["section_name"][:1].lower() + top["section_name"][1:]
            parts.append(f"{countries.name(iso3)} in {section} ({number(top['rca'], 1)} times)")
    return f"Highest specialisation in {rows['year'].max()}: {'; '.join(parts)}"


def times(low: float, high: float) -> str:
    """Write a range of ratios.

    Examples
    --------
    >>> times(1.84, 3.02), times(0.042, 0.6), times(0.1, 0.1)
    ('1.8–3.0 ×', '0.042–0.6 ×', '0.1 ×')
    """
    bounds = [number(value, 1) if value >= 1 else significant(value, 2) for value in (low, high)]
    return f"{'–'.join(dict.fromkeys(bounds))} ×"


def dollar_unit(values: pd.Series[float]) -> tuple[float, str]:
    """Choose the unit of an axis: the factor and its name in a subtitle.

    Examples
    --------
    >>> dollar_unit(pd.Series([7.7e7, 1e5]))
    (1000000.0, 'Million current US dollars')
    """
    for factor, name in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if values.max() >= factor:
            return factor, f"{capital(name)} current US dollars"
    return 1.0, "Current US dollars"


def _books(row: dict[Any, Any]) -> str:
    """Name whose books a row of a pair is from."""
    country, partner = _names(row)
    names = {"own": f"{country}'s statistics", "mirror": f"{partner}'s statistics"}
    return names.get(row["books"], "the reconciled model")


def _of_partners(row: dict[Any, Any]) -> str:
    """Say among how many partners a rank is; see `among`."""
    return f" of {row['partners']} partners" if row["coverage"] >= COVERAGE else ""


def _moved(rate: float) -> str:
    return f"{'rose' if rate >= 0 else 'fell'} by {percent(abs(rate))}"


def _row(rows: pd.DataFrame, place: int = 0) -> dict[Any, Any]:
    """Give one row with the types of its columns: a Series would turn years into floats."""
    return rows.to_dict("records")[place]


def _names(row: dict[Any, Any]) -> tuple[str, str]:
    return countries.name(row["country"]), countries.name(row["partner"])
