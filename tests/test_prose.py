"""No figure stands in a text by hand: what prose says in numbers is computed, or is listed here with its reason.

Read are the markdown of every notebook and the words of every template. An exception names the words around a figure;
where the figure follows from the tables or the code, it is checked against them. One that is not met any more fails.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from turkic_ties import countries, data, demographics

PROJECT = Path(__file__).parents[1]
TEMPLATES = PROJECT / "src" / "turkic_ties" / "reports" / "template"

FIGURE = re.compile(
    r"\d(?:[\d.,:–-]*\d)?|%|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,6}teen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|[mb]illions?|trillions?|dozens?|half|halves|quarters?|"
    r"thirds?|(?:four|fif|six|seven|eigh|nin|ten|twentie)ths?|twice|double|triple|percent|per cent|percentage)\b",
    re.IGNORECASE,
)


def texts() -> dict[str, str]:
    """Collect all prose by file, on one line: markdown as it stands, templates without markup and expressions."""
    found = {
        path.stem: "\n\n".join(
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "markdown"
        )
        for path in (PROJECT / "notebooks").glob("*.ipynb")
    }
    not_prose = re.compile(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script>.*?</script>|<[^>]*>", re.DOTALL
    )
    for path in TEMPLATES.rglob("*.j2"):
        found[path.relative_to(TEMPLATES).as_posix()] = not_prose.sub(
            " ", path.read_text(encoding="utf-8")
        )
    return {name: " ".join(text.split()) for name, text in found.items()}


def years(table: str) -> int:
    return int(data.load(table)["year"].nunique())


def sections() -> int:
    return sum(len(code) == 1 for code in data.load("trade/product_trade")["sitc_section"].unique())


# Words around a figure, why it may stand there, and where it can be had from code whether it is still right.
EXCEPTIONS = [
    (
        r"(?<!hundred )\btwo (?:Turkic )?(?:states|languages|scripts|fits|parts|censuses)\b|\btwo are (?:never|not) |"
        r"compare two to|two-way|between the two,",
        "a pair has two sides, a comparison two things; nothing is counted",
        True,
    ),
    (
        r"\b(?:the )?six (?:Turkic |selected )?(?:states|languages)|\bthe six\b",
        "the states of the collection",
        len(countries.MEMBERS) == 6,
    ),
    (r"holds three single years", "years of the product table", years("trade/product_trade") == 3),
    (r"the ten sections of", "sections of SITC", sections() == 10),
    (r"predicted twice", "as an export and as an import, which the sentence says", True),
    (r"a yes or a no counts half", "Lijphart's definition of agreement", True),
    (r"a handful of votes", "no figure", True),
    (
        r"less than a tenth",
        "SIPRI's terms, as the package quotes them",
        "less than 10 per cent of a data set" in str(data.package("defense")),
    ),
    (
        r"made in 2024|come from the 2024 revision",
        "the name of the edition",
        data.resource("demographics/population")["sources"][0]["version"] == "2024 revision",
    ),
    (
        r"the 2019 revision",
        "the name of the edition",
        data.resource("demographics/age_structure")["sources"][0]["version"] == "2019 revision",
    ),
    (
        r"after 2018 are projections",
        "the publisher's own border between estimate and projection in the revision of 2019",
        True,
    ),
    (
        r"census of 1989 stands there twice",
        "counted and revised, which the sentence says",
        len(demographics.CENSUSES) == 2,
    ),
    (r"census of (?:1989|2021)", "the name of a census", True),
    (r"in percentage points", "a unit", True),
    (
        r"four fifths of the simulated paths|nineteen twentieths",
        "the variants of the table",
        {"lower_80", "lower_95"} <= set(data.load("demographics/population")["variant"]),
    ),
    (r"at least five of the six", "the rule of selection", demographics.MIN_STATES == 5),
    (r"within six years before", "the default of the measures", demographics.WINDOW_YEARS == 6),
    (r"leaves the third", "the third of the three things listed", True),
    (r"three-letter sequences", "the definition of the measure", True),
    (r"\b1 for equal text", "the definition of the measure", True),
    (
        r"Rounding is half up|above a half is more than a half",
        "a rule of `turkic_ties.claims`",
        True,
    ),
    (r"SHA-256", "the name of a method", True),
]


@pytest.mark.parametrize(("name", "text"), sorted(texts().items()))
def test_no_figure_is_typed_into_a_text(name: str, text: str) -> None:
    excepted = [
        match.span()
        for words, *_ in EXCEPTIONS
        for match in re.finditer(words, text, re.IGNORECASE)
    ]
    for figure in FIGURE.finditer(text):
        around = text[max(0, figure.start() - 60) : figure.end() + 60]
        assert any(start <= figure.start() and figure.end() <= end for start, end in excepted), (
            f"{name}: {figure.group()!r} in …{around}…; let code say it, or list it here with its reason"
        )


@pytest.mark.parametrize(
    ("words", "reason", "right"), EXCEPTIONS, ids=[words[:40] for words, *_ in EXCEPTIONS]
)
def test_every_exception_is_still_needed_and_right(words: str, reason: str, right: bool) -> None:
    assert reason
    assert right, f"{words!r} does not fit the tables or the code any more"
    assert any(re.search(words, text, re.IGNORECASE) for text in texts().values())


TYPED = [
    "It fell by 18.4%.",
    "nearly three million tonnes",
    "half of all trade",
    "since 1991",
    "twice as much",
    "2–3 %",
]


@pytest.mark.parametrize("text", TYPED)
def test_a_figure_in_any_form_is_found(text: str) -> None:
    assert FIGURE.search(text)


@pytest.mark.parametrize(
    "text", ["one set of books", "the first plan", "on behalf of", "often", "sixteenfold"]
)
def test_a_word_that_is_no_figure_is_let_pass(text: str) -> None:
    assert not FIGURE.search(text)
