"""Titles and findings of the defense notebook: sentences with conditions, written from frames.

A title of rows that are empty is an empty text, a finding without a basis is left out.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from turkic_ties import countries
from turkic_ties.words import (
    capital,
    count,
    country_in_sentence,
    listed,
    number,
    ordinal,
    percent,
    usd,
    years,
)

STAGES = {
    "delivered": "delivered",
    "partly delivered": "partly delivered",
    "delivered, order unknown": "delivered (size of the order unknown)",
    "ordered": "ordered and not delivered",
    "selected": "selected but not ordered",
}
"""How the stages of `defense.deals_between` are written in a title."""

SEEN = 0.01
"""A bar below this part of the highest one cannot be seen."""

RECENT = 5
"""A figure older than this, in years, is not put beside a newer one."""

FEW_STEPS = 2
"""So many steps are a table, not a chart."""

GRADES = ("high", "medium", "low")


def tiv(millions: float) -> str:
    """Write a volume of arms.

    Examples
    --------
    >>> tiv(1234.5), tiv(12.34)
    ('1,234 million TIV', '12.3 million TIV')
    """
    return f"{number(millions, 0 if millions >= 100 else 1)} million TIV"


def number_in_words(value: int) -> str:
    """Write a small number as a word.

    Examples
    --------
    >>> number_in_words(6), number_in_words(30)
    ('six', '30')
    """
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return small[value] if value < len(small) else str(value)


NUMBER_OF_STATES = number_in_words(len(countries.MEMBERS))

STEPS_SUBTITLE = (
    "By kind of step; a grey bar spans the days on which a step may have happened, where only "
    "month or year is known"
)
SPENDING_ALT = (
    "Lines of military expenditure, one panel per state, at prices of the year and at constant "
    "prices."
)
DEALS_ALT = "One row per deal, with a ring in the year of order and dots in the years of delivery."
BURDEN_ALT = (
    f"Lines of military expenditure as a share of GDP in the {NUMBER_OF_STATES} states, with a "
    "mark for how sure each figure is."
)
SPREAD_ALT = (
    "The spread of distances in votes over time with its interval, and for each state compared."
)
ARSENALS_SUBTITLE = (
    "Warheads, log scale. Filled: whole military stockpile; hollow: strategic warheads only, "
    "under Russian control; ?: a weak source"
)


def span(window: int) -> str:
    """Write the length of a window.

    Examples
    --------
    >>> span(5), span(1)
    ('5 years', '1 year')
    """
    return f"{window} years" if window > 1 else "1 year"


def counted(number_of: int, noun: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> counted(1, "deal"), counted(8, "deal")
    ('1 deal', '8 deals')
    """
    return f"{number_of} {noun}{'' if number_of == 1 else 's'}"


def capital_name(iso3: str) -> str:
    """Write the name of a country at the beginning of a sentence.

    Examples
    --------
    >>> capital_name("USA")
    'The United States'
    """
    return capital(country_in_sentence(iso3))


def slug(iso3: str) -> str:
    """Write the name of a country as a part of an identifier.

    Examples
    --------
    >>> slug("USA")
    'united_states'
    """
    return countries.name(iso3).lower().replace(" ", "_")


def supplier_name(supplier: str) -> str:
    """Write a supplier in a legend; "other" is all that have no colour."""
    return "Other suppliers" if supplier == "other" else countries.name(supplier)


def _window(row: Mapping[str, Any] | pd.Series[Any]) -> str:
    return years(row["window_start"], row["window_end"])


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows one by one, with whole numbers left whole."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


# -- deliveries ---------------------------------------------------------------------------------


