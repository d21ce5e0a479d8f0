"""Guards: a new table is held against the one of before; each has a name, a value and a limit.

`form`, `codes`, `corrections` and an unanswered question cannot be accepted: the table would not
load. The others may be let pass once, by a person who gives a reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from turkic_ties.countries import MEMBERS
from turkic_ties.data import packages, tables
from turkic_ties.data.packages import DataError
from turkic_ties.refresh.diff import Diff, newest_year
from turkic_ties.refresh.rows import Change
from turkic_ties.refresh.sources import Limits, Source

NO_STATE = ("WLD", "XXX")
"""The codes of the tables for the world and for what is not allocated to a state."""

SAME_UNIT = (0.98, 1.02)
SAME_UNIT_ESTIMATED_ANEW = (0.5, 2.0)
"""Bounds of the median of new over old values; the wider ones for series estimated as a whole."""

BOOKS_DIFFER = (0.5, 2.0)
"""Beyond these two sources of one flow are named; books do differ, so nothing stops."""

ACCEPTABLE = (
    "whole", "edition", "rows", "lost", "newest", "revised", "unit", "sign", "range", "total",
    "left_out", "licence",
)  # fmt: skip
TIME_COLUMNS = ("year", "date", "order_year")


@dataclass(frozen=True)
class Check:
    """What one guard measured; ``text`` says which figure and which limit where it stops."""

    guard: str
    value: float
    limit: float
    text: str = ""

    @property
    def stops(self) -> bool:
        """Whether the table stays as it is."""
        return bool(self.text)


def measure(
    change: Change,
    diff: Diff,
    source: Source,
    today: date,
    totals: pd.DataFrame | None = None,
    licence: str | None = None,
    published: str | None = None,
) -> list[Check]:
    """Measure all guards of a table.

    Parameters
    ----------
    change, diff
        From `turkic_ties.refresh.rows.change` and `turkic_ties.refresh.diff.between`.
    source
        The entry of refresh.yml, with the limits.
    today
        No observation may be of a later year.
    totals
        What the publisher prints as totals, see `turkic_ties.refresh.source`.
    licence, published
        The licence and the date the answers state, if any.
    """
    limits = source.limits
    described = packages.resource(change.address)["sources"]
    before = next((each for each in described if each["name"] in change.sources), None)
    checks = [*_edition(before, licence, published)] if before else []
    checks += [_codes(change), _rows(change, limits)]
    checks += _lost(change, limits)
    checks.append(_newest(change, today))
    checks += _revised(diff, limits)
    checks += _unit(diff, limits)
    checks += _range(change)
    checks += _totals(change, limits, totals)
    checks += _left_out(change, source)
    checks.append(_corrections(change))
    return checks


def _stop(guard: str, value: float, limit: float, stops: bool, text: str) -> Check:
    return Check(guard, value, limit, text if stops else "")


def _codes(change: Change) -> Check:
    """Every three-letter code is a state of countries.csv, or was in the table before."""
    known = {*tables.load("countries")["iso3"], *NO_STATE}
    codes = set()
    for field in packages.resource(change.address)["schema"]["fields"]:
        if field.get("constraints", {}).get("pattern") == "[A-Z]{3}":
            known |= set(change.before[field["name"]].dropna())
            codes |= set(change.after[field["name"]].dropna())
    unknown = sorted(codes - known)
    text = f"{', '.join(unknown[:5])} is in no row of countries.csv"
    return _stop("codes", len(unknown), 0, bool(unknown), text)


def _rows(change: Change, limits: Limits) -> Check:
    was = len(change.before)
    now = len(change.after)
    kept = now / was if was else 1.0
    text = f"{now:,} rows after {was:,}, {kept:.1%} of them; at least {limits.rows_kept:.0%}"
    return _stop("rows", kept, limits.rows_kept, kept < limits.rows_kept, text)


def _lost(change: Change, limits: Limits) -> Iterable[Check]:
    """No state, series or partner is gone, and none lost its newest year."""
    lost: list[str] = []
    time = next((name for name in TIME_COLUMNS if name in change.before), None)
    for column in change.key:
        if column in TIME_COLUMNS or not pd.api.types.is_string_dtype(change.before[column]):
            continue
        counts = change.before[column].value_counts()
        there = set(change.after[column])
        many = counts[counts >= limits.lost_rows].index
        lost += [f"{column} {value}" for value in sorted(many) if value not in there]
        if time is None:
            continue
        newest = change.before.groupby(column)[time].max()
        now = change.after.groupby(column)[time].max()
        both = newest.index.intersection(now.index)
        # Where no year is left at all, the newest one is gone too.
        is_earlier = (now[both] < newest[both]).fillna(True).to_numpy(bool)
        for value in sorted(both[is_earlier]):
            last = (change.before[column] == value) & (change.before[time] == newest[value])
            if last.sum() >= limits.lost_rows:
                lost.append(f"{time} {newest[value]} of {column} {value}")
    text = f"{'; '.join(lost[:5])} is gone"
    yield _stop("lost", len(lost), 0, bool(lost), text)


def _newest(change: Change, today: date) -> Check:
    was = newest_year(change.before)
    now = newest_year(change.after)
    stops, text = False, ""
    if now is not None and now > today.year:
        stops = True
        text = f"newest year {now} is after {today.year}"
    elif was is not None and (now is None or now < was):
        stops = True
        text = f"newest year {was} is gone, the newest is {now}"
    return _stop("newest", float(now or 0), float(was or 0), stops, text)


def _revised(diff: Diff, limits: Limits) -> Iterable[Check]:
    if limits.rank_correlation is not None:
        for column, pairs in diff.pairs.groupby("column"):
            agree = pairs["before"].rank().corr(pairs["after"].rank())
            agree = 1.0 if math.isnan(agree) else float(agree)
            text = f"rank correlation of {column} with before {agree:.3f}, at least "
            text += f"{limits.rank_correlation}"
            stops = agree < limits.rank_correlation
            yield _stop("revised", agree, limits.rank_correlation, stops, text)
        return
    share = len(diff.revised) / diff.common if diff.common else 0.0
    sizes = sorted(abs(each.size) for each in diff.revised if each.size is not None)
    median = sizes[len(sizes) // 2] if sizes else 0.0
    first = f"; largest: {diff.revised[0]}" if diff.revised else ""
    text = f"{share:.1%} of cells are revised, at most {limits.revised_share:.1%}{first}"
    yield _stop("revised", share, limits.revised_share, share > limits.revised_share, text)
    text = f"revisions have a median of {median:.2%}, at most {limits.revised_median:.2%}{first}"
    yield _stop("revised", median, limits.revised_median, median > limits.revised_median, text)


def _unit(diff: Diff, limits: Limits) -> Iterable[Check]:
    """The median of new over old values is near one."""
    low, high = SAME_UNIT if limits.rank_correlation is None else SAME_UNIT_ESTIMATED_ANEW
    for column, pairs in diff.pairs.groupby("column"):
        both = pairs[(pairs["before"] != 0) & (pairs["after"] != 0)]
        if both.empty:
            continue
        ratio = float((both["after"] / both["before"]).median())
        power = round(math.log10(abs(ratio)))
        times = f"{ratio:.3g}"
        if power and low <= ratio / 10**power <= high:
            times = f"about {10**power:,}" if power > 0 else f"about 1/{10**-power:,}"
        text = f"{column} is {times} times what it was: another unit?"
        yield _stop("unit", ratio, high, not low <= ratio <= high, text)


def _range(change: Change) -> Iterable[Check]:
    """No value below zero, and no share above one, in a column that had none."""
    for column in change.before:
        old = change.before[column].dropna()
        new = change.after[column].dropna()
        if not pd.api.types.is_numeric_dtype(old) or old.empty or new.empty:
            continue
        low = float(new.min())
        text = f"{column} has {low:g}; it had no value below 0"
        yield _stop("sign", low, 0, low < 0 <= float(old.min()), text)
        if "share" in str(column) and float(old.max()) <= 1:
            high = float(new.max())
            yield _stop("range", high, 1, high > 1, f"{column} has {high:g}; it is at most 1")


def _totals(change: Change, limits: Limits, totals: pd.DataFrame | None) -> Iterable[Check]:
    """Partners add up to the printed total as well as they did before."""
    off = _off(change.after, None)
    before = _off(change.before, None)
    if totals is not None:
        off = pd.concat([off, _off(change.after, totals)])
    if off.empty:
        return
    more = off - before.groupby(level=0).max().reindex(off.index).fillna(0.0)
    worst = int(more.argmax())
    text = f"the parts miss the printed total of {off.index[worst]} by {off.iloc[worst]:.1%}"
    text += f", {limits.total_off:.1%} more than before at most"
    value = float(more.max())
    yield _stop("total", value, limits.total_off, value > limits.total_off, text)


def _off(rows: pd.DataFrame, totals: pd.DataFrame | None) -> pd.Series[Any]:
    """Say by which share the parts of each total miss it, by the total's key as text."""
    if "partner" not in rows or "value_usd" not in rows:
        return pd.Series(dtype="float64")
    if totals is None:
        world = rows[rows["partner"] == "WLD"]
        if world.empty:
            return pd.Series(dtype="float64")
        keys = [name for name in ("source", "reporter", "year", "flow") if name in rows]
        totals = world[[*keys, "value_usd"]]
    *keys, value = totals.columns
    parts = rows[rows["partner"] != "WLD"].groupby(keys)[value].sum()
    printed = totals.set_index(keys)[value]
    missed: pd.Series[Any] = (parts.reindex(printed.index).fillna(0.0) / printed - 1).abs()
    missed = missed[printed.to_numpy() != 0]
    return missed.set_axis([" ".join(map(str, each)) for each in missed.index.tolist()])


