"""A slip in a registry is named in one line; it never decides a verdict."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from turkic_ties import claims
from turkic_ties.claims.compute import public_measures

READING = """- name: Cargo of the route
      compute: {table: trade/transit, where: {route: titr, year: 2022}, column: cargo_tonnes}
      rule: {at_least: {value: 1}}"""

REGISTRY = """article:
  {title: T, author: null, date: 2024-05-02, url: null, country: UZB, partner: KAZ}
claims:
- id: A1
  topic: trade
  statement: S.
  locator: {section: Opening, paragraph: 1, sentence: 2}
  kind: level
  parts:
  - stated: {value: 5.3}
    readings:
    READING
  verdict: supported
  reviewed: 2024-05-03
  history: [{date: 2024-05-03, verdict: supported, note: First reading.}]
""".replace("READING", READING)


@pytest.fixture
def evaluated(tmp_path: Path) -> Callable[..., list[claims.Result]]:
    """Evaluate a registry in which one text is replaced by another."""

    def run(old: str = "", new: str = "") -> list[claims.Result]:
        assert old in REGISTRY
        path = tmp_path / "mine.yml"
        path.write_text(REGISTRY.replace(old, new, 1), encoding="utf-8")
        return claims.evaluate(claims.load(path))

    return run


def test_the_registry_itself_is_right(evaluated: Any) -> None:
    assert [result.verdict for result in evaluated()] == ["supported"]


WHERE = "{route: titr, year: 2022}"
RULE = "{at_least: {value: 1}}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (WHERE, "{route: TITR, year: 2022}", "there is no route 'TITR'; near: titr"),
        (WHERE, "{rute: titr}", "there is no column 'rute' to choose rows by"),
        (WHERE, '{route: titr, year: "2022"}', "year is a number and '2022' is not"),
        (WHERE, "{route: 1, year: 2022}", "route is a text and 1 is not: put it in quotes"),
        (WHERE, "{route: true, year: 2022}", "route is a text and True is not"),
        (WHERE, "{route: titr, year: 1890}", "there is no year 1890: there are 2019 to"),
        (WHERE, "{route: titr, year: {from: 2023, to: 2020}}", "reversed: from 2023 to 2020"),
        (WHERE, "{route: titr, year: {from: 2100}}", "no year lies in the range from 2100"),
        (WHERE, "{route: titr, year: {}}", "a range of 'year' has 'from' and 'to' (got nothing)"),
        (WHERE, "{route: titr, year: {since: 2020}}", "'from' and 'to' (got since)"),
        (WHERE, '{route: titr, year: {from: "2020"}}', "year is a number and '2020' is not"),
        (WHERE, "{route: titr}", "7 rows where one is needed; they differ in year"),
        ("column: cargo_tonnes", "column: cargo", "has no column 'cargo'; there are route, year"),
        ("column: cargo_tonnes", "column: source, take: sum", "'source' is not a number"),
        ("table: trade/transit", "table: trade/transits", "trade/transits"),
        ("table: trade/transit", "measure: trade.pd", "no measure 'trade.pd' in trade"),
        ("table: trade/transit", "measure: trade.BOOKS", "no measure 'trade.BOOKS' in trade"),
        ("table: trade/transit", "measure: trade.rank", "in trade; near: ranks"),
        ("table: trade/transit", "measure: os.system", "write topic.measure with one of trade"),
        ("table: trade/transit", "use: cargo", "there is no definition 'cargo' to use"),
        (RULE, "{within: {relative: 5}}", "less than 1"),
        (RULE, "{within: {relative: -0.05}}", "greater than or equal to 0"),
        (RULE, "{within: {absolute: -1}}", "greater than or equal to 0"),
        (RULE, "{place: {of: KAZ, at_most: 0}}", "greater than or equal to 1"),
        (RULE, "{intervals_regular: {tolerance: -1}}", "greater than or equal to 0"),
        (RULE, "{trend: {direction: rising, at_least: -1}}", "greater than or equal to 0"),
        (RULE, "{rounds_to: {decimals: 13}}", "less than or equal to 12"),
        (RULE, "{rounds_to: {decimals: -10}}", "greater than or equal to -9"),
        (RULE, "{at_least: {value: .inf}}", "finite number"),
        (RULE, "{at_lest: {value: 1}}", "rule: the key 'at_lest' is unknown; near: at_least"),
        (RULE, "{}", "exactly one of"),
        (RULE, "{date_equals: {}}", "write the stated date '5.3' as 2024, 2024-05"),
        ("value: 5.3", "value: .nan", "finite number"),
        ("value: 5.3", "value: 5.3, precision: 0", "5.3 has more decimals than its precision 0"),
        (
            "date: 2024-05-02",
            "date: 2 May 2024",
            "'2 May 2024': write the date as 2024, 2024-05",
        ),
        ("date: 2024-05-02", "date: 2024-13-02", "article, date: "),
        ("country: UZB", "country: UZ", "article, country: write 'UZ' as UZB"),
        ("url: null", "url: javascript:alert(1)", "article, url: "),
        ("- id: A1", '- id: "A1<img src=x>"', ", id: "),
        ("- id: A1", "- id: 1 A", ", id: "),
        ("reviewed: 2024-05-03", "reviewed: 3 May", "A1, reviewed: "),
        ("  kind: level\n", "", "A1: the key 'kind' is missing."),
        ("value: 5.3", "valeu: 5.3", "part 1, stated: the key 'valeu' is unknown; near: value."),
        ("column: cargo_tonnes", "column: route", "'titr' is not a number, written as 1.7"),
        (
            "column: cargo_tonnes}",
            "column: cargo_tonnes}\n      unit: million tonnes",
            "cargo_tonnes is not in million tonnes: write 'scale: 1.0e-06' in compute",
        ),
        (
            f"5.3}}\n    readings:\n    {READING}",
            f"5.3, unit: million tonnes}}\n    readings:\n    {READING}\n      unit: tonnes",
            "is in million tonnes and 'Cargo of the route' in tonnes: use one",
        ),
        ("kind: level", "kind: size", "'size' is none of 'level', "),
        ("  kind: level", "  kind: level\n  kind: share", "the key 'kind' is there twice"),
        ("claims:", "claims: []\nclaims:", "the key 'claims' is there twice"),
        (
            "verdict: supported\n",
            "verdict: not checkable with open data\n",
            "A1, verdict: 'not checkable",
        ),
    ],
)
def test_a_slip_is_named_in_one_line(evaluated: Any, old: str, new: str, message: str) -> None:
    with pytest.raises(claims.ClaimError) as error:
        evaluated(old, new)
    text = str(error.value)
    assert message in text
    assert "\n" not in text
    assert "mine.yml" in text


def test_labels_of_a_rule_are_checked_and_a_gap_stays_a_gap(evaluated: Any) -> None:
    by_location = "measure: defense.arsenal_order, arguments: {by: location}"
    arsenals = f"{{{by_location}, column: warheads, over: iso3}}"
    compute = "{table: trade/transit, where: {route: titr, year: 2022}, column: cargo_tonnes}"
    old = f"{compute}\n      rule: {RULE}"
    for labels in ("[UKR, KZA]", "[UKR, Kazakhstan]"):
        with pytest.raises(claims.ClaimError, match=r"which no value has; near: KAZ"):
            evaluated(old, f"{arsenals}\n      rule: {{ordering: {labels}}}")
    # A year within the range of the table that has no containers is a gap, not a slip.
    gap = compute.replace("cargo_tonnes", "containers_teu")
    [result] = evaluated(old, f"{gap}\n      rule: {RULE}")
    assert result.verdict == "not checked here"


@pytest.mark.parametrize(
    ("value", "precision"),
    [("5.3", 1), ("6.30", 2), ("5", None), ('"5.30"', 2), ("1.5e-1", 2), ("1.5e+3", 0), (".55", 2)],
)
def test_the_precision_is_that_of_the_number_as_written(
    tmp_path: Path, value: str, precision: int | None
) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(REGISTRY.replace("value: 5.3", f"value: {value}"), encoding="utf-8")
    stated = claims.load(path).claims[0].parts[0].stated
    assert stated is not None
    assert stated.precision == precision


def test_what_is_stated_with_a_decimal_is_compared_with_a_decimal(evaluated: Any) -> None:
    # 1.485 million tonnes round to 1.5, and to 1 as 1.2 would.
    old = f"column: cargo_tonnes}}\n      rule: {RULE}"
    new = "column: cargo_tonnes, scale: 1.0e-6}\n      rule: {rounds_to: {value: 1.2}}"
    [result] = evaluated(old, new)
    assert result.parts[0].readings[0].words == "1.485 rounds to 1.5, not to 1.2 at 1 decimal"


def test_yaml_means_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    text = REGISTRY.replace("statement: S.", "statement: no").replace(
        "title: T", "title: 2024-05-02"
    )
    path.write_text(text, encoding="utf-8")
    registry = claims.load(path)
    assert registry.claims[0].statement == "no"
    assert registry.article.title == "2024-05-02"
    assert registry.article.date == "2024-05-02"
    assert registry.article.dated == "2 May 2024"


@pytest.mark.parametrize(("date", "words"), [("2024", "2024"), ("2024-01", "January 2024")])
def test_a_date_is_as_precise_as_it_is_known(tmp_path: Path, date: str, words: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(REGISTRY.replace("2024-05-02", f'"{date}"'), encoding="utf-8")
    assert claims.load(path).article.dated == words


HOSTILE = {
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "merges": "a: &a {x: 1, y: 2}\n"
    + "".join(
        f"{b}: &{b} {{p: {{<<: *{a}}}, q: *{a}, r: *{a}, s: *{a}, t: *{a}, u: *{a}, v: *{a}}}\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "itself": "a: &a [*a]\n",
    "a tag": "article: !!python/object/apply:os.system [true]\n",
    "depth": "[" * 5000 + "]" * 5000,
    "size": "# " + "x" * 2_000_000 + "\n",
    "no mapping": "- a\n- b\n",
    "nothing": "",
    "tabs": "article:\n\ttitle: T\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(HOSTILE[kind], encoding="utf-8")
    begin = time.process_time()
    with pytest.raises(claims.ClaimError, match=r"mine\.yml") as error:
        claims.load(path)
    assert time.process_time() - begin < 1
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    for encoding in ("cp1254", "utf-16"):
        path.write_bytes(REGISTRY.replace("statement: S.", "statement: Şı").encode(encoding))
        with pytest.raises(claims.ClaimError, match="is not UTF-8"):
            claims.load(path)
    with pytest.raises(claims.ClaimError, match="is a folder: name a file"):
        claims.load(tmp_path)
    with pytest.raises(claims.ClaimError, match="is missing: name a file"):
        claims.load(tmp_path / "none.yml")


def test_only_public_measures_can_be_called() -> None:
    for topic in ("trade", "defense", "language_policy", "demographics"):
        public = public_measures(topic)
        assert public
        assert not any(name.startswith("_") for name in public)
        assert all(each.__module__.startswith("turkic_ties.") for each in public.values())
