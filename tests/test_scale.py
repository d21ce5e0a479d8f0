"""Editions of many reports: what a build does grows with what is due, and at most linearly."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from turkic_ties import files, hashing
from turkic_ties.reports import build as building
from turkic_ties.reports import frame, manifest, summaries
from turkic_ties.reports.build import BuildResult, ReportResult, build, due
from turkic_ties.reports.frame import Edition
from turkic_ties.reports.plan import Hashes, Report, plan

PAGE = (
    "<title>{title} | Turkic Ties</title><!--head--><!--/head-->"
    "<!--switcher--><!--/switcher--><main>{text}</main><!--cite--><!--/cite-->"
)
YEARS = (1995, 2001, 2002)  # the first is the default of the notebook
PAIRS = 30


def produced(report: Report, text: str = "text") -> ReportResult:
    """Write the page and the summary of a report that no notebook was run for."""
    lists = ("in_short", "key_figures", "findings", "figures", "shown_tables", "claims", "tables")
    summary: dict[str, Any] = {name: [] for name in (*lists, "sources")}
    summary |= {"format": summaries.FORMAT, "topic": report.topic, "title": report.title}
    summary |= {"parameters": dict(report.parameters), "in_short": [text]}
    page = PAGE.format(title=report.title, text=text)
    return ReportResult({"html": page, "json": json.dumps(summary)}, started="2026", ended="2026")


@pytest.fixture
def edition(small: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BuildResult]:
    """Give a function that builds trade for all pairs and the first so many years, without runs."""
    shutil.rmtree(small.parent / "data" / "articles")
    text = "text"

    def _produced(wanted: list[Report], *_: Any) -> Iterator[tuple[Report, ReportResult]]:
        yield from ((report, produced(report, text)) for report in wanted)

    monkeypatch.setattr(building, "_produced", _produced)
    monkeypatch.setattr("turkic_ties.data.addresses", list)  # no table is read here

    def edition(years: int, force: str = "", to: str = "text", **about: Any) -> BuildResult:
        nonlocal text
        text, hashes, directory = to, Hashes(), small / "reports"
        directory.mkdir(exist_ok=True)
        reports = [r for year in YEARS[:years] for r in plan(["trade"], {"start": year}, True)]
        reasons = due(reports, directory, hashes)
        reasons |= {report: ["chosen"] for report in reports if report.stem == force}
        return build(reasons, directory, hashes, lambda *_: None, about=Edition(**about))

    return edition


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count files read, pages whose places are filled, and contents hashed."""
    counted: Counter[str] = Counter()

    def count(module: Any, name: str, label: Callable[..., str]) -> None:
        real = getattr(module, name)

        def counting(*arguments: Any, **options: Any) -> Any:
            counted[label(*arguments)] += 1
            return real(*arguments, **options)

        monkeypatch.setattr(module, name, counting)

    count(files, "read_bytes", lambda path, *_: f"read {path.parent.name}/{path.name}")
    count(frame, "frame", lambda _, path, *__: f"filled {path}")
    count(hashing, "of_bytes", lambda _: "hashed")
    return counted


def of_reports(calls: Counter[str], what: str) -> dict[str, int]:
    return {name: count for name, count in calls.items() if name.startswith(f"{what} trade/")}


@pytest.mark.parametrize("years", [1, 2])
def test_a_build_with_nothing_to_do_reads_every_published_file_once(
    edition: Callable[..., BuildResult], calls: Counter[str], years: int
) -> None:
    assert len(edition(years).built) == PAIRS * years
    calls.clear()
    assert edition(years).published == []
    assert set(of_reports(calls, "read").values()) == {1}
    assert len(of_reports(calls, "read")) == 2 * PAIRS * years
    assert not [name for name in calls if name.startswith("filled")]