def _left_out(change: Change, source: Source) -> Iterable[Check]:
    """Rows left out on purpose are as many as the entry says, and its reason is still there."""
    entries = [entry for entry in source.left_out if entry.file == change.file]
    for entry, rows in zip(entries, change.left_out, strict=True):
        text = f"{len(rows)} rows match {entry.match}, not {entry.rows}: renew or delete this entry"
        yield _stop("left_out", len(rows), entry.rows, len(rows) != entry.rows, text)
        if entry.jump:
            series = pd.concat([rows, change.after])  # one of the two years may be kept
            for column, wanted in entry.match.items():
                if not isinstance(wanted, dict):
                    series = series[series[column] == wanted]
            values = series.groupby("year")[entry.jump.column].sum()
            one, other = (values.get(year, 0.0) for year in entry.jump.years)
            times = float(other / one) if one else math.inf
            text = f"{entry.jump.column} of {entry.jump.years[1]} is {times:.2f} times that of "
            text += f"{entry.jump.years[0]}, less than {entry.jump.at_least}: "
            text += f"the reason to leave these rows out is gone ({entry.reason})"
            yield _stop("left_out", times, entry.jump.at_least, times < entry.jump.at_least, text)


def _edition(before: Any, licence: str | None, published: str | None) -> Iterable[Check]:
    """The licence is the one the package states, and the edition is not an older one."""
    named = before["license"]["name"]
    text = f"the answer states the licence {licence}, the package {named}"
    differs = licence is not None and licence != named
    yield _stop("licence", float(differs), 0, differs, text)
    was = before["date_published"] or ""
    older = published is not None and published < was[: len(published)]
    text = f"the edition of {published} is older than that of {was} in the tables"
    yield _stop("edition", float(older), 0, older, text)


