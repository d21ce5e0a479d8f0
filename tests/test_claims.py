from __future__ import annotations

import csv
import itertools
import json
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from turkic_ties import articles, claims, data
from turkic_ties.claims import TREND_P, TREND_POINTS, Verdict
from turkic_ties.claims.compute import Evaluation
from turkic_ties.claims.registry import SCALES, Calculation
from turkic_ties.claims.rules import (
    MARGIN,
    WINDOW,
    Rule,
    RuleResult,
    Stated,
    mann_kendall,
    round_half_up,
)
from turkic_ties.claims.verdicts import (
    combine_parts,
    combine_readings,
    combine_times,
    plain,
    with_unit,
)
from turkic_ties.reports.build import ReportResult, _unreviewed
from turkic_ties.words import significant

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "src/turkic_ties/claims"
OTHER = PROJECT / "tests/claims/other_article.yml"
IDS = [
    f"{letter}{i:02}"
    for letter, last in (("T", 15), ("D", 21), ("L", 7), ("P", 9))
    for i in range(1, last + 1)
]
OPEN = (Verdict.NOT_CHECKED, Verdict.NOT_CHECKABLE, Verdict.NOT_RATED)


@pytest.fixture(scope="module")
def results(evaluated_article: list[claims.Result]) -> dict[str, claims.Result]:
    return {result.id: result for result in evaluated_article}


# -- rules ----------------------------------------------------------------------------------------


def decide(rule: dict[str, Any], value: Any, stated: Stated | None = None) -> RuleResult:
    return Rule.model_validate(rule).decide(value, stated)


def holds(rule: dict[str, Any], value: Any, stated: Stated | None = None) -> bool | None:
    return decide(rule, value, stated).holds


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (5.95, 1, "6.0"),
        (5.949, 1, "5.9"),
        (-5.95, 1, "-6.0"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (5.95e9 * 1e-9, 1, "6.0"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value: float, decimals: int, rounded: str) -> None:
    assert str(round_half_up(value, decimals)) == rounded


def test_rounds_to_holds_at_the_borderline_and_says_so() -> None:
    rule = {"rounds_to": {"value": 6.0, "decimals": 1}}
    assert holds(rule, 5.95)
    assert not holds(rule, 5.9499)
    assert holds(rule, 6.0499)
    assert not holds(rule, 6.05)
    stated = Stated(value=6.3, precision=1)
    assert decide({"rounds_to": {}}, 6.348, stated).words == "6.348 rounds to 6.3 at 1 decimal"
    missed = "6.362 rounds to 6.4, not to 6.3 at 1 decimal"
    assert decide({"rounds_to": {}}, 6.362, stated).words == missed
    whole = decide({"rounds_to": {}}, 39.69, Stated(value=40, precision=0))
    assert whole.words == "39.69 rounds to 40 to a whole number"


def test_a_tolerance_is_relative_or_absolute_and_its_edge_is_inside() -> None:
    relative = {"within": {"value": 100, "relative": 0.05}}
    assert holds(relative, 105)
    assert not holds(relative, 105.01)
    assert holds(relative, 95)
    assert not holds(relative, 94.99)
    # In binary, 0.3 - 0.1 is a little less than 0.2.
    assert holds({"within": {"value": 0.1, "absolute": 0.2}}, 0.3)
    assert holds({"within": {"value": 0.3, "absolute": 0.2}}, 0.1)
    assert not holds({"within": {"value": -18.4, "absolute": 1}}, -17)
    with pytest.raises(ValueError, match="either 'relative' or 'absolute'"):
        Rule.model_validate({"within": {"relative": 0.1, "absolute": 1}})
    with pytest.raises(ValueError, match="either 'relative' or 'absolute'"):
        Rule.model_validate({"within": {}})


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("at_least", 5, True),
        ("at_least", 4.999, False),
        ("at_most", 5, True),
        ("at_most", 5.001, False),
        ("rank_equals", 5, True),
        ("rank_equals", 4, False),
        ("rank_equals", 6, False),
    ],
)
def test_a_bound_itself_holds(rule: str, value: float, expected: bool) -> None:
    assert holds({rule: {"value": 5}}, value) is expected
    assert holds({rule: {}}, value, Stated(value=5)) is expected


@pytest.mark.parametrize(
    ("rule", "value", "words"),
    [
        ({"at_least": {"value": 5}}, 5, "5 is at least 5"),
        ({"at_least": {"value": 5}}, 4, "4 is below 5"),
        ({"at_most": {"value": 5}}, 5, "5 is at most 5"),
        ({"at_most": {"value": 5}}, 6, "6 is above 5"),
        ({"rank_equals": {"value": 5}}, 5, "5 equals 5"),
        ({"rank_equals": {"value": 5}}, 6, "6 is not 5"),
        ({"share_above_half": {}}, 0.5, "50% is not above a half"),
        ({"share_above_half": {}}, 0.6, "60% is above a half"),
        (
            {"within": {"value": 100, "relative": 0.05}},
            105,
            "105 is within 5 (5%) of 100, the difference is 5",
        ),
        (
            {"within": {"value": 100, "absolute": 5}},
            94,
            "94 is not within 5 of 100, the difference is 6",
        ),
    ],
)
def test_the_words_of_a_rule_say_whether_it_holds(
    rule: dict[str, Any], value: float, words: str
) -> None:
    assert decide(rule, value).words == words


def test_a_value_of_the_rule_itself_brings_its_own_decimals() -> None:
    stated = Stated(value=7, precision=0)
    assert holds({"rounds_to": {"value": 3}}, 3.4, stated)
    assert not holds({"rounds_to": {"value": 6.25}}, 6.3, stated)
    assert holds({"rounds_to": {"value": 6.25}}, 6.251, stated)


def test_a_tie_shares_the_better_place() -> None:
    values = pd.Series({"KAZ": 5.0, "TUR": 9.0, "UZB": 5.0, "AZE": 1.0, "KGZ": math.nan})
    second = {"place": {"of": "KAZ", "at_most": 2}}
    result = decide(second, values)
    assert result.holds
    assert result.words.startswith("Kazakhstan is 2nd (shared) of 4, the largest first")
    assert result.words.endswith("the rule requires 2nd or better")
    assert not holds({"place": {"of": "KAZ", "at_most": 1}}, values)
    assert not holds({"place": {"of": "KAZ", "at_most": 1, "largest_first": False}}, values)
    assert holds({"place": {"of": "KAZ", "at_most": 2, "largest_first": False}}, values)
    assert holds({"place": {"of": "KGZ", "at_most": 1}}, values) is None
    alone = decide({"place": {"of": "TUR", "at_most": 1}}, values).words
    assert alone.startswith("Türkiye is 1st of 4, the largest first")
    assert alone.endswith("the rule requires 1st")
    assert holds(second, values[["KAZ"]]) is None
    assert holds(second, values[["KAZ", "AZE"]]) is True