def suppliers(totals: pd.DataFrame, followed: pd.DataFrame, country: str, partner: str) -> str:
    """Say who supplied most in the last window with a known supplier, and what the partner did.

    Parameters
    ----------
    totals
        `defense.supplier_concentration`.
    followed
        `defense.partner_share`, with the same windows.
    """
    named = totals.dropna(subset="top_supplier")
    if named.empty:
        return ""
    last = _records(named)[-1]
    top = last["top_supplier"]
    received = f"the major arms {countries.name(country)} received in {_window(last)}"
    if last["suppliers"] == 1:
        return f"{capital_name(top)} supplied all of {received}"
    sentence = f"{capital_name(top)} supplied {percent(last['top_share'])} of {received}"
    if top == partner:
        return f"{sentence}, more than any other"
    theirs = _records(followed[followed["window_end"] == last["window_end"]])[0]
    share = percent(theirs["share"]) if theirs["share"] else "nothing"
    return f"{sentence}, {countries.name(partner)} {share}"


def no_supplier(country: str, period: str, window: int, too_short: bool, covered: str) -> str:
    """Say why no window shows a supplier."""
    reason = "is too short for" if too_short else "holds no delivery of a known supplier in"
    return (
        f"{period} {reason} a window of {span(window)} for {countries.name(country)} "
        f"(SIPRI's arms transfers, {covered})."
    )


def concentration(totals: pd.DataFrame) -> list[str]:
    """Say how concentrated suppliers were in the last window, and in the first."""
    known = totals.dropna(subset="hhi")
    if known.empty:
        return []
    records = _records(known)
    old = records[0]
    now = records[-1]
    sentence = (
        "The concentration of suppliers (Herfindahl–Hirschman index, 1 for a single one) was "
        f"{number(now['hhi'])} in {_window(now)}, the same as with {number(1 / now['hhi'], 1)} "
        "suppliers of equal size"
    )
    if len(known) > 1:
        sentence += f"; in {_window(old)} it was {number(old['hhi'])}"
    if now["unknown_share"] > 0:
        unknown = percent(now["unknown_share"])
        return [f"{sentence}. Unnamed suppliers, {unknown} of the volume, count as one."]
    return [f"{sentence}."]


def largest_share(followed: pd.DataFrame, country: str, partner: str, window: int) -> list[str]:
    """Say when the partner's share was largest, or that it delivered nothing."""
    name = countries.name(partner)
    supplied = followed[followed["tiv"] > 0]
    if supplied.empty:
        nothing = f"{name} delivered no major arms to {countries.name(country)} in any window"
        return [f"{nothing} of {span(window)}."] if len(followed) else []
    if len(followed) == 1:
        return []
    best = _records(supplied[supplied["share"] == supplied["share"].max()])[-1]
    place = "the largest supplier" if best["rank"] == 1 else f"{ordinal(best['rank'])} by size"
    empty = (followed["tiv"] == 0).sum()
    return [
        f"{name}'s largest share in a window of {span(window)} was {percent(best['share'])} "
        f"({_window(best)}, {place}); windows without a delivery from it: {empty} of "
        f"{len(followed)}."
    ]


def single_years(yearly: pd.DataFrame, country: str, period: str) -> str:
    """Say how much of all deliveries the largest year has, and how many years have none."""
    if yearly.empty:
        return ""
    name = countries.name(country)
    received = yearly["imports_tiv"].sum()
    empty = int((yearly["imports_tiv"] == 0).sum())
    if len(yearly) - empty == 1:
        only = yearly.loc[yearly["imports_tiv"] > 0, "year"].iloc[0]
        others = f", in no other year of {period}" if empty else ""
        return f"{name} received {tiv(received)} in {only}{others}"
    top = _records(yearly.sort_values("imports_tiv", ascending=False, kind="stable"))[0]
    share = percent(top["imports_tiv"] / received, 0)
    none = f"; in {counted(empty, 'year')} SIPRI records nothing" if empty else ""
    return f"{top['year']} accounts for {share} of what {name} received in {period}{none}"


def too_small_to_see(yearly: pd.DataFrame) -> pd.DataFrame:
    """Choose the years whose deliveries are too small for a bar that can be seen."""
    volumes = yearly["imports_tiv"]
    chosen: pd.DataFrame = yearly[(volumes > 0) & (volumes < SEEN * volumes.max())]
    return chosen


