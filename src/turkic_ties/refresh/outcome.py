"""What became of each connector: in lines, as Markdown, for programs, and as an exit status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from turkic_ties.files import Json
from turkic_ties.refresh import diff, guards, rows

TAKEN, NEWS, UP_TO_DATE, HELD = "taken over", "news", "up to date", "held"
NOT_ASKED, NOT_TODAY, STOPPED = "not asked", "not today", "stopped"
STATUSES = {STOPPED: 1, HELD: 4, NOT_TODAY: 75, NEWS: 3}
"""Exit statuses; with several the first counts."""

SILENT = (UP_TO_DATE, NOT_ASKED)
"""What needs nobody's attention."""


@dataclass
class Outcome:
    """What became of one connector, in a line and for programs."""

    name: str
    state: str
    text: str = ""
    changes: list[rows.Change] = field(default_factory=list)
    diffs: list[diff.Diff] = field(default_factory=list)
    checks: list[guards.Check] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verdicts: list[Json] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def stop(self, table: str, checks: Iterable[guards.Check], accepted: Mapping[str, str]) -> None:
        """Stop where a guard does that nobody accepted."""
        for check in checks:
            let_pass = check.guard in guards.ACCEPTABLE and f"{table}:{check.guard}" in accepted
            if not check.stops or let_pass:
                continue
            self.state = STOPPED
            said = f"{table}: {check.text} (guard {check.guard})"
            self.text = "; ".join(filter(None, [self.text, said]))

    def lines(self) -> list[str]:
        """Write it for a terminal or a pull request."""
        own = [f"{each.file}: {each}" for each in self.diffs if not each.is_empty]
        moved = [
            f"{each['statement']}: {each['before']} → {each['after']}" for each in self.verdicts
        ]
        more = own + [f"moves {line}" for line in moved]
        more += [f"moved: {figure}" for figure in self.figures]
        more += [f"note: {warning}" for warning in self.warnings]
        first = f"{self.name:16} {self.state}{': ' if self.text else ''}{self.text}"
        return [first, *(f"{'':16} {line}" for line in more)]

    def to_dict(self) -> Json:
        """Write it for programs."""
        return {
            "source": self.name,
            "state": self.state,
            "text": self.text,
            "tables": [each.to_dict() for each in self.diffs],
            "guards": [vars(check) for check in self.checks],
            "verdicts": self.verdicts,
            "figures": self.figures,
            "warnings": self.warnings,
        }


def as_markdown(outcomes: Iterable[Outcome]) -> str:
    """Write the outcome for a pull request; what comes from data is in a block of plain text."""
    found = [outcome for outcome in outcomes if outcome.state not in SILENT]
    lines = [line.replace("`", "'") for outcome in found for line in outcome.lines()]
    return "\n".join(["New figures, by `ties refresh`:", "", "````text", *lines, "````", ""])


def count(outcomes: list[Outcome]) -> str:
    """Count the outcomes by state: "2 taken over, 1 held"."""
    states = [outcome.state for outcome in outcomes]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "none"


def status(outcomes: Iterable[Outcome]) -> int:
    """Choose the exit status."""
    states = {outcome.state for outcome in outcomes}
    return next((number for state, number in STATUSES.items() if state in states), 0)