def test_an_order_is_strict() -> None:
    values = pd.Series({"TUR": 3.0, "RUS": 3.0, "CHN": 1.0})
    assert holds({"ordering": ["TUR", "CHN"]}, values)
    assert not holds({"ordering": ["TUR", "RUS"]}, values)
    assert holds({"ordering": ["TUR", "USA"]}, values) is None


def trend(direction: str, at_least: float = 0.0) -> dict[str, Any]:
    return {"trend": {"direction": direction, "at_least": at_least}}


def test_few_points_make_a_difference_and_a_missing_year_is_not_filled() -> None:
    values = pd.Series({2021: 1.0, 2022: math.nan, 2023: 4.0})
    expected = "1 to 4 from 2021 to 2023, a difference of +3: rising (2 points, no test)"
    assert decide(trend("rising"), values) == RuleResult(True, expected)
    assert not holds(trend("falling"), values)
    assert holds(trend("rising", 3), values)
    assert not holds(trend("rising", 3.5), values)
    assert holds(trend("rising"), values[[2021, 2022]]) is None
    assert not holds(trend("rising"), pd.Series({2022: 1.0, 2023: 1.0}))


def test_a_trend_over_many_points_needs_a_slope_and_a_test() -> None:
    # Ten points on a line of slope 2: every pair agrees, so that the exact p is 2 / 10!.
    line = pd.Series({year: 2.0 * year for year in range(2010, 2020)})
    expected = (
        "Theil–Sen slope +2 a year from 2010 to 2019 (10 points), Mann–Kendall p = 5.5e-07: rising"
    )
    assert decide(trend("rising", 2), line).words == f"{expected} by at least 2"
    assert holds(trend("rising", 2), line)
    assert not holds(trend("falling"), line)
    assert not holds(trend("rising", 2.1), line)
    # Up and down in turn: a difference from first to last, but no trend.
    assert not holds(trend("rising"), pd.Series({2010 + i: float(i % 2) for i in range(10)}))


def test_a_trend_is_tested_from_eight_points_on() -> None:
    # The last point is above the first, the order between them falls: only the difference rises.
    values = [1.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.5]
    eight = pd.Series(values, index=range(2010, 2018))
    assert len(eight) == TREND_POINTS
    assert not holds(trend("rising"), eight)
    assert holds(trend("rising"), eight.drop(2012))


def test_a_trend_holds_up_to_the_stated_p() -> None:
    # Of the 8! orders of 8 points, 628 have at most 5 pairs in falling order and 1230 at most 6.
    five = pd.Series([3, 2, 1, 6, 4, 5, 7, 8], index=range(8), dtype=float)
    six = pd.Series([3, 2, 1, 6, 5, 4, 7, 8], index=range(8), dtype=float)
    assert mann_kendall(five) == pytest.approx(2 * 628 / math.factorial(8))
    assert mann_kendall(six) == pytest.approx(2 * 1230 / math.factorial(8))
    assert mann_kendall(five) < TREND_P < mann_kendall(six)
    assert holds(trend("rising"), five)
    assert not holds(trend("rising"), six)


def test_a_level_series_has_no_trend() -> None:
    assert mann_kendall(pd.Series([2.0] * 9)) == 1
    assert not holds(trend("rising"), pd.Series([2.0] * 9, index=range(9)))


def test_a_trend_does_not_depend_on_the_order_of_rows() -> None:
    assert holds(trend("falling"), pd.Series({2023: 1.0, 2019: 3.0, 2021: 2.0}))


@pytest.mark.parametrize("points", [3, 12])
def test_a_year_with_two_values_is_an_error(points: int) -> None:
    repeated = pd.Series(range(points), index=[2010, *range(2010, 2009 + points)])
    with pytest.raises(
        claims.ClaimError, match="the rule trend cannot decide: 2010 has two values"
    ):
        decide(trend("rising"), repeated)


@pytest.mark.parametrize(
    ("rule", "near", "wide"),
    [
        ({"rounds_to": {"value": 40, "decimals": 0}}, 60, 60.1),
        ({"within": {"value": -20, "absolute": 1}}, -10, -9.9),
        ({"at_least": {"value": 90}}, 45, 44.9),
        ({"at_most": {"value": 10}}, 15, 15.1),
        ({"rank_equals": {"value": 4}}, 6, 7),
        ({"share_above_half": {}}, 0.25, 0.249),
    ],
)
def test_a_miss_is_wide_beyond_half_of_what_is_stated(
    rule: dict[str, Any], near: float, wide: float
) -> None:
    assert MARGIN == 0.5
    for value, expected in ((near, False), (wide, True)):
        result = decide(rule, value)
        assert (result.holds, result.wide) == (False, expected)


def test_what_holds_is_no_wide_miss_and_a_stated_zero_has_no_margin() -> None:
    assert decide({"rank_equals": {"value": 1}}, 2).wide  # a first place, by one place
    assert not decide({"at_least": {"value": 0}}, -50).wide
    assert not decide({"at_most": {"value": 0}}, 50).wide
    assert not decide({"at_least": {"value": 1}}, 900).wide
    assert not decide({"within": {"value": 10, "relative": 0.9}}, 17).wide
    assert not decide({"within": {"value": 10, "relative": 0.9}}, 19).wide  # the edge is inside
    slow = pd.Series([0.5 * year for year in range(10)], index=range(10))
    assert (holds(trend("rising", 5), slow), decide(trend("rising", 5), slow).wide) == (
        False,
        False,
    )


def test_how_wide_series_miss() -> None:
    order = {"ordering": ["TUR", "RUS"]}
    assert not decide(order, pd.Series({"TUR": 5.0, "RUS": 10.0})).wide
    assert decide(order, pd.Series({"TUR": 4.9, "RUS": 10.0})).wide
    place = {"place": {"of": "KAZ", "at_most": 2}}
    ranked = pd.Series({"KAZ": 1.0, "TUR": 4.0, "UZB": 3.0, "AZE": 2.0})
    assert not decide(place, ranked.drop("AZE")).wide
    assert decide(place, ranked).wide
    intervals = {"intervals_regular": {"value": 3}}
    assert not decide(intervals, pd.Series([3.0, 4.0])).wide
    assert decide(intervals, pd.Series([3.0, 4.0, 5.0])).wide
    falling = pd.Series(range(9, 0, -1), index=range(2010, 2019))
    assert decide(trend("rising"), falling).wide
    assert not decide(trend("rising"), pd.Series([1.0, 2.0] * 5, index=range(10))).wide
    assert not decide(trend("rising"), pd.Series({2020: 10.0, 2021: 5.0})).wide
    assert decide(trend("rising"), pd.Series({2020: 10.0, 2021: 4.9})).wide


def windows(differences: list[float]) -> Any:
    """Give windows of ten years; the last five differ from those five years before."""
    first = pd.Series(50.0, index=range(2010, 2015))
    last = pd.Series([50.0 + change for change in differences], index=range(2015, 2020))
    return pd.concat([first, last])


