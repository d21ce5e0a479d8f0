"""United Nations Digital Library: votes in the General Assembly, from the file a person saved.

The library asks whether a human is there, so that no program can fetch it. The columns are those
that other projects name: the first file has to be looked at.
"""

from __future__ import annotations

import csv
import io
from itertools import combinations

import pandas as pd

from turkic_ties.countries import MEMBERS
from turkic_ties.refresh import reading
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "undl_votes"
FOLDER = "undl"
HOSTS = ("digitallibrary.un.org",)
FROM = ("*ga_voting*.csv",)
PROCESSING = (
    "Roll calls from 1992 of fifteen states (Y, A, N; X not voting); agreement counted by us from "
    "them, years with fewer than ten common votes left out."
)
CALLS, AGREEMENT = "defense/un_roll_calls.csv", "defense/un_votes_agreement.csv"

STATES = (
    "AZE", "CHN", "DEU", "FRA", "GBR", "HUN", "IND", "IRN", "KAZ", "KGZ", "RUS", "TKM", "TUR",
    "USA", "UZB",
)  # fmt: skip
FIRST_YEAR, COMMON_VOTES = 1992, 10
"""The first year, and how many votes two states must both have cast in a year."""

COLUMNS = ("undl_id", "ms_code", "ms_vote", "date")
VOTES = {"Y": "Y", "A": "A", "N": "N", "X": "X", "": None}


def tables(answers: list[Answer]) -> Tables:
    """Read one row per state and vote into one row per vote, and count agreement."""
    (answer,) = answers
    # Line by line: as text in memory the file would have ten times its 364 million bytes.
    lines = csv.DictReader(io.TextIOWrapper(io.BytesIO(answer.content), "utf-8-sig", newline=""))
    if missing := sorted({*COLUMNS} - {*(lines.fieldnames or ())}):
        raise RefusedAnswer(SOURCE, answer.name, "line 1", f"has no column {', '.join(missing)}")
    calls: dict[tuple[int, int], dict[str, str | None]] = {}
    try:
        for line in lines:
            state = line["ms_code"]
            year = int((line["date"] or "0")[:4])
            if state in STATES and year >= FIRST_YEAR:
                vote = (line["ms_vote"] or "").strip()
                if vote not in VOTES:
                    raise RefusedAnswer(SOURCE, answer.name, f"{state}, {line['date']}", vote)
                calls.setdefault((year, int(line["undl_id"])), {})[state] = VOTES[vote]
    except (UnicodeDecodeError, ValueError) as error:
        place = f"line {lines.line_num + 1}"
        raise RefusedAnswer(SOURCE, answer.name, place, str(error)) from None
    rows = [(*key, *(votes.get(state) for state in STATES)) for key, votes in calls.items()]
    built = reading.frame(rows, ["year", "rcid", *STATES], 2)
    return {CALLS: built, AGREEMENT: agreement(built)}


def agreement(calls: pd.DataFrame) -> pd.DataFrame:
    """Count for each pair with one of the six how often both cast the same vote in a year.

    An abstention against a yes or a no is half an agreement (Lijphart 1963).
    """
    rows = []
    for one, other in combinations(STATES, 2):
        if one not in MEMBERS and other not in MEMBERS:
            continue
        cast = calls[calls[one].isin(["Y", "A", "N"]) & calls[other].isin(["Y", "A", "N"])]
        same = cast[one] == cast[other]
        abstained = (cast[one] == "A") ^ (cast[other] == "A")
        counted = pd.DataFrame({"year": cast["year"], "same": same, "half": abstained})
        for year, votes in counted.groupby("year"):
            n = len(votes)
            equal = int(votes["same"].sum())
            half = int(votes["half"].sum())
            if n >= COMMON_VOTES:
                index = round((equal + half / 2) / n, 4)
                opposite = n - equal - half
                rows.append(
                    (one, other, year, n, equal, half, opposite, index, round(equal / n, 4))
                )
    columns = [
        "country_a", "country_b", "year", "n_votes", "n_same", "n_one_abstained", "n_opposite",
        "agreement", "agreement_identical",
    ]  # fmt: skip
    return reading.frame(rows, columns, 3)


def version(answers: list[Answer]) -> str | None:
    """Take the name of the file, which begins with the day it was made."""
    return answers[0].name.removesuffix(".csv")
