"""Reports of other pairs than the standard one: what they say is held by stored digests.

``tests/pairs.json`` has, for each of the reports of all pairs, a digest of its key figures, its
findings, its charts and tables with their data, and its statements. The tests build a report per
topic, in which each state is once the country or the partner. After a change on purpose,
``make digests`` builds all pairs and writes the file anew; look at what changed before committing.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from turkic_ties.countries import MEMBERS
from turkic_ties.reports.build import produce
from turkic_ties.reports.plan import plan

PROJECT = Path(__file__).parents[1]
DIGESTS = PROJECT / "tests" / "pairs.json"
TIES = Path(sys.executable).with_name("ties")
TOPICS = sorted(path.stem for path in (PROJECT / "notebooks").glob("*.ipynb"))

PARTS = ("in_short", "key_figures", "findings", "figures", "shown_tables", "claims")
CSV = re.compile(r'href="data:text/csv[^"]*"')

PAIRS = [("TUR", "KAZ"), ("UZB", "AZE"), ("TKM", "KGZ"), ("AZE", "TUR")]


def digests(summary: str, page: str) -> dict[str, str]:
    """Hash each part of a report, the data of its charts and tables included."""
    content = json.loads(summary)
    parts = {name: json.dumps(content[name], sort_keys=True) for name in PARTS}
    parts["data"] = "".join(CSV.findall(page))
    return {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in parts.items()}


@pytest.mark.parametrize(("topic", "pair"), [*zip(TOPICS, PAIRS, strict=True)])
def test_the_reports_of_other_pairs_say_what_they_said(topic: str, pair: tuple[str, str]) -> None:
    country, partner = pair
    (report,) = plan([topic], {"country": country, "partner": partner})
    produced = produce(report)
    assert produced.error == ""
    stored = json.loads(DIGESTS.read_text(encoding="utf-8"))[report.stem]
    built = digests(produced.files["json"], produced.files["html"])
    changed = [part for part, digest in built.items() if digest != stored[part]]
    assert not changed, (
        f"the report on {topic} of {country} and {partner} has other {', '.join(changed)} than "
        "before; if that is on purpose, run 'make digests'"
    )


def test_every_report_of_the_grid_has_its_digest() -> None:
    pairs = [f"{a}-{b}".lower() for a in MEMBERS for b in MEMBERS if a != b]
    stored = json.loads(DIGESTS.read_text(encoding="utf-8"))
    assert sorted(stored) == sorted(f"{topic}/{pair}" for topic in TOPICS for pair in pairs)


def main() -> None:
    """Build all pairs and store their digests."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([TIES, "build", "--all-pairs", "--output", folder], check=True)
        summaries = [
            path for topic in TOPICS for path in sorted(Path(folder, topic).glob("*.json"))
        ]
        stored = {
            f"{path.parent.name}/{path.stem}": digests(
                path.read_text("utf-8"), path.with_suffix(".html").read_text("utf-8")
            )
            for path in summaries
        }
    DIGESTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