@pytest.mark.parametrize(
    ("differences", "expected", "wide", "weak"),
    [
        ([1, 2, 3, 4, 5], True, False, False),
        ([1, 2, 3, -4, -5], True, False, True),
        ([1, 2, 0, -4, -5], False, False, False),
        ([-1, -2, -3, -4, -5], False, True, False),
    ],
)
def test_windows_are_compared_in_all_placements(
    differences: list[float], expected: bool, wide: bool, weak: bool
) -> None:
    result = decide({"window_trend": {"direction": "rising"}}, windows(differences))
    assert (result.holds, result.wide, bool(result.weak)) == (expected, wide, weak)
    fit = sum(change > 0 for change in differences)
    assert result.words.startswith(f"rising in {fit} of 5 placements of the windows")
    assert "50 (2010) to " in result.words


def test_only_windows_that_do_not_overlap_are_compared_and_the_last_five() -> None:
    rule = {"window_trend": {"direction": "falling"}}
    falling = pd.Series(range(12, 0, -1), index=range(2008, 2020), dtype=float)
    assert WINDOW == 5
    assert "falling in 5 of 5" in decide(rule, falling).words
    assert "(2009)" not in decide(rule, falling).words
    assert "falling in 2 of 2" in decide(rule, falling.loc[:2014]).words
    assert holds(rule, falling.loc[:2012]) is None
    # A missing window takes its placement away. Of four, two are not most.
    four = pd.Series([5.0, 5, 5, 5, 4, 4, 6, 6], index=[*range(2010, 2014), *range(2015, 2019)])
    assert holds(rule, four) is False
    with pytest.raises(claims.ClaimError, match="2010 has two values"):
        decide(rule, pd.concat([four, four.iloc[:1]]))


@pytest.mark.parametrize(
    ("date", "stated", "expected"),
    [
        ("2009-10-22", "2009", True),
        ("2009-10-22", "2009-10-22", True),
        ("2009-10-22", "2010", False),
        (2009.0, "2009", True),
        ("2009", "2009-10", None),
        ("2008", "2009-10", False),
    ],
)
def test_a_date_is_compared_at_the_stated_precision(
    date: str | float, stated: str, expected: bool | None
) -> None:
    assert holds({"date_equals": {}}, date, Stated(value=stated)) is expected


def test_intervals_are_regular_when_each_is_the_stated_one() -> None:
    exact, tolerant = {"value": 3}, {"value": 3, "tolerance": 1}
    years = pd.Series([3.0, 4.0, 3.0])
    assert holds({"intervals_regular": exact}, pd.Series([3.0, 3.0]))
    result = decide({"intervals_regular": exact}, years)
    assert result == RuleResult(False, "2 of 3 intervals are 3 (3, 4, 3)")
    assert holds({"intervals_regular": tolerant}, years)
    assert not holds({"intervals_regular": tolerant}, pd.Series([3.0, 4.1]))
    assert holds({"intervals_regular": exact}, pd.Series([], dtype=float)) is None


def test_a_half_is_not_above_a_half() -> None:
    assert not holds({"share_above_half": {}}, 0.5)
    assert holds({"share_above_half": {}}, 0.5001)


def test_all_of_and_any_of_decide_as_soon_as_they_can() -> None:
    yes, no = {"at_least": {"value": 1}}, {"at_least": {"value": 9999}}
    unknown = {"date_equals": {}}
    stated = Stated(value="2009-10")  # the year 2009 is less precise, so this one cannot decide
    for rules, expected in [
        ([yes, yes], True),
        ([yes, unknown], None),
        ([no, unknown], False),
    ]:
        assert holds({"all_of": rules}, 2009.0, stated) is expected
    for rules, expected in [([no, no], False), ([no, unknown], None), ([yes, unknown], True)]:
        assert holds({"any_of": rules}, 2009.0, stated) is expected


def test_several_rules_fail_widely_when_each_that_fails_does() -> None:
    # Of 10 the bound 4 is met, 11 is missed by a tenth, 99 by far more than half of what is stated.
    met, near, far = ({"at_least": {"value": bound}} for bound in (4, 11, 99))
    for rules, wide in [([met, far], True), ([near, far], False), ([far, far], True)]:
        assert decide({"all_of": rules}, 10.0).wide is wide
    assert not decide({"all_of": [met, met]}, 10.0).wide


def test_a_rule_takes_what_the_part_states_and_rules_are_nested() -> None:
    stated = Stated(value=6.3, unit="billion US dollars", precision=1)
    either = {"any_of": [{"at_most": {"value": 5}}, {"within": {"relative": 0.1}}]}
    assert holds({"all_of": [{"at_least": {"value": 6}}, either]}, 6.348, stated)
    assert holds({"rounds_to": {}}, None, stated) is None


@pytest.mark.parametrize(
    ("rule", "value", "message"),
    [
        ({"rounds_to": {}}, 6.3, "the part states no value"),
        ({"date_equals": {}}, "2009", "the part states no value"),
        ({"trend": {"direction": "rising"}}, 6.3, "several labelled values"),
        ({"place": {"of": "KAZ", "at_most": 1}}, 6.3, "several labelled values"),
        ({"at_least": {"value": 1}}, pd.Series({2022: 1.0, 2023: 2.0}), "takes one value"),
        ({"at_least": {"value": 1}}, "six", "'six' is not a number, written as 1.7"),
    ],
)
def test_a_rule_that_does_not_fit_says_what_to_do(
    rule: dict[str, Any], value: Any, message: str
) -> None:
    with pytest.raises(claims.ClaimError, match=message) as error:
        decide(rule, value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("rule", [{}, {"at_least": {}, "at_most": {}}])
def test_a_rule_is_exactly_one(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Rule.model_validate(rule)


def test_the_text_of_a_rule_is_written_once_and_names_its_thresholds() -> None:
    texts = claims.rule_texts()
    assert list(texts) == list(Rule.model_fields)
    assert f"{TREND_POINTS} or more points" in texts["trend"]
    assert f"at most {TREND_P}" in texts["trend"]
    schema = " ".join(json.dumps(json.loads(claims.schema()), ensure_ascii=False).split("\\n"))
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    for text in texts.values():
        first = text.partition(". ")[0]
        assert first in schema
        assert source.count(first.rstrip(".")) == 1
    for text in [*claims.STEPS.values(), *claims.VERDICTS.values()]:
        for path in (PROJECT / "README.md", PROJECT / "data/articles/subtle-cooperation.yml"):
            assert text not in " ".join(path.read_text(encoding="utf-8").split())


# -- combination ----------------------------------------------------------------------------------


def reading(
    holds: bool | None, weak: str = "", name: str = "a reading", wide: bool = False
) -> claims.ReadingResult:
    return claims.ReadingResult(
        name=name,
        value="1",
        points="",
        short="1",
        unit="",
        period="2022",
        holds=holds,
        words="words",
        wide=wide,
        weak=weak,
        as_of="article",
        distance="",
        measure="trade.x",
        tables=[],
        sources=[],
    )


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        ([True], Verdict.SUPPORTED),
        ([True, True], Verdict.SUPPORTED),
        ([True, None], Verdict.SUPPORTED),
        ([True, False], Verdict.CAVEAT),
        ([False, True], Verdict.IMPRECISE),
        ([False, False], Verdict.CONTRADICTED),
        ([False, None], Verdict.CONTRADICTED),
        ([None, True], Verdict.NOT_CHECKED),
    ],
)
def test_readings_combine_by_the_stated_rule(holds: list[bool | None], verdict: Verdict) -> None:
    assert combine_readings([reading(each) for each in holds])[0] == verdict


