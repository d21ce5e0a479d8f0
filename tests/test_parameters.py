"""What a report can be asked for, and how a mistake is answered."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from turkic_ties import cli
from turkic_ties.parameters import MODELS, ParameterError, check
from turkic_ties.reports.plan import plan

Ties = Callable[..., subprocess.CompletedProcess[str]]

MISTAKES = [
    (["build", "trade", "--country", "Narnia"], "Narnia"),
    (["build", "trade", "--country", "France"], "not one of the states"),
    (["build", "trade", "--country", "Türkiye"], "both TUR"),
    (["build", "trade", "--start", "2020", "--end", "2010"], "is after end"),
    (["build", "trade", "--set", "top_n=many"], "top_n"),
    (["build", "trade", "--set", "top_n=0"], "top_n"),
    (["build", "trade", "--set", "colour=red"], "no parameter 'colour'"),
    (["build", "trade", "--set", "top_n"], "NAME=VALUE"),
    (["build", "trade", "--set", "top_n=5", "--set", "top_n=6"], "top_n is given twice"),
    (["build", "trade", "--start", "2000", "--set", "start=2001"], "start is given twice"),
    (["build", "demographics", "--set", "group=\x07"], "group"),
    (["data", ""], "no table ''"),
    (["build", "cooking"], "no topic 'cooking'"),
    (["data", "trade/nothing"], "no table"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), MISTAKES, ids=[" ".join(arguments) for arguments, _ in MISTAKES]
)
def test_a_mistake_is_answered_in_one_line_with_status_2(
    ties: Ties, arguments: list[str], said: str
) -> None:
    answer = ties(*arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert said in answer.stderr


def test_near_matches_are_offered_for_a_misspelt_country() -> None:
    with pytest.raises(ParameterError, match="Kazakhstan"):
        check("trade", {"country": "Kazahkstan"})


@pytest.mark.parametrize("spelling", ["Kazakhstan", "Қазақстан", "kaz", "398", "Казахстан"])
def test_a_country_may_be_written_in_any_known_way(spelling: str) -> None:
    assert check("trade", {"country": spelling}).country == "KAZ"


@pytest.mark.parametrize("topic", MODELS)
def test_numbers_may_come_as_text_from_the_command_line(topic: str) -> None:
    assert check(topic, {"start": "2001"}).start == 2001


def test_a_report_for_other_years_has_a_name_of_its_own() -> None:
    standard, other = plan(["trade"], {})[0], plan(["trade"], {"start": 2005, "top_n": 5})[0]
    assert standard.stem == "trade/kaz-tur"
    assert other.stem == "trade/kaz-tur_start-2005_top_n-5"


def test_no_value_of_a_parameter_can_leave_the_folder_of_its_topic() -> None:
    (powers,) = plan(["defense"], {"powers": "RUS,IND"})
    (group,) = plan(["demographics"], {"group": "../../etc"})
    assert powers.stem == "defense/kaz-tur_powers-RUS-IND"
    assert "/" not in group.stem.removeprefix("demographics/")


@pytest.mark.parametrize(
    ("one", "other"),
    [("A/B", "A-B"), ("A B", "A_B"), ("A/B", "A~2f~B"), ("A", "A "), ("☃" * 40, "☃" * 39 + "☂")],
)
def test_two_values_of_a_parameter_never_share_a_file(one: str, other: str) -> None:
    stems = {plan(["demographics"], {"group": group})[0].stem for group in (one, other)}
    assert len(stems) == 2
    assert all(len(stem.encode()) < 220 for stem in stems)


def test_every_topic_is_planned_when_none_is_named() -> None:
    assert [report.topic for report in plan([], {})] == list(MODELS)


def test_a_missing_data_folder_is_named(
    ties: Ties, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TURKIC_TIES_DATA", str(tmp_path / "gone"))
    answer = ties("data")
    assert answer.returncode == 2
    assert "gone" in answer.stderr
    assert "Traceback" not in answer.stderr


POWERS = "RUS,CHN,USA,GBR,FRA,DEU,IND,IRN,JPN,ITA"
BOUNDS = [
    ("trade", "top_n", 2, 3),
    ("trade", "top_n", 31, 30),
    ("trade", "start", 1799, 1800),
    ("trade", "end", 2101, 2100),
    ("defense", "window", 0, 1),
    ("defense", "window", 21, 20),
    ("defense", "powers", "RUS", "RUS,CHN"),
    ("defense", "powers", "RUS,RUS", "RUS,USA"),
    ("defense", "powers", "RUS,KAZ", "RUS,TUR"),
    ("defense", "powers", POWERS + ",ESP", POWERS),
    ("demographics", "group", "", "U"),
    ("demographics", "group", "U" * 41, "U" * 40),
    ("language_policy", "alphabet", "2020", "2019"),
    ("trade", "end", 1994, 1995),
]


@pytest.mark.parametrize(("topic", "name", "refused", "accepted"), BOUNDS)
def test_every_bound_has_two_sides(
    topic: str, name: str, refused: object, accepted: object
) -> None:
    check(topic, {name: accepted})
    with pytest.raises(ParameterError, match=f"{topic}: .*{name}|{topic}: .*after end"):
        check(topic, {name: refused})


def test_one_more_job_than_the_cores_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5})
    assert cli._default_jobs() == 4
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cli._default_jobs() == 3
