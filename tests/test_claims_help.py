"""Finding a measure and writing statements: what is listed, shown, drafted and explained."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from turkic_ties import claims, data, trade
from turkic_ties.claims.compute import Evaluation
from turkic_ties.claims.measures import example, value_of
from turkic_ties.claims.registry import Calculation, Registry
from turkic_ties.files import parse_yaml

TIES = Path(sys.executable).with_name("ties")
HEAD = """article:
  {title: T, date: 2024-05-02, country: UZB, partner: KAZ}
claims:
"""
STATEMENT = """- id: A1
  topic: trade
  statement: S.
  locator: {section: Opening, paragraph: 1, sentence: 2}
  kind: level
  parts:
  - stated: {value: 0}
    readings:
READING
  verdict: supported
  reviewed: 2024-05-03
  history: [{date: 2024-05-03, verdict: supported, note: First reading.}]
"""


def evaluated(path: Path, text: str) -> list[claims.Result]:
    path.write_text(text, encoding="utf-8")
    return claims.evaluate(claims.load(path))


def test_every_measure_is_listed_in_a_line() -> None:
    listed = claims.list_measures()
    assert {"trade.ranks", "defense.partner_share", "demographics.migrants"} <= set(listed)
    assert all(line.endswith(".") and "\n" not in line for line in listed.values())


def test_what_is_shown_of_a_measure_can_be_pasted(tmp_path: Path) -> None:
    shown = claims.describe("trade.ranks", "UZB", "KAZ")
    reading = re.search(r"As a reading in YAML\n(.*?)\n\n", shown, re.DOTALL)
    python = re.search(r"In Python\n(.*?)\n\n", shown, re.DOTALL)
    assert reading
    assert python
    text = HEAD + STATEMENT.replace("READING", reading[1])
    [result] = evaluated(tmp_path / "a.yml", text)
    assert result.verdict == "supported"
    *lines, last = re.sub("^    ", "", python[1], flags=re.MULTILINE).splitlines()
    given: dict[str, Any] = {}
    exec("\n".join(lines), given)
    [value] = eval(last, given)
    ranks = trade.ranks(data.load("trade/bilateral_trade"), "UZB")
    own = ranks[(ranks["partner"] == "KAZ") & (ranks["books"] == "own")]
    assert value == own[own["flow"] == "turnover"]["value_usd"].iloc[-1]
    assert "rank\n    (1 the largest" in shown, "columns are described"
    assert "table trade/bilateral_trade" in shown


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        ("trade.by_section", "needs the argument 'chapters'"),  # with the example in Python
        ("trade.growth", "arguments: {series: {measure: trade.bilateral"),  # of an article
        ("language_policy.letters_shared", "column: jaccard"),  # no table of rows
    ],
)
def test_a_measure_that_needs_more_is_shown_too(measure: str, told: str) -> None:
    assert told in claims.describe(measure)


def test_an_unknown_measure_is_named_with_the_nearest(ties: Any) -> None:
    answer = ties("measures", "trade.rank")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "near: ranks" in answer.stderr


def test_a_measure_is_found_by_a_word_and_gives_all_rows(ties: Any) -> None:
    assert "trade.investor_ranks " in ties("measures", "INVESTOR").stdout
    rows = ties("measures", "trade.bilateral", "--country", "UZB", "--csv").stdout.splitlines()
    assert rows[0].startswith("country,partner,year,books,")
    assert {row.split(",")[3] for row in rows[1:]} == {"own", "mirror", "model"}


def test_a_pair_of_one_state_is_refused() -> None:
    with pytest.raises(claims.ClaimError, match="both UZB: name two states"):
        claims.new("UZB", "Uzbekistan")
    with pytest.raises(claims.ClaimError, match="both UZB: name two states"):
        example("trade.ranks", "UZB", "UZB")


def test_an_example_is_of_the_pair_and_of_the_kind_of_its_value() -> None:
    shown = claims.describe("trade.intra_trade", "UZB", "TUR")
    assert "where: {exporter: UZB, importer: TUR, " in shown
    assert "unit: date\n      rule: {date_equals: {}}" in claims.describe("defense.events_between")


def test_where_there_is_no_row_the_values_there_are_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    reading = """    - name: R
      compute:
        measure: language_policy.students_between
        where: {origin: KAZ, destination: UZB, year: 2020}
        column: students
      rule: {at_least: {}}"""
    path.write_text(HEAD + STATEMENT.replace("READING", reading), encoding="utf-8")
    shown = claims.explain(claims.load(path), "A1")
    assert re.search("year 2020: 0 rows\n   with the rest of these, year is .*2019", shown), shown


def test_an_example_names_one_row() -> None:
    calculation, result = example("trade.ranks", "KAZ", "TUR", column="rank")
    where = calculation["where"]
    assert where == {"year": 2025, "books": "own", "flow": "turnover", "partner": "TUR"}
    assert value_of(calculation, "KAZ", "TUR") == result.iloc[-1]["rank"]


def test_a_draft_is_a_statement_about_the_row_that_was_chosen(tmp_path: Path) -> None:
    ranks = trade.ranks(data.load("trade/bilateral_trade"), "UZB")
    of_turkiye = ranks[(ranks["partner"] == "TUR") & (ranks["year"] == 2019)]
    row = of_turkiye[(of_turkiye["books"] == "own") & (of_turkiye["flow"] == "exports")].iloc[0]
    text = claims.draft(
        "Türkiye buys: much", "Uzbekistan", "KAZ", measure="trade.ranks", row=row, column="rank"
    )
    assert "flow: exports" in text
    [result] = evaluated(tmp_path / "a.yml", HEAD + text)
    assert (result.verdict, result.statement) == ("supported", "Türkiye buys: much")
    assert result.stated == result.computed
    assert "2019" in result.parts[0].readings[0].period


@pytest.mark.parametrize("pair", [("UZB", "KAZ"), ("Kazakhstan", "Türkiye"), ("TKM", "KGZ")])
def test_a_new_file_can_be_read_and_evaluated_as_it_is(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    path = tmp_path / "mine.yml"
    [result] = evaluated(path, claims.new(*pair))
    assert result.verdict == result.signed
    content = parse_yaml(path.read_text(encoding="utf-8"), path)
    assert "claims" in content
    Registry.model_validate(content)


def test_a_new_file_replaces_none(ties: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("kept", encoding="utf-8")
    answer = ties("claims", "--new", "mine.yml", "--country", "UZB", "--partner", "KAZ")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert (tmp_path / "mine.yml").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "taken: the value of value"),
        ({"scale": 2.0}, "taken: the value of value, times 2"),
        ({"plus": 0.5}, "taken: the value of value, plus 0.5"),
        ({"absolute": True}, "taken: the value of value, without sign"),
        ({"take": "largest"}, "taken: largest of value"),
    ],
)
def test_the_last_step_says_what_was_made_of_the_value(more: dict[str, Any], said: str) -> None:
    where = {"series": "brent", "year": 2020}
    calculation = Calculation(table="trade/commodities", where=where, column="value", **more)
    _, trace = Evaluation(claims.load().article, steps=True).value(calculation)
    assert trace.steps[-1] == said


def test_an_explanation_shows_tables_rows_value_and_rule() -> None:
    text = claims.explain(claims.load(), "T02")
    for told in (
        "trade.ranks of trade/bilateral_trade",
        "books own; year 2022; flow turnover; partner TUR: 1 row",
        "value: 4th",
        "rule rank_equals: The value is the stated rank",
        "4 equals 4: holds",
        "so the statement is: SUPPORTED",
    ):
        assert told in text


@pytest.mark.no_cover
def test_a_file_is_evaluated_whenever_it_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    text = claims.new("UZB", "KAZ")
    path.write_text("claims: [", encoding="utf-8")
    command = [str(TIES), "claims", "--watch", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout
        assert "mine.yml" in watching.stdout.readline()
        watching.stdout.readline()
        time.sleep(0.05)
        path.write_text(text, encoding="utf-8")
        assert watching.stdout.readline().startswith("A1  supported")
        watching.terminate()