def test_weak_evidence_is_a_caveat_only_under_the_principal_reading() -> None:
    assert combine_readings([reading(True, weak="grade C")])[0] == Verdict.CAVEAT
    assert combine_readings([reading(True), reading(True, weak="grade C")])[0] == Verdict.SUPPORTED


def test_a_softer_reading_explains_a_near_miss_and_no_wide_one() -> None:
    near, wide = reading(False), reading(False, wide=True)
    assert combine_readings([near, reading(True)])[0] == Verdict.IMPRECISE
    verdict, why = combine_readings([wide, reading(True), reading(True)])
    assert verdict == Verdict.CONTRADICTED
    assert why.startswith("the principal reading fails by a wide margin; of the further readings 2")
    # How a further reading fails does not count.
    assert combine_readings([reading(True), wide])[0] == Verdict.CAVEAT
    assert combine_readings([near, wide, reading(True)])[0] == Verdict.IMPRECISE


def test_a_reading_without_data_is_named() -> None:
    assert (
        "no data for: the mirror"
        in combine_readings([reading(True), reading(None, name="the mirror")])[1]
    )


@pytest.mark.parametrize(
    ("at_article", "newest", "present", "verdict"),
    [
        (Verdict.SUPPORTED, Verdict.CONTRADICTED, True, Verdict.OUTDATED),
        (Verdict.CAVEAT, Verdict.IMPRECISE, True, Verdict.OUTDATED),
        (Verdict.SUPPORTED, Verdict.CONTRADICTED, False, Verdict.SUPPORTED),
        (Verdict.SUPPORTED, Verdict.SUPPORTED, True, Verdict.SUPPORTED),
        (Verdict.IMPRECISE, Verdict.SUPPORTED, True, Verdict.IMPRECISE),
        (Verdict.CONTRADICTED, Verdict.CONTRADICTED, True, Verdict.CONTRADICTED),
        (Verdict.SUPPORTED, None, True, Verdict.SUPPORTED),
        (Verdict.SUPPORTED, Verdict.NOT_CHECKED, True, Verdict.SUPPORTED),
    ],
)
def test_only_a_statement_about_the_present_is_outdated(
    at_article: Verdict, newest: Verdict | None, present: bool, verdict: Verdict
) -> None:
    assert combine_times(at_article, newest, present)[0] == verdict


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        (["SUPPORTED", "SUPPORTED"], "SUPPORTED"),
        (["SUPPORTED", "CAVEAT"], "CAVEAT"),
        (["SUPPORTED", "NOT_RATED"], "CAVEAT"),
        (["SUPPORTED", "CONTRADICTED"], "IMPRECISE"),
        (["CONTRADICTED", "CONTRADICTED", "NOT_RATED"], "CONTRADICTED"),
        (["SUPPORTED", "IMPRECISE", "OUTDATED"], "IMPRECISE"),
        (["SUPPORTED", "OUTDATED"], "OUTDATED"),
        (["NOT_RATED", "NOT_RATED"], "NOT_RATED"),
        (["NOT_RATED", "NOT_CHECKABLE"], "NOT_RATED"),
        (["NOT_CHECKED", "SUPPORTED"], "NOT_CHECKED"),
        (["NOT_CHECKABLE"], "NOT_CHECKABLE"),
    ],
)
def test_parts_combine_by_the_stated_rule(parts: list[str], verdict: str) -> None:
    assert combine_parts([Verdict[part] for part in parts])[0] == Verdict[verdict]


@pytest.mark.parametrize(
    ("head", "verdict"), [(0, Verdict.IMPRECISE), (1, Verdict.IMPRECISE), (2, Verdict.NOT_RATED)]
)
def test_a_whole_whose_key_part_is_undecided_is_undecided(head: int, verdict: Verdict) -> None:
    parts = [Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NOT_RATED]
    assert combine_parts(parts, head)[0] == verdict


# -- the registry of the article ------------------------------------------------------------------


def test_all_statements_are_there_under_ids_that_continue(registry: claims.Registry) -> None:
    assert [claim.id for claim in registry.claims] == IDS


def test_paragraphs_are_counted_through_the_sections(registry: claims.Registry) -> None:
    places = sorted((claim.locator.paragraph, claim.locator.section) for claim in registry.claims)
    sections = [section for section, _ in itertools.groupby(section for _, section in places)]
    assert sections == [
        "Opening",
        "Relations of Türkiye and Kazakhstan",
        "Multi-vector foreign policy",
    ]


def test_every_verdict_is_the_one_that_was_signed(
    registry: claims.Registry, results: dict[str, claims.Result]
) -> None:
    assert claims.check(registry, list(results.values())) == []


def test_the_schema_is_current_and_named_in_the_registry() -> None:
    assert (PROJECT / "data/claims.schema.json").read_text(encoding="utf-8") == claims.schema()
    first = (
        (PROJECT / "data/articles/subtle-cooperation.yml")
        .read_text(encoding="utf-8")
        .split("\n")[0]
    )
    assert first == "# yaml-language-server: $schema=../claims.schema.json"


def reproduced(part: dict[str, Any]) -> Verdict:
    """Combine readings as the page explains it, from what is printed alone."""
    if part["would_decide"]:
        assert Verdict(part["verdict"]) in OPEN
        assert part["reason"] == part["why"]
        assert part["held_by"]
        assert all(each["distance"] or each["words"] for each in part["context"][:1])
        return Verdict(part["verdict"])
    at_article, newest = (
        [each for each in part["readings"] if each["as_of"] == time]
        for time in ("article", "newest")
    )
    verdict = of_readings(at_article)
    later = of_readings(newest) if newest else Verdict.NOT_CHECKED
    held = (Verdict.SUPPORTED, Verdict.CAVEAT)
    if "does not hold with the newest figures" in part["newest"] and verdict in held:
        assert later not in held
        return Verdict.OUTDATED
    return verdict