def weight(shares: pd.DataFrame, partner: str) -> str:
    """Say what the partner supplied to each state in the last window.

    Parameters
    ----------
    shares
        `defense.partner_share_by_member`, rows with a share.
    """
    if shares.empty:
        return ""
    last = shares[shares["window_end"] == shares["window_end"].max()]
    last = last.sort_values("share", ascending=False, kind="stable")
    supplier = countries.name(partner)
    period = _window(last.iloc[0])
    supplied = _records(last[last["share"] > 0])
    if not supplied:
        return f"{supplier} supplied none of these states in {period}"
    some = [f"{countries.name(row['country'])} {percent(row['share'])}" for row in supplied]
    elsewhere = ", nothing elsewhere" if len(some) < len(last) else ""
    return f"{supplier}'s share of arms imports in {period}: {', '.join(some)}{elsewhere}"


def no_weight(partner: str, period: str, window: int) -> str:
    """Say that the partner supplied no state of the collection."""
    return (
        f"In {period} no window of {span(window)} holds arms from {countries.name(partner)} to "
        f"another of the {NUMBER_OF_STATES} states, as SIPRI records them."
    )


# -- deals --------------------------------------------------------------------------------------


def stages(deals: pd.DataFrame) -> str:
    """Count deals by stage.

    Examples
    --------
    >>> stages(pd.DataFrame({"stage": ["ordered", "delivered", "ordered"]}))
    '1 delivered and 2 ordered and not delivered'
    """
    numbers = deals["stage"].value_counts()
    parts = [f"{numbers[stage]} {text}" for stage, text in STAGES.items() if stage in numbers]
    return listed(parts) if parts else ""


def deals(rows: pd.DataFrame, country: str, partner: str) -> str:
    """Count the deals in which the partner supplies the country, by stage."""
    pair = f"{countries.name(partner)} supplies {countries.name(country)}"
    return f"{counted(len(rows), 'deal')} in which {pair}: {stages(rows)}"


def no_deal(
    arms_deals: pd.DataFrame, country: str, partner: str, order_years: tuple[int, int], period: str
) -> str:
    """Say that the register has no deal of a pair, and how many with all suppliers."""
    all_deals = arms_deals[arms_deals["recipient"] == country]
    number_of = all_deals["order_year"].between(*order_years).sum() or "none"
    return (
        f"The extract of SIPRI's register here lists no deal of {period} in which "
        f"{countries.name(partner)} supplies {countries.name(country)}; "
        f"with all suppliers it lists {number_of}."
    )


def delivered_volume(rows: pd.DataFrame) -> str:
    """Sum what has been delivered under some deals."""
    volume = tiv(rows["tiv_delivered"].sum())
    return (
        f"What has been delivered under these deals comes to {volume}. What is selected or on "
        "order is not in it, nor in any sum above."
    )


def received(imports: pd.DataFrame) -> str:
    """List what states received in a window, the most first.

    Parameters
    ----------
    imports
        Columns country and imports_tiv (million TIV), one row per state.

    Examples
    --------
    >>> received(pd.DataFrame({"country": ["KGZ", "KAZ"], "imports_tiv": [72.75, 1086.54]}))
    'Kazakhstan 1,087 and Kyrgyzstan 73'
    """
    largest_first = imports.sort_values("imports_tiv", ascending=False, kind="stable")
    return listed(
        f"{countries.name(row['country'])} {row['imports_tiv']:,.0f}"
        for row in _records(largest_first)
    )


def register(rows: pd.DataFrame) -> pd.DataFrame:
    """Write deals as a table for readers.

    Parameters
    ----------
    rows
        `defense.deals_between`.
    """
    what = rows["designation"].str.cat(rows["description"], ", ")
    table = pd.DataFrame({"Order": as_sipri(rows, "order_year")})
    table["What"] = what + " (" + rows["status"].str.lower() + ")"
    table["Stage"] = rows["stage"]
    table["Ordered"] = as_sipri(rows, "number_ordered")
    table["Delivered"] = as_sipri(rows, "number_delivered")
    table["In"] = rows["delivery_years"].str.replace(";", " ")
    table["SIPRI's remark"] = rows["comments"]
    return table


