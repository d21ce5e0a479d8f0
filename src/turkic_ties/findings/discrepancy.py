"""Titles and findings on reports that disagree: of both sides, and in several publications."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from turkic_ties import countries, words
from turkic_ties.measures.common import of_last_year
from turkic_ties.words import listed

usd = partial(words.usd, fixed=True)

PUBLICATIONS = {
    "bns": "Bureau of National Statistics",
    "bns_panel": "Bureau of National Statistics, copy",
    "comtrade": "UN Comtrade",
    "comtrade_2026": "UN Comtrade",
    "imf_dots": "IMF",
    "imf_dots_special": "IMF",
    "imts": "IMF",
    "kgnsc": "National Statistical Committee",
    "uzstat": "Statistics Agency",
    "wits": "UN Comtrade through WITS",
    "wits_panel": "UN Comtrade through WITS, copy",
}
"""Names of the publications that reports are taken from."""

SYSTEMS = {
    ("TUR", "comtrade_2026"): "general trade",
    ("TUR", "imf_dots"): "general trade",
    ("TUR", "imf_dots_special"): "special trade",
    ("TUR", "wits"): "special trade",
}
"""Trade system of a reporter in a publication, where the publications of it differ in that."""

NOTABLE = 1.1
"""From this spread on a year in which publications differ is named."""


def parted(compared: pd.DataFrame) -> str:
    """Write how far both sides part on the flow of the last year that they differ on most.

    Parameters
    ----------
    compared
        Of `discrepancy.sent_and_received`, with rows.
    """
    row = _widest(of_last_year(compared))
    exporter = countries.name(row["exporter"])
    importer = countries.name(row["importer"])
    sent = usd(row["sent_usd"])
    received = usd(row["received_usd"])
    return (
        f"Goods worth {sent} went from {exporter} to {importer} in {row['year']} by {exporter}'s "
        f"statistics, worth {received} by {importer}'s"
    )


def gaps(compared: pd.DataFrame) -> list[str]:
    """Write for each flow in how many years less was received than sent, and the widest gap.

    Parameters
    ----------
    compared
        Of `discrepancy.sent_and_received`.
    """
    sentences = []
    for _, rows in compared.groupby("exporter"):
        widest = _widest(rows)
        exporter = countries.name(widest["exporter"])
        importer = countries.name(widest["importer"])
        less = int((rows["gap_usd"] > 0).sum())
        gap = widest["gap_usd"]
        amount = usd(abs(gap))
        side = "more" if gap > 0 else "less"
        text = f"From {exporter} to {importer}: "
        if len(rows) == 1:
            text += f"in {widest['year']}, the only year both report, {exporter} booked "
            text += f"{amount} {side} as sent than {importer} as received."
        else:
            text += f"{importer} booked less as received than {exporter} as sent in {less} of "
            text += f"{len(rows)} years that both report. The widest gap was {amount} in "
            text += f"{widest['year']}, when {exporter} booked {side}."
        sentences.append(text)
    return sentences


def _widest(compared: pd.DataFrame) -> dict[str, Any]:
    """Take the row with the widest gap."""
    order = compared["gap_usd"].abs().sort_values(kind="stable").index
    return dict(compared.loc[order[-1]])


def publication(reporter: str, source: str) -> str:
    """Name a publication, with the trade system where that differs between publications.

    Parameters
    ----------
    reporter
        ISO3 code of the reporting state.
    source
        Id of the source.
    """
    system = SYSTEMS.get((reporter, source))
    return f"{PUBLICATIONS[source]}, {system}" if system else PUBLICATIONS[source]


def publications(rows: pd.DataFrame) -> str:
    """Write in which years the publications of a report differ most.

    Parameters
    ----------
    rows
        Of `discrepancy.publications`, with rows.
    """
    apart = rows[rows["spread"] >= NOTABLE]
    both = rows[rows["spread"].notna()].drop_duplicates(["reporter", "flow", "year"])
    count = len(apart.drop_duplicates(["reporter", "flow", "year"]))
    return (
        f"Publications of the same report differ by a tenth or more in {count} of {len(both)} "
        "flows and years"
    )


def differing(rows: pd.DataFrame) -> list[str]:
    """Write for each report the years in which its publications differ, and the widest spread.

    Parameters
    ----------
    rows
        Of `discrepancy.publications`.
    """
    sentences = []
    reports = rows[rows["spread"] >= NOTABLE].groupby(["reporter", "partner", "flow"])
    for (reporter, partner, flow), apart in reports:
        widest = apart[apart["spread"] == apart["spread"].max()].to_dict("records")
        values = [
            f"{usd(row['value_usd'])} ({publication(row['reporter'], row['source'])})"
            for row in widest
        ]
        direction = "exports to" if flow == "export" else "imports from"
        subject = f"{countries.name(str(reporter))}'s {direction} {countries.name(str(partner))}"
        differ = sorted(apart["year"].unique())
        most = f"; most in {widest[0]['year']}" if len(differ) > 1 else ""
        sentences.append(
            f"{subject} differ between publications in {listed(map(str, differ))}{most}: "
            f"{listed(values)}."
        )
    return sentences