def of_readings(readings: list[dict[str, Any]]) -> Verdict:
    principal, *others = readings
    known = [each["holds"] for each in others if each["holds"] is not None]
    if principal["holds"] is None:
        return Verdict.NOT_CHECKED
    if principal["holds"]:
        sure = all(known) and not principal["weak"]
        return Verdict.SUPPORTED if sure else Verdict.CAVEAT
    near = any(known) and not principal["wide"]
    return Verdict.IMPRECISE if near else Verdict.CONTRADICTED


NUMBER = r"[−+]?[\d,]+(?:\.\d+)?"


def numbers(text: str) -> list[float]:
    found = re.findall(rf"(?<![\d–])({NUMBER})(?:%|\b)", text)
    return [float(number.replace("−", "-").replace(",", "")) for number in found]


def reproduced_rule(words: str) -> bool | None:
    """Decide on the numbers that the words of a rule print; None for rules in other words."""
    if match := re.match(rf"({NUMBER}) rounds to .* at (\d+) decimals?$", words):
        decimals = int(match[2])
        wanted = re.search(rf"not to ({NUMBER})", words) or re.search(
            rf"rounds to ({NUMBER})", words
        )
        assert wanted
        value, goal = numbers(match[1])[0], numbers(wanted[1])[0]
        return round_half_up(value, decimals) == round_half_up(goal, decimals)
    if match := re.match(rf"({NUMBER}) is (?:at least|below) ({NUMBER})$", words):
        return numbers(match[1])[0] >= numbers(match[2])[0]
    if match := re.match(rf"({NUMBER}) is (?:at most|above) ({NUMBER})$", words):
        return numbers(match[1])[0] <= numbers(match[2])[0]
    if match := re.match(rf"({NUMBER}) (?:equals|is not) ({NUMBER})$", words):
        return numbers(match[1])[0] == numbers(match[2])[0]
    if match := re.match(rf"({NUMBER})% is (?:not )?above a half$", words):
        return numbers(match[1])[0] > 50
    if match := re.match(rf"({NUMBER}) to ({NUMBER}) from .*: (?:not )?(rising|falling)", words):
        first, last = numbers(match[1])[0], numbers(match[2])[0]
        return last > first if match[3] == "rising" else last < first
    if match := re.match(
        rf"Theil–Sen slope ({NUMBER}) a year .* p = ([\d.e-]+): (?:not )?(\w+)", words
    ):
        slope = numbers(match[1])[0]
        directed = slope > 0 if match[3] == "rising" else slope < 0
        return directed and float(match[2]) <= TREND_P
    if match := re.match(r".* is (\d+)\w\w .*; the rule requires (\d+)", words):
        return int(match[1]) <= int(match[2])
    if match := re.match(r"(\d+) of (\d+) intervals", words):
        return match[1] == match[2]
    return None


def test_every_verdict_can_be_reproduced_from_what_is_printed(
    results: dict[str, claims.Result],
) -> None:
    decided = 0
    for result in results.values():
        printed = json.loads(json.dumps(result.to_dict()))
        verdicts = [reproduced(part) for part in printed["parts"]]
        assert verdicts == [part["verdict"] for part in printed["parts"]], result.id
        head = [part["head"] for part in printed["parts"]].index(True)
        assert combine_parts(verdicts, head)[0] == result.verdict, result.id
        for each in (each for part in printed["parts"] for each in part["readings"]):
            again = reproduced_rule(each["words"])
            assert again in (None, each["holds"]), (result.id, each["name"], each["words"])
            assert each["tables"], (result.id, each["name"])
            assert (each["value"] == "no data") <= (each["holds"] is None), (
                result.id,
                each["name"],
            )
            decided += again is not None
    assert decided > 100


def test_every_table_used_is_cited(results: dict[str, claims.Result]) -> None:
    for result in results.values():
        assert {source["table"] for source in result.sources} == set(result.tables), result.id
        assert all(source["citation"] and source["version"] for source in result.sources)


def test_readings_at_the_article_s_date_use_no_later_figures(
    registry: claims.Registry, results: dict[str, claims.Result]
) -> None:
    for result in results.values():
        used = [each for part in result.parts for each in [*part.readings, *part.context]]
        for each in (each for each in used if each.as_of == "article"):
            for day in re.findall(r"\d{4}(?:-\d\d(?:-\d\d)?)?", each.period):
                assert day <= registry.article.date, (result.id, each.name, each.period)


def test_statements_about_the_present_rest_on_figures_at_most_five_years_old(
    registry: claims.Registry, results: dict[str, claims.Result]
) -> None:
    parts = [
        (claim.id, found.readings[0])
        for claim in registry.claims
        for part, found in zip(claim.parts, results[claim.id].parts, strict=True)
        if part.present and found.readings[0].period
    ]
    assert len(parts) >= 8
    for id, principal in parts:
        last = max(int(year) for year in re.findall(r"\d{4}", principal.period))
        assert int(registry.article.date[:4]) - last <= 5, (id, principal.period)


def test_figures_that_were_looked_up_by_hand_come_out(results: dict[str, claims.Result]) -> None:
    # bns.csv: exports 4,750,978,693 and imports 1,597,121,738 dollars make 6,348,100,431.
    assert results["T01"].parts[0].readings[0].words == "6.3481 rounds to 6.3 at 1 decimal"
    # 250,000 and 1,392,000 tonnes in the two statements of KazTransOil.
    assert "0.25 to 1.392" in results["T09"].parts[0].readings[2].words
    # ethnic_composition.csv: 6,534,616 of 16,464,000.
    assert results["P01"].parts[0].readings[0].words == "39.69 rounds to 40 to a whole number"
    # inward_investment.csv: 12th of 75.
    assert results["T07"].parts[0].readings[0].value == "12th"
    # 6.3 billion dollars at 18.70 lira.
    assert results["T13"].parts[0].readings[0].value == "117.81 billion lira"
    # 1,392,000 tonnes in four quarters against 977,500 tonnes in one.
    assert results["T14"].parts[0].readings[0].value == "35.6%"
    # 3.943 less 2.92 billion, and 4.751 less 2.92 / (1 - 0.184).
    fourth = {each.name[:22]: each.value for each in results["T03"].parts[0].context}
    assert fourth["Fourth quarter of 2023"] == "1.0233 billion US dollars"
    assert fourth["Fourth quarter of 2022"] == "1.1726 billion US dollars"


def test_what_contradicts_a_statement_is_not_left_out(results: dict[str, claims.Result]) -> None:
    # The source of the crude oil says in the same sentence that it fell by 32 percent.
    assert results["T09"].parts[0].readings[0].value == "−32 percent"
    assert results["D02"].parts[1].readings[0].value == "1 contract"
    accounts = [each.value for each in results["D07"].parts[0].readings]
    assert accounts == ["1st", "1st", "17th"]
    assert results["P07"].parts[0].readings[3].name.startswith("2018")
    assert results["P09"].parts[0].readings[0].value == "11 persons"