def progress(deals: pd.DataFrame) -> pd.Series[str]:
    """Write units delivered of units ordered; a question mark where SIPRI gives no order."""
    ordered = deals["number_ordered"].astype("str").mask(deals["number_ordered"].isna(), "?")
    selected = deals["stage"].map({"selected": ", selected"}).fillna("").astype("str")
    return deals["number_delivered"].astype("str") + " of " + ordered + selected


def as_sipri(deals: pd.DataFrame, column: str) -> pd.Series[str]:
    """Write a number of the register as SIPRI does: estimates in parentheses, unknown as "?"."""
    text = deals[column].astype("str").mask(deals[column].isna(), "?")
    return text.mask(deals[f"{column}_estimated"], "(" + text + ")")


def arms_reports(reports: pd.DataFrame, country: str, partner: str) -> str:
    """Count what was said about arms, and what of it was denied or not ordered."""
    denied = int(reports["stage"].isin(["denied", "not ordered"]).sum())
    pair = f"{countries.name(country)} and {countries.name(partner)}"
    not_so = f", {denied} of them on something denied or not ordered" if denied else ""
    return f"{counted(len(reports), 'dated report')} on arms between {pair}{not_so}"


# -- military expenditure -----------------------------------------------------------------------


def last_figures(latest: pd.DataFrame, write: Callable[[Any], str], column: str) -> str:
    """Give the last figure of each state; one that ended long before the other is only dated.

    Parameters
    ----------
    latest
        One row per state, as they are written: iso3, year and the column.
    write
        How to write the figure.
    column
        The column of the figure.

    Examples
    --------
    >>> rows = pd.DataFrame({"iso3": ["AZE", "TKM"], "year": [2025, 1999], "usd": [5e9, 1e8]})
    >>> last_figures(rows, usd, "usd")
    "Azerbaijan $5 billion in 2025 (Turkmenistan's figures end in 1999)"
    """
    rows = _records(latest)
    newest = latest["year"].max()
    recent = [row for row in rows if newest - row["year"] <= RECENT]
    ended = [row for row in rows if newest - row["year"] > RECENT]
    one_year = len({row["year"] for row in recent}) == 1
    figures = [f"{countries.name(row['iso3'])} {write(row[column])}" for row in recent]
    if one_year:
        text = f"{listed(figures)} in {newest}"
    else:
        dated = zip(figures, recent, strict=True)
        text = listed(f"{figure} in {row['year']}" for figure, row in dated)
    ends = [f"{countries.name(row['iso3'])}'s figures end in {row['year']}" for row in ended]
    return f"{text} ({listed(ends)})" if ends else text


def burden(latest: pd.DataFrame) -> str:
    """Give the last share of GDP of each state.

    Parameters
    ----------
    latest
        One row per state, as they are written: iso3, year, share_of_gdp.
    """
    if latest.empty:
        return ""
    figures = last_figures(latest, percent, "share_of_gdp")
    return f"Military spending as a share of GDP: {figures}"


def no_burden(state: str, period: str, military_expenditure: pd.DataFrame) -> str:
    """Say that a state has no expenditure as a share of GDP in a period, and when it has any."""
    years = military_expenditure.loc[military_expenditure["iso3"] == state, "year"]
    known = f"lie within {years.min()}–{years.max()}" if len(years) else "are not in the table"
    return (
        f"No military expenditure of {countries.name(state)} as a share of GDP is given for "
        f"{period}; SIPRI's figures of it {known}."
    )


def ended_series(latest: pd.DataFrame) -> list[str]:
    """Say which series of expenditure end before the newest year.

    Parameters
    ----------
    latest
        One row per state: iso3, year.
    """
    newest = latest["year"].max()
    ended = latest[latest["year"] < newest].sort_values("year", ascending=False)
    if ended.empty:
        return []
    ends = listed(
        f"{countries.name(row['iso3'])}'s ends in {row['year']}" for row in _records(ended)
    )
    return [
        f"Not all series reach {newest}: {ends}. What is missing is unknown, not zero, so no "
        f"total of the {NUMBER_OF_STATES} can be formed."
    ]