def _corrections(change: Change) -> Check:
    """The declared corrections fit the whole table with the new rows."""
    text = ""
    if packages.corrections(change.address):
        frames = []
        for path in packages.files(change.address):
            is_changed = path.as_posix().endswith(change.file)
            content = change.content if is_changed else path.read_bytes()
            frames.append(tables.typed(change.address, path, content))
        try:
            tables.corrected(change.address, pd.concat(frames, ignore_index=True))
        except DataError as error:
            text = str(error)
    return Check("corrections", float(bool(text)), 0, text)


def second_sources(change: Change, others: pd.DataFrame) -> list[str]:
    """Name new or revised flows between two members of which another source has another size.

    Parameters
    ----------
    change
        Of a file of ``trade/bilateral_trade``.
    others
        The table as it is, with all sources.
    """
    keys = ["reporter", "partner", "year", "flow"]
    new = pd.concat([change.after, change.before, change.before]).drop_duplicates(keep=False)
    members = new[["reporter", "partner"]].isin(MEMBERS).all(axis=1)
    mine = new[members].set_index(keys)["value_usd"].rename("new")
    others = others[~others["source"].isin(change.sources)].set_index(keys)
    both = others[["source", "value_usd"]].join(mine, how="inner")
    ratio = both["new"] / both["value_usd"]
    low, high = BOOKS_DIFFER
    odd = both[(ratio < low) | (ratio > high)].sort_index().reset_index()
    texts = []
    for row in odd.to_dict("records"):
        flow = f"{row['reporter']} {row['flow']} {row['partner']} {row['year']}"
        texts.append(f"{flow}: {row['new']:,.0f}, {row['source']} has {row['value_usd']:,.0f}")
    return texts