SLIPS = (
    r"\d rank\b",
    r"(?<![\d.,])1 (orders|denials|plans|rounds(?! to)|entries|agreements|states|members)\b",
    r"(?<![\d.,])1 (persons|countries|contracts|editions|deals|vehicles)\b",
    r"(?<!\d)0?\.\d+ share\b",
    r"nearest: *(;|$)",
    r"\bnan\b|\bNone\b|<NA>|\bNaT\b",
    r"\b(1st-largest|[2-9]st|[2-9]?[04-9](st|nd|rd))\b",
    r"\b(KAZ|TUR|AZE|UZB|KGZ|TKM|RUS|CHN|USA|NLD)\b",
)


def test_no_text_of_a_statement_has_a_slip(results: dict[str, claims.Result]) -> None:
    for result in results.values():
        texts = [result.stated, result.computed, result.why, result.rule]
        for part in result.parts:
            texts += [part.stated, part.why, part.newest]
            for each in [*part.readings, *part.context]:
                texts += [each.value, each.short, each.words]
        for text in texts:
            for slip in SLIPS:
                assert not re.search(slip, text), (result.id, slip, text)
        undecided = all(not part.readings and not part.context for part in result.parts)
        assert bool(result.computed) != undecided, result.id


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (4, "rank", "4th"),
        (10, "rank or better", "10th or better"),
        (1, "orders", "1 order"),
        (2, "orders", "2 orders"),
        (1, "entries", "1 entry"),
        (1, "aircraft", "1 aircraft"),
        (1, "billion US dollars", "1 billion US dollars"),
        (1, "percent of TIV", "1 percent of TIV"),
        (0.837, "share of the population", "83.7% of the population"),
        (2031, "year", "2031"),
        (0.5, "", "0.5"),
    ],
)
def test_a_number_is_written_with_its_unit(value: float, unit: str, text: str) -> None:
    assert with_unit(value, significant(value), unit) == text


def test_only_sources_that_were_used_are_cited(results: dict[str, claims.Result]) -> None:
    cited = [
        source["version"]
        for source in results["T01"].sources
        if source["table"] == "trade/bilateral_trade"
    ]
    assert results["T01"].parts[0].readings[0].sources == ["bns"]
    assert cited == ["edition 2023", "download of spring 2026"]
    # Of all series of income this reading takes one.
    assert results["P06"].parts[0].readings[0].sources == ["wdi_2024_06"]


def test_nearest_evidence_bounds_what_cannot_be_decided(results: dict[str, claims.Result]) -> None:
    for id in ("T03", "T04", "T06", "T08"):
        assert results[id].verdict == Verdict.NOT_CHECKED
        assert all(part.context for part in results[id].parts)
    assert {each.holds for each in results["T06"].parts[0].context} >= {True, False}
    # statements.csv: six statements on cumulated investment up to the article, by date.
    assert results["T06"].parts[0].context[0].value == (
        "2017-09: 2.1, 2018-09: 3, 2022-03-04: 3.5, 2022-05: 4.2, 2022-10-12: 4.35, 2023-09-11: 4.7"
        " billion US dollars"
    )


def test_what_is_not_checked_here_names_open_data(registry: claims.Registry) -> None:
    undecided = [part.undecided for claim in registry.claims for part in claim.parts]
    for each in filter(None, undecided):
        nobody = each.held_by.startswith(("nobody", "the author"))
        assert not (each.verdict == Verdict.NOT_CHECKED and nobody), each


def test_every_verdict_that_moved_is_signed_with_a_reason(registry: claims.Registry) -> None:
    for claim in registry.claims:
        dates = [line.date for line in claim.history]
        assert dates == sorted(set(dates)), claim.id
        assert all(len(line.note) > 10 for line in claim.history), claim.id


def test_evidence_is_shown_where_the_registry_says(results: dict[str, claims.Result]) -> None:
    for result in results.values():
        shown = result.shown_in
        assert shown or result.id in ("T13", "P09"), result.id
        page = PROJECT / f"reports/{shown['topic']}/kaz-tur.html" if shown else None
        if page and page.is_file():
            html = page.read_text(encoding="utf-8")
            assert f'id="figure-{shown["id"]}"' in html or f'id="table-{shown["id"]}"' in html, (
                result.id
            )


def test_the_texts_are_neutral(registry: claims.Registry) -> None:
    words = (
        "because|thanks to|due to|led to|unfortunately|clearly|obviously|"
        "wrong|false|misleading|impressive|lies"
    )
    for claim in registry.claims:
        parts = [part.statement or "" for part in claim.parts]
        reasons = [part.undecided.reason for part in claim.parts if part.undecided]
        names = [each.name for part in claim.parts for each in [*part.readings, *part.context]]
        written = " ".join([claim.statement, *parts, *reasons, *names, *claim.caveats])
        assert re.findall(rf"\b({words})\b", written.lower()) == [], claim.id


# -- the guard ------------------------------------------------------------------------------------

BNS = "trade/bilateral_trade/bns.csv"
BACI = "trade/bilateral_trade/baci.csv"
EVENTS = "defense/events.csv"

# One figure each: table file, the cells that find the row, the column, the new figure.
DAMAGE: dict[str, tuple[str, str, str, str]] = {
    "T01": (BNS, "partner=TUR year=2022 flow=export", "value_usd", "5750978693"),
    "T02": (BNS, "partner=KOR year=2022 flow=export", "value_usd", "9545835600"),
    "T05": (BNS, "partner=TUR year=2023 flow=import", "value_usd", "541694066"),
    "T07": (
        "trade/inward_investment.csv",
        "host=KAZ partner=TUR measure=inward_stock year=2021",
        "rank",
        "9",
    ),
    "T09": ("trade/statements.csv", "id=P037-b", "value", "2500000"),
    "T13": ("trade/statements.csv", "id=P057-a", "value", "30"),
    "D01": (EVENTS, "id=2022-05-10-anka-memorandum", "date", "2021-05-10"),
    "D02": (EVENTS, "id=2021-08-nescom-anka-contract", "stage", "announced"),
    "D07": ("trade/statements.csv", "id=P061", "value", "2"),
    "D08": (EVENTS, "id=2009-10-22-strategic-partnership", "date", "2010-10-22"),
    "D11": ("defense/nuclear_warheads.csv", "iso3=KAZ", "warheads", "2410"),
    "D12": (EVENTS, "id=2022-09-14-congress-7", "date", "2021-09-14"),
    "L01": ("language_policy/completion_plans.csv", "event=E23", "completion_year", "2032"),
    "L03": ("language_policy/language_figures.csv", "id=L066", "value", "31"),
    "L05": ("language_policy/language_figures.csv", "id=L127", "value", "8"),
    "P01": (
        "demographics/ethnic_composition.csv",
        "geography=Kazakhstan date=1989 basis=census ethnic_group=Kazakh preferred=true",
        "count",
        "7534616",
    ),
    "P03": (
        "demographics/ethnic_composition.csv",
        "geography=Kazakhstan date=2023-04-30 ethnic_group=Kazakh preferred=true",
        "share_pct",
        "75.98",
    ),
    "P07": (
        "demographics/indicators.csv",
        "indicator=gini_index_wb iso3=KAZ year=2021",
        "value",
        "28.2",
    ),
}


