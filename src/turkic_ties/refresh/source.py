"""What a connector is: one module per publisher, and what passes between it and the core.

A connector module in this package has

``SOURCE``
    The source id of the data package it owns, or a tuple of ids.
``FOLDER``
    The folder of its answers below ``--from`` and ``--keep``, such as ``"uzstat"``.
``HOSTS``
    Every host it may ask, redirects included; the door refuses others.
``fetch(door, today) -> list[Answer]``
    Asks the publisher; the only part with a network. Raises `NothingNew` when a cheap first call
    says that there is nothing to fetch, `NotToday` when only waiting helps. `today` is a
    ``datetime.date``. Missing from a source that cannot be asked (``--from`` only).
``tables(answers) -> Tables``
    Pure. The key is a data file relative to ``data/``, such as
    ``"trade/bilateral_trade/uzstat.csv"``; the frame has exactly the columns of that file, in its
    order and units, rows sorted by primary key, of its own source only. Raises `RefusedAnswer`.
``version(answers) -> str | None``
    The publisher's edition, where the answers say it.
``PROCESSING``
    What the module does to the figures, in a sentence or two for the package ("M49 codes turned
    into ISO codes; thousand dollars into dollars."). It replaces ``processing`` of the source when
    a table is taken over, after "Fetched by ties refresh from HOST."

and, where they apply,

``FROM``
    Patterns (`pathlib.PurePath.match`) of the names of answers, for ``--from``; ``("*",)`` when
    missing. The names given to the door must match as well, so that what ``--keep`` wrote can be
    read again.
``SCOPE``
    Per file, the columns whose values in the new rows say which old rows are replaced:
    ``{"demographics/indicators.csv": ("indicator",)}`` replaces the indicators answered and keeps
    the others; ``("source", "year")`` the years of one edition. When missing: ``("source",)`` where
    the file has that column, else the whole file.
``ADDS``
    Files to which rows are only added: a row whose key is there already is never rewritten.
``KEY``
    Name of an environment variable without which the source is not asked (``"COMTRADE_KEY"``).
``READ_SECONDS``
    How long an answer may take, when 60 is too short.
``published(answers) -> str | None``
    The publisher's date, as ``date_published`` in a package.
``licence(answers) -> str | None``
    The licence that the answers state, by its name in the package.
``totals(answers) -> dict[str, pandas.DataFrame]``
    Per file, published totals that the new rows must add up to: key columns (some of the file's),
    and last the value column of the file. Rows of the partner WLD do not count as parts.

A file that is not there yet (a new source) is added to its table by the hand-over: the source has
to be described under the top-level ``sources:`` of the package, and its id has to be in the
``enum`` of the column ``source``, both by hand. The table of ``trade/bilateral_trade/imts.csv`` is
``trade/bilateral_trade``.

``data/refresh.yml`` has an entry for every source id; `turkic_ties.refresh.sources` has its form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from turkic_ties.errors import TiesError

Tables: TypeAlias = dict[str, pd.DataFrame]
"""What a connector makes of its answers: files relative to ``data/``, and their rows."""


@dataclass(frozen=True)
class Answer:
    """What a publisher answered, raw.

    Parameters
    ----------
    name
        The name it is kept under, such as ``"sdmx_data_1105.csv"``; unique inside a source,
        without a slash.
    content
        The body as it came; empty only where the publisher answered 204 (no content).
    url
        Where it came from, without keys.
    """

    name: str
    content: bytes
    url: str = ""


class RefusedAnswer(TiesError):
    """An answer does not have the form it should; nothing of its source is taken over.

    Parameters
    ----------
    source
        The source id.
    answer
        The name of the answer.
    place
        Where in it: a row, a sheet, a column, a state.
    problem
        What was expected and what is there.
    """

    status = 1

    def __init__(self, source: str, answer: str, place: str, problem: str) -> None:
        super().__init__(f"{source}: {answer}, {place}: {problem}")


class NotToday(TiesError):
    """The publisher does not answer now; waiting helps."""

    status = 75


class NothingNew(TiesError):
    """The publisher says that it has nothing newer than our tables."""

    status = 0