@pytest.mark.parametrize("years", [1, 2])
def test_the_pages_of_other_reports_are_left_alone_when_one_is_built(
    edition: Callable[..., BuildResult], calls: Counter[str], years: int
) -> None:
    edition(years)
    calls.clear()
    outcome = edition(years, force="trade/aze-kgz", to="other")
    assert outcome.built == ["trade/aze-kgz"]
    assert of_reports(calls, "filled") == {"filled trade/aze-kgz.html": 1}
    others = {n: c for n, c in of_reports(calls, "read").items() if "/aze-kgz." not in n}
    assert len(others) == 2 * (PAIRS * years - 1)
    assert max(others.values()) == 2, "a summary for its hash and for the index"


def test_pages_left_alone_are_those_a_build_of_all_would_write(
    small: Path, edition: Callable[..., BuildResult]
) -> None:
    edition(2)
    edition(2, force="trade/kaz-tur", to="other")
    pages = {path: path.read_bytes() for path in (small / "reports").rglob("*.html")}
    records = manifest.read(small / "reports")
    records[manifest.PAGES].ingredients["frame"] = "unknown"
    crate = manifest.as_json(records, manifest.version())
    (small / "reports" / manifest.NAME).write_text(crate, encoding="utf-8")
    edition(2)
    assert {path: path.read_bytes() for path in pages} == pages


def test_all_pages_follow_what_they_share(
    small: Path, edition: Callable[..., BuildResult], calls: Counter[str]
) -> None:
    """Another report, one that is gone, another address, another title of a topic."""
    page = small / "reports" / "trade" / "aze-kgz.html"
    edition(1)
    edition(2)
    assert "aze-kgz_start-2001.html" in page.read_text(encoding="utf-8")
    for path in (small / "reports" / "trade").glob("aze-kgz_*"):
        path.unlink()
    edition(1)
    assert "aze-kgz_start-2001.html" not in page.read_text(encoding="utf-8")
    edition(1, base_url="https://example.org/ties/")
    assert "https://example.org/ties/trade/aze-kgz.html" in page.read_text(encoding="utf-8")
    notebook = small / "notebooks" / "defense.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"]["title"] = "Arms and alliances"
    notebook.write_text(json.dumps(content), encoding="utf-8")
    calls.clear()
    edition(1, base_url="https://example.org/ties/")
    assert "Arms and alliances" in page.read_text(encoding="utf-8")
    assert len(of_reports(calls, "filled")) == 2 * PAIRS - 1


def test_pages_are_filled_again_after_those_of_the_edition_failed(
    small: Path, edition: Callable[..., BuildResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    edition(1)
    page = small / "reports" / "trade" / "aze-kgz.html"
    before = page.read_text(encoding="utf-8")
    with monkeypatch.context() as broken:
        broken.setattr("turkic_ties.reports.pages.edition_pages", lambda *_: 1 / 0)
        assert "index" in edition(2).failed
    for path in (small / "reports" / "trade").glob("*_*"):
        path.unlink()
    assert not edition(1).failed
    assert page.read_text(encoding="utf-8") == before


def test_what_reports_share_is_grouped_and_hashed_once(
    small: Path, edition: Callable[..., BuildResult], calls: Counter[str]
) -> None:
    """Of each further report the manifest hashes its parameters, whatever else it is made from."""
    edition(3)
    frame._periods_of.cache_clear()
    edition(3, base_url="https://example.org/")
    assert frame._periods_of.cache_info().misses == 1, "once for the edition, not for each page"
    records = manifest.read(small / "reports")
    hashed = []
    for reports in (PAIRS, 2 * PAIRS, 3 * PAIRS):
        manifest._id.cache_clear()
        calls.clear()
        manifest.as_json(dict(sorted(records.items())[:reports]), "1")
        hashed.append(calls["hashed"])
    assert hashed[1] - hashed[0] == hashed[2] - hashed[1] == PAIRS


def test_a_line_of_history_does_not_grow_with_the_edition(
    small: Path, edition: Callable[..., BuildResult]
) -> None:
    lengths = []
    for years in (1, 2):
        edition(years)
        edition(years, force="trade/kaz-tur", to=f"other {years}")
        history = (small / "reports" / "history.jsonl").read_text(encoding="utf-8")
        lengths.append(len(history.splitlines()[-1]))
    assert lengths[0] == lengths[1]