def change(path: Path, match: str, column: str, value: str) -> None:
    cells = dict(cell.split("=") for cell in match.split())
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), list(reader.fieldnames or [])
    [row] = [row for row in rows if all(row[name] == wanted for name, wanted in cells.items())]
    assert row[column] != value
    row[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.no_cover
def test_one_changed_figure_changes_the_verdict_and_the_guard_says_which(
    registry: claims.Registry, data_copy: Path
) -> None:
    assert len(DAMAGE) >= 10
    for file, match, column, value in DAMAGE.values():
        change(data_copy / file, match, column, value)
    data.seal()
    moved = claims.evaluate(registry, list(DAMAGE))
    messages = {message.partition(",")[0]: message for message in claims.check(registry, moved)}
    assert list(messages) == list(DAMAGE)
    for result in moved:
        message = messages[result.id]
        assert result.statement in message
        assert f"signed {result.reviewed}: {result.signed}" in message
        assert f"computed now: {result.verdict}" in message
        assert result.verdict != result.signed
        topic, table = DAMAGE[result.id][0].removesuffix(".csv").split("/")[:2]
        assert re.search(rf"{topic}/{table} \(sha256:[0-9a-f]{{8}}[,)]", message)
    assert "7.3481 rounds to 7.3, not to 6.3 at 1 decimal" in messages["T01"]


def test_a_verdict_is_signed_by_the_last_line_of_its_history(registry: claims.Registry) -> None:
    claim = registry.claims[0].model_dump()
    with pytest.raises(ValueError, match="last line of the history"):
        claims.Claim.model_validate({**claim, "verdict": "contradicted"})


# -- other registries, errors, output -------------------------------------------------------------


def test_another_article_is_put_to_the_test_against_the_same_measures() -> None:
    registry = claims.load(OTHER)
    found = {result.id: result.verdict for result in claims.evaluate(registry)}
    assert found["X1"] == Verdict.SUPPORTED
    # In 2016 Azerbaijan's books (IMF) show more exports than imports with Türkiye, Türkiye's less.
    assert found["X2"] == Verdict.CAVEAT
    assert found["X3"] == Verdict.NOT_RATED
    [difference] = claims.check(registry)
    assert difference.startswith("X2, In 2016")


def test_the_article_is_that_of_the_registry(tmp_path: Path) -> None:
    assert claims.article(OTHER) == claims.load(OTHER).article
    path = tmp_path / "claims.yml"
    path.write_text("claims: []\n", encoding="utf-8")
    with pytest.raises(claims.ClaimError, match="the key 'article' is missing"):
        claims.article(path)


def test_a_definition_is_used_and_its_fields_are_replaced(tmp_path: Path) -> None:
    content = yaml.safe_load(OTHER.read_text(encoding="utf-8"))
    first, second = content["claims"][1]["parts"][0]["readings"]
    content["definitions"] = {
        "balance": first["compute"],
        "mirror": {"use": "balance", "where": {"books": "mirror", "year": 2016}},
    }
    expected = claims.load(OTHER).claims
    first["compute"], second["compute"] = {"use": "balance"}, {"use": "mirror"}
    path = tmp_path / "claims.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert claims.load(path).claims == expected
    second["compute"] = {"use": "blance"}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(claims.ClaimError, match="no definition 'blance' to use"):
        claims.load(path)


@pytest.mark.no_cover
def test_no_statement_needs_another_one() -> None:
    content = yaml.safe_load(
        (PROJECT / "data/articles/subtle-cooperation.yml").read_text(encoding="utf-8")
    )
    whole = claims.Registry.model_validate(content)
    for claim in content["claims"]:
        alone = claims.Registry.model_validate({**content, "claims": [claim]})
        assert alone.claims[0] in whole.claims


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda c: c["parts"][0]["readings"][0]["compute"].update(measure="trade.nothing"),
            "no measure 'trade.nothing'",
        ),
        (
            lambda c: c["parts"][0]["readings"][0]["compute"].update(column="nothing"),
            "no column 'nothing'",
        ),
        (
            lambda c: c["parts"][0]["readings"][0]["compute"].update(arguments={"x": 1}),
            "no argument 'x'",
        ),
        (lambda c: c["parts"][0]["readings"][0]["compute"].update(where={"x": 1}), "no column 'x'"),
        (
            lambda c: c["parts"][0]["readings"][0]["compute"].update(where={"books": "own"}),
            "rows where one is needed",
        ),
    ],
)
def test_a_mistake_in_an_entry_is_named_with_its_statement(
    edit: Any, message: str, tmp_path: Path
) -> None:
    content = yaml.safe_load(OTHER.read_text(encoding="utf-8"))
    edit(content["claims"][1])
    path = tmp_path / "claims.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(claims.ClaimError, match=rf"claims.yml, X2, .*{message}"):
        claims.evaluate(claims.load(path), ["X2"])