def spending(current: pd.DataFrame) -> str:
    """Give the last expenditure of each state in current dollars.

    Parameters
    ----------
    current
        One row per state, as they are written: iso3, year, usd.
    """
    return f"Military spending: {last_figures(current, usd, 'usd')}" if len(current) else ""


def spending_subtitle(price_year: int, unit: float) -> str:
    """Explain the unit and the two kinds of dollars in the chart of expenditure."""
    name = "Billion" if unit == 1e9 else "Million"
    return (
        f"{name} US dollars, each state on its own scale; the title gives dollars of the year. "
        f"Constant dollars are at prices and rates of {price_year}. Marks as above"
    )


def withheld(dollars: pd.DataFrame) -> list[str]:
    """Say where constant dollars begin later than current ones.

    Parameters
    ----------
    dollars
        iso3, year, prices (``constant_usd`` or ``current_usd``).
    """
    begins = dollars.pivot_table(index="iso3", columns="prices", values="year", aggfunc="min")
    begins = begins.reindex(columns=["constant_usd", "current_usd"])
    late = begins[begins["constant_usd"] > begins["current_usd"] + 1]["constant_usd"]
    return [
        f"{countries.name(str(state))}'s spending at constant prices begins in {year:.0f} here; "
        "earlier years of that series are withheld, for the reason given under Sources."
        for state, year in late.items()
    ]


# -- events -------------------------------------------------------------------------------------


def steps(events: pd.DataFrame, country: str, partner: str) -> str:
    """Count the steps of a pair in the selection, and those they take with other states."""
    if events.empty:
        return ""
    period = years(events["earliest"].dt.year.min(), events["earliest"].dt.year.max())
    pair = f"{countries.name(country)} and {countries.name(partner)}"
    joint = int((events["countries"].str.count(";") > 1).sum())
    with_others = f", {joint} of them with other states" if joint else ""
    if joint == len(events):
        with_others = ", all with other states" if joint > 1 else ", with other states"
    return f"{counted(len(events), 'step')} of {pair} in our selection, {period}{with_others}"


def selection(events: pd.DataFrame, country: str, partner: str) -> str:
    """Say for which pair the table of events was collected, and what that means for this one."""
    pairs: Counter[tuple[str, ...]] = Counter()
    for states in events["countries"].str.split(";"):
        members = [member for member in countries.MEMBERS if member in states]
        pairs.update(itertools.combinations(members, 2))
    densest, number_of = pairs.most_common(1)[0]
    names = " and ".join(countries.name(iso3) for iso3 in densest)
    start = f"The table of events is a selection, collected for {names} ({number_of} entries)"
    if set(densest) == {country, partner}:
        return f"{start}: that something is missing proves nothing."
    pair_of = f"{countries.name(country)} and {countries.name(partner)}"
    return f"{start}. Steps of {pair_of} may be missing: it is no record of their relations."


def congresses(held: pd.DataFrame, intervals: pd.DataFrame) -> list[str]:
    """Count the congresses of religions and the years between them.

    Parameters
    ----------
    held
        Events, by date.
    intervals
        `defense.event_intervals` of them.
    """
    if intervals.empty:
        return []
    first, last = held["date"].iloc[[0, -1]]
    numbers = intervals["years"].value_counts().sort_index()
    spaced = listed(f"{times} of {gap} years" for gap, times in numbers.items())
    return [
        f"The Congress of Leaders of World and Traditional Religions met {len(held)} times from "
        f"{first} to {last}; intervals by calendar year: {spaced}."
    ]


