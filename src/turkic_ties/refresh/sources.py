"""``data/refresh.yml``: how every source is refreshed, by which limits, and when it is stale."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from turkic_ties.countries import data_directory
from turkic_ties.data import form
from turkic_ties.data.packages import DataError
from turkic_ties.files import read_yaml

DAYS = {"weekly": 6, "monthly": 27, "quarterly": 85, "yearly": 350}
"""Days after which a source is asked again; a little less, so that a weekly run is never late."""

Share = Annotated[float, Field(ge=0, le=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Limits(_Form):
    """What the guards let pass; the package's own constraints hold besides.

    ``revised_share`` is the share of cells in both tables that differ, ``revised_median`` the
    median size of their relative difference. With ``rank_correlation`` that of old and new values
    is asked for instead, for series that are estimated anew as a whole. ``rows_kept`` is the
    number of rows over that of before, ``lost_rows`` the number of old rows from which on a lost
    state, series or partner counts, ``total_off`` the share by which parts may miss a published
    total.
    """

    revised_share: Share = 0.05
    revised_median: Share = 0.05
    rank_correlation: Share | None = None
    rows_kept: Share = 0.98
    lost_rows: int = 5
    total_off: Share = 0.005


class Jump(_Form):
    """A reason to leave rows out: a value of one year is a multiple of that of another.

    When it does not any more, the guard ``left_out`` stops and names the entry.
    """

    column: str
    years: Annotated[list[int], Field(min_length=2, max_length=2)]
    at_least: float


class LeftOut(_Form):
    """Rows that are not taken over on purpose.

    ``match`` is a value per column, or for a number ``{before: 2020}`` or ``{after: 2020}``.
    ``rows`` is how many there are: another number stops, as an ``expected`` of a correction does.
    """

    file: str
    match: dict[str, str | int | dict[Literal["before", "after"], int]]
    rows: int
    reason: str
    jump: Jump | None = None


class Source(_Form):
    """One source.

    ``how`` is ``automatic``, ``by_hand`` (a person saves a file; with `module`, ``--from`` reads
    it) or ``closed`` (nothing newer will come; `why` says so). ``files`` are those it fills,
    relative to ``data/``. ``stale_after_months`` counts from the end of the newest year.
    """

    how: Literal["automatic", "by_hand", "closed"]
    module: str | None = None
    files: list[str] = []
    looked_for: Literal["weekly", "monthly", "quarterly", "yearly"] | None = None
    stale_after_months: int | None = None
    limits: Limits = Limits()
    left_out: list[LeftOut] = []
    heavy: bool = False
    page: form.Link | None = None
    why: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Source:
        if self.how == "automatic" and not (self.module and self.files and self.looked_for):
            raise ValueError("an automatic source needs module, files and looked_for")
        if self.how == "closed" and not self.why:
            raise ValueError("a closed source needs why")
        return self


def load() -> dict[str, Source]:
    """Read ``data/refresh.yml``: source id to entry, in the order of the file.

    Raises
    ------
    turkic_ties.data.DataError
        When it is missing or has another form.
    """
    path = data_directory() / "refresh.yml"
    parsed: Any = read_yaml(path, DataError)
    try:
        return TypeAdapter(dict[str, Source]).validate_python(parsed)
    except ValidationError as error:
        found = form.problems(error, parsed)
        raise DataError(f"{path}: {'; '.join(found[:3])}. Fix these entries.") from None


def is_due(source: Source, asked: date | None, today: date) -> bool:
    """Say whether a source is to be asked again."""
    if source.how != "automatic" or source.looked_for is None:
        return False
    return asked is None or (today - asked).days >= DAYS[source.looked_for]