def test_a_word_of_size_is_the_power_of_ten_it_says() -> None:
    sizes = {word: round(1 / scale) for word, scale in SCALES.items()}
    assert sizes == {
        "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    }  # fmt: skip


def test_a_reader_sees_the_ends_of_a_series_of_years() -> None:
    values = pd.Series({"2000": 1.0, "2001": 2.0, "2002": 3.0, "2003": math.nan})
    assert plain(values, "tonnes") == "1 tonne in 2000, 3 tonnes in 2002"
    assert plain(values["2002":], "tonnes") == "2002 3 tonnes"  # type: ignore[misc]


def test_two_parts_need_a_statement_each(tmp_path: Path) -> None:
    content = yaml.safe_load(OTHER.read_text(encoding="utf-8"))
    claim = next(claim for claim in content["claims"] if len(claim["parts"]) == 1)
    claim["parts"][0]["statement"] = "The first."
    claim["parts"].append({**claim["parts"][0], "statement": "The second."})
    path = tmp_path / "claims.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    claims.load(path)
    del claim["parts"][1]["statement"]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(claims.ClaimError, match="each of several parts needs its 'statement'"):
        claims.load(path)


def test_a_reader_sees_the_three_largest_values_and_how_many_more() -> None:
    values = pd.Series({"KAZ": 1.0, "TUR": 4.0, "UZB": 3.0, "AZE": 2.0})
    three = "Türkiye 4 tonnes, Uzbekistan 3 tonnes, Azerbaijan 2 tonnes"
    assert plain(values, "tonnes") == f"{three} and 1 more"
    assert plain(values.drop("KAZ"), "tonnes") == three


def test_only_a_value_has_a_unit(results: dict[str, claims.Result]) -> None:
    readings = [
        reading for result in results.values() for part in result.parts for reading in part.evidence
    ]
    assert any(reading.unit for reading in readings if reading.value != "no data")
    assert not any(reading.unit for reading in readings if reading.value == "no data")


def test_what_only_the_table_behind_a_measure_has_is_no_mistake() -> None:
    # Russia sold Kazakhstan MiG-31s, Türkiye did not: no data, but no mistyped name.
    measure = {"measure": "defense.deals_between", "take": "count"}
    evaluation = Evaluation(claims.load().article)
    deals = data.load("defense/arms_deals")
    name = sorted(set(deals.loc[deals["supplier"] == "RUS", "designation"]))[0]
    calculation = Calculation(**measure, where={"designation": name})
    assert evaluation.value(calculation)[0] == 0
    with pytest.raises(claims.ClaimError, match="there is no designation 'no such weapon'"):
        evaluation.value(Calculation(**measure, where={"designation": "no such weapon"}))


def test_ratings_rise_by_one_from_contradicted_to_supported() -> None:
    steps = ["CONTRADICTED", "OUTDATED", "IMPRECISE", "CAVEAT", "SUPPORTED"]
    assert [claims.RATING[Verdict[step]] for step in steps] == [1, 2, 3, 4, 5]
    assert len(claims.RATING) == 5, "what is open has no rating"


def test_names_on_a_command_are_an_article_and_its_ids_or_ids_of_any_article() -> None:
    [(registry, ids)] = claims.choose(["T02"])
    assert (registry.slug, ids) == ("subtle-cooperation", ["T02"])
    [(registry, ids)] = claims.choose(["officials-on-trade", "O02", "O01"])
    assert (registry.slug, ids) == ("officials-on-trade", ["O02", "O01"])
    every = claims.choose([])
    assert [registry.slug for registry, _ in every] == sorted(articles.find()[0])
    assert all(ids == [] for _, ids in every)
    with pytest.raises(claims.ClaimError, match=r"-trade'; near: officials-on-trade\.$"):
        claims.choose(["official-on-trade"])
    with pytest.raises(claims.ClaimError, match=r"'xyz'; articles: .*, subtle-cooperation\.$"):
        claims.choose(["xyz"])


def test_the_reason_of_a_statement_of_one_part_is_that_of_its_part(
    results: dict[str, claims.Result],
) -> None:
    single = [result for result in results.values() if len(result.parts) == 1]
    assert single
    assert {result.id: result.why for result in single} == {
        result.id: result.parts[0].why for result in single
    }
    assert all(result.why for result in results.values())


def test_rows_that_name_their_sources_rest_on_these_alone() -> None:
    evaluation = Evaluation(claims.load().article)
    books = {"measure": "trade.bilateral", "where": {"books": ["own", "model"]}}
    growth = {"arguments": {"series": books, "value": "turnover_usd"}, "column": "growth_1y"}
    where = {"books": "own", "year": 2020}
    _, trace = evaluation.value(Calculation(measure="trade.growth", where=where, **growth))
    assert trace.tables == {"trade/bilateral_trade"}
    assert trace.sources
    assert "baci" not in trace.sources


def test_a_registry_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "claims.yml"
    with pytest.raises(claims.ClaimError, match="is missing"):
        claims.load(path)
    path.write_text("claims: [", encoding="utf-8")
    with pytest.raises(claims.ClaimError, match="not valid YAML"):
        claims.load(path)
    path.write_text("claims: []\n", encoding="utf-8")
    with pytest.raises(claims.ClaimError, match="the key 'article' is missing"):
        claims.load(path)
    with pytest.raises(claims.ClaimError, match="no statement 'Z9'"):
        claims.evaluate(claims.load(OTHER), ["Z9"])


def test_one_statement_s_whole_file_is_printed(results: dict[str, claims.Result]) -> None:
    printed = claims.as_text(results["T02"])
    for expected in (
        "T02  SUPPORTED",
        "stated: 4th",
        "principal: By turnover, 2022",
        "further evidence (not used)",
        "trade.ranks from trade/bilateral_trade",
        "source: trade/bilateral_trade",
        "caveat:",
        "shown in: trade, rank",
        "signed 2026-11-23",
    ):
        assert expected in printed
    assert "would decide: Kazakhstan's monthly goods trade" in claims.as_text(results["T03"])


def test_results_survive_json(results: dict[str, claims.Result]) -> None:
    back = json.loads(json.dumps([result.to_dict() for result in results.values()]))
    assert back[0]["verdict"] == "supported"
    assert back[0]["parts"][0]["readings"][0]["measure"] == "trade.bilateral"


def test_a_review_has_what_the_vocabulary_requires(
    registry: claims.Registry, results: dict[str, claims.Result]
) -> None:
    for result in results.values():
        review = claims.claim_review(result.to_dict(), registry.article, "claims.html")
        assert review["url"] == f"claims.html#{result.id}"
        assert review["@context"] == "https://schema.org"
        assert review["@type"] == "ClaimReview"
        assert review["claimReviewed"] == result.statement
        assert review["reviewRating"]["alternateName"] == result.verdict
        assert review["itemReviewed"]["appearance"]["headline"] == registry.article.title
        assert "author" not in review["itemReviewed"]
        assert "author" not in review["itemReviewed"]["appearance"]
        assert review["itemReviewed"]["datePublished"] == "2024-01"
        rated = result.verdict not in OPEN
        assert ("ratingValue" in review["reviewRating"]) == rated
        json.dumps(review)


# -- in the terminal ------------------------------------------------------------------------------


def test_one_id_prints_its_whole_file_and_an_unknown_one_is_a_mistake(ties: Any) -> None:
    known, unknown = ties("claims", "D08"), ties("claims", "X99")
    assert known.returncode == 0
    assert "signed 2026-11-23" in known.stdout
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)


def test_statements_are_listed_by_topic_and_verdict(ties: Any) -> None:
    answer = ties(
        "claims", "D07", "D08", "P09", "--topic", "defense", "--verdict", "supported", "--json"
    )
    assert [entry["id"] for entry in json.loads(answer.stdout)] == ["D08"]


def test_the_example_of_the_readme_is_whole_and_gives_the_verdict_it_signs(
    ties: Any, tmp_path: Path
) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(article:.*?)```", readme, re.DOTALL)
    (tmp_path / "other.yml").write_text(example, encoding="utf-8")
    answer = ties("claims", "--file", "other.yml")
    assert answer.returncode == 0, answer.stderr
    assert "A1  supported" in answer.stdout


def test_a_report_names_an_unsigned_verdict_of_any_article() -> None:
    shown = {"article": "officials-on-trade", "id": "O01", "verdict": "imprecise"}
    produced = ReportResult({"json": json.dumps({"claims": [{**shown, "signed": "imprecise"}]})})
    assert _unreviewed(produced) == ""
    produced = ReportResult({"json": json.dumps({"claims": [{**shown, "signed": "supported"}]})})
    assert _unreviewed(produced).startswith("verdicts are not those that were signed:")