def astana_talks(held: pd.DataFrame) -> list[str]:
    """Count the dated rounds of talks on Syria."""
    if held.empty:
        return []
    first = held["date"].iloc[0]
    last = held["date"].iloc[-1]
    period = f"from {first} to {last}" if first < last else f"in {first}"
    rounds = f"{counted(len(held), 'round')} with a dated page, {period}; there were others"
    return [f"Talks on Syria in the Astana format: {rounds}."]


# -- votes --------------------------------------------------------------------------------------


def covered_years(rows: pd.DataFrame) -> str:
    """Write the first and last year of some rows; an empty text where there are none."""
    if len(rows):
        return years(rows["year"].min(), rows["year"].max())
    return ""


def newest_comparison(rows: pd.DataFrame) -> pd.DataFrame:
    """Choose the last of the years in which the most states can be compared."""
    states = rows.groupby("year")["other"].nunique()
    newest = states.index[states == states.max()].max()
    chosen: pd.DataFrame = rows[rows["year"] == newest]
    return chosen


def no_votes(country: str, other: str, period: str, known: pd.Series[int]) -> str:
    """Say that two states have no year with enough common votes.

    Parameters
    ----------
    known
        Years in which the table has votes of the other state.
    """
    held = "the table has no votes of it"
    if len(known):
        held = f"the table has its votes of {known.min()}–{known.max()}"
    return (
        f"No year of {period} with enough common votes of {countries.name(country)} and "
        f"{country_in_sentence(other)} in the General Assembly; {held}."
    )


def votes(agreement: pd.DataFrame, country: str) -> str:
    """Give the agreement with each state in the newest comparison."""
    if agreement.empty:
        return ""
    rows = newest_comparison(agreement).sort_values("agreement", ascending=False, kind="stable")
    parts = [
        f"{percent(row['agreement'], 0)} with {country_in_sentence(row['other'])}"
        for row in _records(rows)
    ]
    year = rows["year"].iloc[0]
    return (
        f"{countries.name(country)}'s agreement in votes of the General Assembly in {year}: "
        + listed(parts)
    )


def agreement_change(line: pd.DataFrame, window: int) -> list[str]:
    """Compare the first and last years of votes with one state; they must not overlap."""
    if len(line) < 2 * window:
        return []
    other = capital_name(line["other"].iloc[0])
    length = span(window) if window > 1 else "year"
    ends = line.head(window), line.tail(window)
    first, last = (percent(rows["agreement"].mean()) for rows in ends)
    first_years, last_years = (covered_years(rows) for rows in ends)
    identical = listed(percent(rows["agreement_identical"].mean()) for rows in ends)
    return [
        f"{other}: agreement averaged {first} in the first {length} with votes ({first_years}) "
        f"and {last} in the last ({last_years}); counting identical votes only, {identical}."
    ]


def no_ideal_points(country: str, others: list[str], period: str, covered: str) -> str:
    """Say that no year places the country and one of the others."""
    states = listed(country_in_sentence(other) for other in others)
    return (
        f"No year of {period} places {countries.name(country)} and one of {states} on enough "
        f"votes; the ideal points span {covered}."
    )


def ideal_points(distances: pd.DataFrame, country: str) -> str:
    """Give the distance from each state in the newest comparison."""
    if distances.empty:
        return ""
    rows = newest_comparison(distances).sort_values("distance", kind="stable")
    parts = [
        f"{number(row['distance'])} from {country_in_sentence(row['other'])}"
        for row in _records(rows)
    ]
    year = rows["year"].iloc[0]
    return f"By ideal points {countries.name(country)} was {listed(parts)} in {year}"


def equal_distance(compared: pd.DataFrame, country: str) -> str:
    """Say with which power a state agreed most and least in a window, and the spread.

    Parameters
    ----------
    compared
        `defense.vote_dispersion` of one window, one row per state, with iso3.
    """
    own = compared[compared["iso3"] == country]
    if own.empty:
        return ""
    row = _records(own)[0]
    powers = []
    for end in ("nearest", "furthest"):
        agreement = percent(1 - row[f"{end}_distance"], 0)
        powers.append(f"with {country_in_sentence(row[end])} ({agreement})")
    agreed = f"{countries.name(country)} agreed most {' and least '.join(powers)}"
    return f"In {_window(row)} {agreed}: a spread of {number(row['dispersion'])}"


