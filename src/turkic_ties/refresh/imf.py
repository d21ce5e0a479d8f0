"""International Monetary Fund: International Trade in Goods by Partner (IMTS, once DOTS).

The only recorded answer is of the United States: the first live run has to be looked at (``ties
refresh imts --keep DIR`` records it). Two traps of the service: ``SCALE`` says 6 although values
are in dollars, and it fills the books of states that do not report from those of their partners.
"""

from __future__ import annotations

import io
import logging
import re
from datetime import date
from typing import Any

from turkic_ties.countries import MEMBERS
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "imts"
FOLDER = "imf"
HOSTS = ("api.imf.org",)
FROM = ("imts_reporters.xml", "imts_partners.xml")
PROCESSING = (
    "The six as reporters with all partners, and all others as reporters with the six. Left out: "
    "groups of countries other than the world (WLD), estimates of the IMF's staff, and a "
    "reporter's year when a fifth or more of the values that can be compared are the partner's "
    "times 1.06 or divided by it, with which the IMF fills in missing reports. Values are in "
    "dollars, although SCALE says millions."
)

FLOWS = {"XG_FOB_USD": "export", "MG_CIF_USD": "import"}
DIMENSIONS = ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "TIME_PERIOD")
FIRST_YEAR = 2017
CODES = {"G001": "WLD", "KOS": "XKX", "WBG": "PSE"}
GROUPS = r"(G|GX|TX|U)\d+"
REPORTED = ("M", "O", "OU", "R")
ESTIMATED = ("FA", "SC", "SCC", "SE", "SEHI", "SEME", "SP", "TPD")
"""Kinds of derivation (DERIVATION_TYPE), as the IMF lists them: mixed, which all of the recorded
answer is, official data, the same turned into dollars, and raw data are taken; what its staff
estimated, projected, calculated or adjusted, and data of third parties, are left out. Where mixed
books are those of partners, `_filled` finds it. Another kind is refused.
"""

FREIGHT, NEAR, FILLED = 1.06, 0.0005, 0.2
"""Factor between FOB and CIF in filled-in books, how near to it counts, and the share that does."""


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the books of the six, and for those of all others with them."""
    base = "https://api.imf.org/external/sdmx/3.0/data/dataflow/IMF.STA/IMTS/+"
    six = "+".join(MEMBERS)
    flows = "+".join(FLOWS)
    asked = f"c[TIME_PERIOD]=ge:{FIRST_YEAR}-01-01&dimensionAtObservation=TIME_PERIOD&detail=full"
    keys = (f"{six}.{flows}.*.A", f"*.{flows}.{six}.A")
    headers = {"Accept": "application/xml"}
    answers = []
    for key, name in zip(keys, FROM, strict=True):
        address = f"{base}/{key}?{asked}&includeHistory=false"
        answers.append(door.get(address, name, headers=headers))
    return answers


def tables(answers: list[Answer]) -> Tables:
    """Read both answers, and leave out books that were filled in from those of partners."""
    values: dict[tuple[str, str, int, str], float] = {}
    for answer in answers:
        for reporter, partner, year, flow, value in _observations(answer):
            values[reporter, partner, year, flow] = value
    filled = _filled(values)
    rows = []
    for (reporter, partner, year, flow), value in values.items():
        if (reporter, year) not in filled:
            rows.append((SOURCE, reporter, partner, year, flow, value))
    return {"trade/bilateral_trade/imts.csv": reading.frame(rows, reading.TRADE, 5)}


def _observations(answer: Answer) -> list[tuple[str, str, int, str, float]]:
    if not answer.content:
        raise RefusedAnswer(SOURCE, answer.name, "the answer", "is empty (204): an unknown key?")
    import sdmx

    logging.getLogger("sdmx").setLevel(logging.ERROR)  # it misses a structure it does not need
    try:
        message: Any = sdmx.read_sdmx(io.BytesIO(answer.content))
        found = [each for data in message.data for each in data.obs]
    except Exception as error:  # whatever lxml and sdmx raise
        problem = f"is no SDMX data message ({type(error).__name__})"
        raise RefusedAnswer(SOURCE, answer.name, "the answer", problem) from None
    rows = []
    for each in found:
        key = {name: str(each.key[name].value) for name in DIMENSIONS}
        place = ".".join(key.values())
        kind = each.attached_attribute.get("DERIVATION_TYPE")
        if kind is not None and kind.value in ESTIMATED:
            continue
        if kind is None or kind.value not in REPORTED:
            problem = f"DERIVATION_TYPE is {kind and kind.value}: look up whether that is a report"
            raise RefusedAnswer(SOURCE, answer.name, place, problem)
        reporter, partner = (_code(answer, key[name]) for name in DIMENSIONS[:3:2])
        value = reading.number(SOURCE, answer, place, each.value)
        if reporter and reporter != "WLD" and partner and value is not None:
            flow = FLOWS[key["INDICATOR"]]
            year = int(key["TIME_PERIOD"])
            rows.append((reporter, partner, year, flow, float(round(value))))
    return rows


def _code(answer: Answer, code: str) -> str | None:
    if re.fullmatch(GROUPS, code) and code not in CODES:
        return None
    return CODES.get(code) or reading.country(SOURCE, answer, code)


def _filled(values: dict[tuple[str, str, int, str], float]) -> set[tuple[str, int]]:
    """Find reporters and years whose books are their partners' books times a factor.

    The reporter with the largest share goes first and does not count any more, or its partners
    would look filled in as well.
    """
    compared: dict[int, list[tuple[str, str, bool]]] = {}
    for (reporter, partner, year, flow), value in values.items():
        other = values.get((partner, reporter, year, "import"))
        if flow == "export" and other and value:
            same = abs(other / value / FREIGHT - 1) <= NEAR
            compared.setdefault(year, []).append((reporter, partner, same))
    filled = set()
    for year, pairs in compared.items():
        left = pairs
        while True:
            books: dict[str, list[bool]] = {}
            for one, other_side, same in left:
                books.setdefault(one, []).append(same)
                books.setdefault(other_side, []).append(same)
            shares = {name: sum(same) / len(same) for name, same in books.items()}
            worst = max(sorted(shares), key=lambda name: shares[name], default="")
            if not worst or shares[worst] < FILLED:
                break
            filled.add((worst, year))
            left = [pair for pair in left if worst not in pair[:2]]
    return filled


def version(answers: list[Answer]) -> str | None:
    """Read the day the first answer was prepared."""
    found = re.search(rb"Prepared>(\d{4}-\d\d-\d\d)", answers[0].content)
    return f"as of {found[1].decode()}" if found else None