def spread_subtitle(powers: str, draws: int) -> str:
    """Explain the measure of equal distance."""
    return (
        f"Standard deviation of the distances (1 − agreement) from {powers}; 0 is equal distance; "
        f"band: 95% interval from {count(draws)} resamples of the roll calls"
    )


def spread_order(compared: pd.DataFrame, country: str) -> list[str]:
    """Say which states have a smaller spread, and whose intervals overlap with the country's."""
    own = compared[compared["iso3"] == country]
    rest = compared[compared["iso3"] != country]
    if own.empty or rest.empty:
        return []
    row = _records(own)[0]
    name = countries.name(country)
    smaller = rest[rest["dispersion"] < row["dispersion"]]["iso3"].map(countries.name)
    order = f"{name} had the smallest spread"
    if len(smaller):
        order = f"{listed(smaller)} had a smaller spread than {name}"
    above = rest["dispersion_low"] > row["dispersion_high"]
    below = rest["dispersion_high"] < row["dispersion_low"]
    apart = rest[above | below]["iso3"].map(countries.name)
    overlap = f"all but that of {listed(apart)}" if len(apart) else "all others"
    if len(apart) == len(rest):
        overlap = "none of the others"
    interval = f"{number(row['dispersion_low'])} to {number(row['dispersion_high'])}"
    return [
        f"Of the {len(compared)} states compared, {order}; its interval, {interval}, "
        f"overlaps with {overlap}."
    ]


def ideal_point_spread(spreads: pd.DataFrame) -> list[str]:
    """Give the spread of distances by ideal points in the last window."""
    if spreads.empty:
        return []
    row = _records(spreads)[-1]
    spread = number(row["dispersion"])
    if pd.notna(row["dispersion_low"]):
        interval = f"{number(row['dispersion_low'])} to {number(row['dispersion_high'])}"
        spread += f" (95% interval from resampling its years: {interval})"
    nearest = country_in_sentence(row["nearest"])
    furthest = country_in_sentence(row["furthest"])
    return [
        f"By ideal points the spread was {spread} in {_window(row)}, with {nearest} nearest and "
        f"{furthest} furthest; the scale is another than that of votes."
    ]


# -- arsenals -----------------------------------------------------------------------------------


def arsenals(by_location: pd.DataFrame, own: pd.DataFrame) -> str:
    """Say which place a state had by the warheads on its territory.

    Parameters
    ----------
    by_location
        `defense.arsenal_order` by location.
    own
        The row of the table for warheads on the country's territory, if there is one.
    """
    if own.empty:
        return ""
    iso3 = own["iso3"].iloc[0]
    year = own["year"].iloc[0]
    row = _records(by_location[by_location["iso3"] == iso3])[0]
    place = f"{ordinal(row['rank'])} of {len(by_location)} in {year}"
    warheads = f"{row['warheads']:,} {row['counted']} warheads"
    return (
        f"By location {countries.name(iso3)} was {place}, with {warheads}; by control it had none"
    )


def tactical_warheads(nuclear_warheads: pd.DataFrame) -> str:
    """Say for which states a count with tactical warheads exists."""
    known = nuclear_warheads.dropna(subset="warheads_with_tactical")
    states = listed(
        f"{country_in_sentence(row['iso3'])} ({row['warheads_with_tactical']:,} in all)"
        for row in _records(known)
    )
    return (
        "Of the states with weapons of another, a count that holds tactical warheads exists for "
        f"{states} alone."
    )


def disarmament(events: pd.DataFrame) -> str:
    """List the dated steps by which weapons left a state, by date."""
    first_letters = events["event"].str[0].str.lower()
    rest = events["event"].str[1:]
    parts = events["date"] + ", " + first_letters + rest
    return f"Dated steps away from these weapons: {'; '.join(parts)}."
