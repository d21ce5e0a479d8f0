"""Languages of pages: catalogues, numbers, dates, plurals, and what stays English.

Run as a script, this file writes the lists for reviewers: one CSV file for each language.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from babel import Locale
from babel.messages import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from small_project import ties
from typer.testing import CliRunner

from turkic_ties import cli, countries, languages, show, topics
from turkic_ties.languages import ENGLISH, PLACE, of
from turkic_ties.parameters import ParameterError
from turkic_ties.reports import changes, frame
from turkic_ties.reports.plan import Hashes, plan
from turkic_ties.reports.render import render, summary
from turkic_ties.reports.run import read_notebook
from turkic_ties.reports.shell import TEMPLATES, environment, native
from turkic_ties.show import charts
from turkic_ties.show.readings import readings

TRANSLATED = ("tr", "kk", "ru")
NOT_REVIEWED = "not yet reviewed by a native speaker"
HOSTILE = '<script>alert("1")</script>'
SENTENCE = (
    "Kazakhstan sold Türkiye goods worth $3.90 billion in 2025 and bought goods worth "
    "$1.51 billion, in Kazakhstan's statistics."
)

each_language = pytest.mark.parametrize("code", TRANSLATED)


def messages(code: str) -> list[Message]:
    return [message for message in of(code).catalogue if message.id]


def forms(texts: Any) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def review(code: str) -> str:
    """Write the list of a language for a reviewer."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["place", "kind", "English", "translation", "state"])
    for message in messages(code):
        place = " ".join(message.auto_comments)
        texts = [" / ".join(forms(each)) for each in (message.id, message.string)]
        writer.writerow([place, message.context or "", *texts, NOT_REVIEWED])
    return text.getvalue()


def review_list(code: str) -> Path:
    return languages.FOLDER / f"review-{code}.csv"


# -- catalogues -----------------------------------------------------------------------------------


def test_every_language_of_the_country_names_has_a_catalogue() -> None:
    assert languages.codes() == list(countries.LANGUAGES) == ["en", *TRANSLATED]


def test_all_catalogues_have_the_same_messages() -> None:
    turkish, *others = ([(m.context, m.id) for m in messages(code)] for code in TRANSLATED)
    assert all(other == turkish for other in others)
    assert len(turkish) == len(set(turkish)) > 400


@each_language
def test_every_message_is_translated_with_its_values(code: str) -> None:
    plurals = of(code).catalogue.num_plurals
    for message in messages(code):
        written = forms(message.string)
        assert not message.fuzzy
        assert all(text.strip() == text != "" for text in written), message.id
        assert len(written) == (1 if isinstance(message.id, str) else plurals), message.id
        for text in written:
            assert {*PLACE.findall(text)} == {*PLACE.findall(forms(message.id)[0])}, message.id
            assert "{" not in PLACE.sub("", text)
            assert "<" not in text


@each_language
def test_plural_forms_are_those_of_cldr(code: str) -> None:
    rule, catalogue = Locale.parse(code).plural_form, of(code).catalogue
    number = c2py(catalogue.plural_expr)
    chosen = {(rule(n), number(n)) for n in range(1000)}
    assert len(chosen) == catalogue.num_plurals, "one form for each category of whole numbers"


@each_language
def test_review_lists_are_those_of_the_catalogues(code: str) -> None:
    assert review_list(code).read_text("utf-8") == review(code), f"run {Path(__file__).name}"


def test_all_texts_of_templates_are_in_the_catalogues() -> None:
    used = set()
    for path in TEMPLATES.rglob("*.j2"):
        text = path.read_text("utf-8")
        used |= {*re.findall(r'\b_\("([^"]+)"\)', text), *re.findall(r'"([^"]+)" \| native', text)}
    assert len(used) > 30
    assert used <= {message.id for message in messages("tr")}


def texts_shown() -> Iterator[str]:
    """Give all texts of the standard reports that are to be translated."""
    for topic in topics.names():
        for cell in topics.read(topics.notebook_path(topic))["cells"]:
            for output in cell.get("outputs", ()):
                bundle = output.get("data", {}).get(show.MIME_TYPE, {})
                yield from bundle.get("sentences", ())
                for card in bundle.get("figures", ()):
                    yield from (card[name] for name in ("label", "text", "unit", "period"))
                    yield from card["moved"]
            if cell["cell_type"] == "markdown":
                yield from re.findall(r"^## (.+)", "".join(cell["source"]), re.MULTILINE)


@each_language
def test_key_figures_headings_and_in_short_are_translated(code: str) -> None:
    shown = [text for text in texts_shown() if text]
    assert len(shown) > 300
    english = [text for text in shown if of(code).native(text) is None]
    assert len(english) <= len(shown) / 50, english  # a changed text is English for a while


@each_language
def test_values_survive_translation(code: str) -> None:
    for text in texts_shown():
        digits, said = re.findall(r"\d", text), re.findall(r"\d", of(code).say(text))
        missing = [digit for digit in digits if digits.count(digit) > said.count(digit)]
        assert missing in ([], ["1"]), text  # "1 the largest" may lose nothing else


# -- numbers, dates, names, sentences, by hand -----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "turkish", "kazakh", "russian"),
    [
        ("12.5%", "%12,5", "12,5%", "12,5\xa0%"),
        ("−0.4%", "−%0,4", "−0,4%", "−0,4\xa0%"),
        ("49,353", "49.353", "49\xa0353", "49\xa0353"),
        ("3.90", "3,90", "3,90", "3,90"),
        ("2025", "2025", "2025", "2025"),
        ("1995–2025", "1995–2025", "1995–2025", "1995–2025"),
        ("$3.90 billion", "3,90 milyar ABD doları", "3,90 млрд АҚШ доллары", "3,90 млрд долл. США"),
        ("−$240 million", "−240 milyon ABD doları", "−240 млн АҚШ доллары", "−240 млн долл. США"),
        ("$12,859", "12.859 ABD doları", "12\xa0859 АҚШ доллары", "12\xa0859 долл. США"),
        ("1 January 2025", "1 Ocak 2025", "2025\u202fж. 1 қаңтар", "1 января 2025\u202fг."),
        ("21st", "21. sıra", "21\u2011орын", "21\u2011е место"),
        ("1.8–3.0 ×", "1,8–3,0 ×", "1,8–3,0 ×", "1,8–3,0 ×"),
        ("+8.7% on 2024", "+%8,7 (2024 yılına göre)", "+8,7% (2024 жылға қарағанда)",
         "+8,7\xa0% к 2024 году"),
        ("Türkiye", "Türkiye", "Түркия", "Турция"),
        ("the Netherlands", "Hollanda", "Нидерланд", "Нидерланды"),
        ("Kazakhstan to Türkiye", "Kazakistan → Türkiye", "Қазақстан → Түркия",
         "Казахстан → Турция"),
    ],
)  # fmt: skip
def test_values_are_written_as_the_language_writes_them(
    text: str, turkish: str, kazakh: str, russian: str
) -> None:
    said = [of(code).native(text) for code in TRANSLATED]
    assert said == [turkish, kazakh, russian]


@pytest.mark.parametrize(
    ("n", "noun"), [(1, "сделка"), (2, "сделки"), (5, "сделок"), (11, "сделок"), (21, "сделка")]
)
def test_russian_nouns_follow_their_number(n: int, noun: str) -> None:
    deals = "deal" if n == 1 else "deals"
    text = f"{n} {deals} in which Türkiye supplies Kazakhstan: {n} delivered"
    assert of("ru").native(text) == (
        f"Турция → Казахстан, {n} {noun} с вооружениями: поставлено {n}"
    )


def test_a_sentence_has_its_names_in_the_nominative() -> None:
    assert of("tr").native(SENTENCE) == (
        "Mal ticareti, 2025: Kazakistan → Türkiye 3,90 milyar ABD doları, Türkiye → Kazakistan "
        "1,51 milyar ABD doları (Kazakistan verileri)."
    )


def test_a_name_that_comes_again_is_the_same_one() -> None:
    text = "In 2020, 5 people born in {} lived in {}; 7 people born in {} lived in {}"
    assert of("ru").native(text.format("Türkiye", "Kazakhstan", "Kazakhstan", "Türkiye"))
    assert of("ru").native(text.format("Türkiye", "Kazakhstan", "Uzbekistan", "Türkiye")) is None


def test_a_word_that_can_mean_two_things_stays_english_where_it_stands_alone() -> None:
    assert of("tr").native("Kazakh share") == "Pay: Kazaklar"
    assert of("tr").native("Speak Kazakh") == "Konuşanlar: Kazakça"
    assert of("tr").native("Kazakh") is None
    assert of("tr", "language_policy").native("Kazakh") == "Kazakça"
    assert of("tr", "demographics").native("Kazakh") == "Kazaklar"


@pytest.mark.parametrize("text", ["", " ", "A text of its own.", "Narnia to Türkiye", "$5 zillion"])
def test_what_is_no_message_stays_english_as_a_whole(text: str) -> None:
    assert of("kk").native(text) is None
    assert of("kk").say(text) == text


pieces = st.sampled_from(
    ["Kazakhstan", "the ", " to ", " and ", ", ", "; ", "12.5%", "−$3 billion", "1,234", " in 2020",
     "31 February 2025", "21st", " share", ".", "\n", "{state}", "%s", "\\1", "<b>", "\x04", "٣"]
)  # fmt: skip


@given(st.lists(pieces, max_size=8).map("".join) | st.text(max_size=30))
@settings(max_examples=30, deadline=None)
def test_any_text_is_written_without_an_error(text: str) -> None:
    for code in TRANSLATED:
        assert isinstance(of(code).say(text), str)
        assert isinstance(of(code).label(text), str)


def test_a_name_that_the_language_writes_as_english_does_is_a_name_all_the_same() -> None:
    assert of("tr").native("Likeness of text, Latin") == "Metin benzerliği, Latin"


def test_a_list_with_one_strange_part_stays_english() -> None:
    text = "Kazakhstan's agreement in votes of the General Assembly in 2022: 86% with China and {}"
    assert "Россия" in of("ru").say(text.format("75% with Russia"))
    assert of("ru").native(text.format("75% with friends")) is None


def test_an_item_of_a_list_may_have_an_and() -> None:
    text = (
        "3 deals in which Türkiye supplies Azerbaijan: 2 delivered and 1 ordered and not delivered"
    )
    assert of("ru").native(text) == (
        "Турция → Азербайджан, 3 сделки с вооружениями: поставлено 2 и заказано и не поставлено 1"
    )


def test_english_is_left_as_it_is() -> None:
    assert of(ENGLISH).say(SENTENCE) is SENTENCE
    assert of(ENGLISH).native("Trade") is None


@pytest.mark.parametrize(
    ("code", "text", "capital"),
    [("tr", "ihracat", "İhracat"), ("tr", "ılıman", "Ilıman"), ("ru", "из", "Из"),
     ("en", "in", "In"), ("kk", "ішінде", "Ішінде")],
)  # fmt: skip
def test_the_first_letter_is_raised_as_the_language_does(
    code: str, text: str, capital: str
) -> None:
    assert of(code).capital(text) == capital


# -- charts and pages ------------------------------------------------------------------------------


@pytest.fixture
def in_russian() -> Iterator[None]:
    languages.choose("ru", "trade")
    with plt.rc_context({"svg.fonttype": "none"}):
        yield
    languages.choose(ENGLISH, "")


@pytest.mark.usefixtures("in_russian")
def test_a_chart_is_drawn_in_the_language_of_the_report() -> None:
    fig, ax = plt.subplots()
    ax.plot([2020, 2021], [0.5, 1.5], label="Kazakhstan")
    ax.set_title("Kazakhstan to Türkiye", loc="left")
    ax.yaxis.set_major_formatter("{x:.1f}%")
    show.year_axis(ax)
    show.legend_below(fig)
    svg = charts.as_svg(fig, "chart")
    (panel,) = readings(fig)
    plt.close(fig)
    assert "Казахстан → Турция" in svg
    assert "1,4\xa0%" in svg
    assert "Kazakhstan" not in svg
    assert panel["title"] == "Казахстан → Турция"
    assert panel["series"] == [["Казахстан", ["0,5", "1,5"]]]


def test_a_translated_text_is_marked_and_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    assert native(of("tr"), "Trade") == '<span lang="tr">Ticaret</span>'
    assert native(of("tr"), "Not a message") == "Not a message"
    monkeypatch.setattr(languages.Language, "native", lambda _, text: f"{text}{HOSTILE}")
    assert "<script" not in native(of("tr"), "Trade")
    page = environment("ru").from_string('{{ _("Trade") }}{{ "Trade" | native }}').render()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2


def test_pages_of_an_edition_link_to_each_other_by_language() -> None:
    empty = "<title>T</title><!--head--><!--/head--><!--switcher--><!--/switcher-->"
    summary = {"parameters": {"country": "KAZ", "partner": "TUR"}, "topic": "trade"}
    summary |= {"key_figures": [], "sources": []}
    both = ["trade/kaz-tur", "tr/trade/kaz-tur"]

    def framed(path: str, stems: list[str]) -> str:
        return frame.frame(empty, path, frame.Edition(), stems, "D", summary)

    turkish = framed("tr/trade/kaz-tur.html", both)
    assert '<link rel="alternate" hreflang="en" href="../../trade/kaz-tur.html">' in turkish
    assert '<strong aria-current="page">Türkçe</strong>' in turkish
    assert '"inLanguage": "tr"' in turkish
    assert "Kazakistan ve" in turkish
    assert 'hreflang="tr"' in framed("trade/kaz-tur.html", both)
    assert "hreflang" not in framed("trade/kaz-tur.html", both[:1])


# -- builds ----------------------------------------------------------------------------------------


def test_the_language_is_part_of_what_makes_a_report_due() -> None:
    (english,), (kazakh,) = plan(["trade"], {}), plan(["trade"], {}, lang="kk")
    assert (english.stem, kazakh.stem) == ("trade/kaz-tur", "kk/trade/kaz-tur")
    assert kazakh.command == f"{english.command} --lang kk"
    hashes = Hashes()
    made_of = {report: set(hashes.ingredients(report, {})) for report in (english, kazakh)}
    assert made_of[kazakh] - made_of[english] == {"language kk"}


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"'de'\. Languages: en, tr, kk, ru"):
        plan(["trade"], {}, lang="de")
    with pytest.raises(ParameterError, match="no catalogue"):
        plan(["trade"], {}, lang="../en")


@pytest.fixture
def edition(small: Path) -> Path:
    """Build a report of the small project in Russian."""
    done = ties(small, "build", "trade", "--lang", "ru")
    assert done.returncode == 0, done.stderr
    return small / "reports"


def test_a_report_in_russian_is_built_in_a_folder_of_its_own(edition: Path) -> None:
    page = (edition / "ru" / "trade" / "kaz-tur.html").read_text("utf-8")
    assert '<html lang="ru">' in page
    assert '<main id="main" tabindex="-1" lang="en">' in page
    assert "переведена лишь частично" in page
    assert "Казахстан и Турция, с 1995 года | Turkic Ties</title>" in page
    assert 'href="../../about.html' in page
    summary = json.loads((edition / "ru" / "trade" / "kaz-tur.json").read_text("utf-8"))
    assert summary["lang"] == "ru"
    crate = json.loads((edition / "ro-crate-metadata.json").read_text("utf-8"))
    assert "language ru" in {entity.get("name") for entity in crate["@graph"]}


def test_a_page_is_rendered_the_same_twice() -> None:
    (report,) = plan(["trade"], {}, lang="kk")
    notebook = read_notebook(report.notebook)
    first = render(report, notebook)
    assert first == render(report, notebook)
    assert "Қысқаша" in first["html"]


def test_a_change_is_listed_once_for_all_languages(tmp_path: Path) -> None:
    for lang in (ENGLISH, "kk"):
        (report,) = plan(["trade"], {}, lang=lang)
        found = summary(report, read_notebook(report.notebook))
        for folder in ("before", "after"):
            path = tmp_path / folder / f"{report.stem}.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(found), encoding="utf-8")
            found["key_figures"][0]["value"] += 1
    names = ["trade/kaz-tur", "kk/trade/kaz-tur"]
    (change,) = changes.between(tmp_path / "before", tmp_path / "after", names)
    assert change.report == "trade/kaz-tur"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (
            ["--lang", "de"],
            "there is no catalogue for the language 'de'. Languages: en, tr, kk, ru.",
        ),
        (["--lang", "ru", "--pdf"], "PDFs are made of English pages: leave out --lang, or --pdf."),
    ],
)
def test_a_bad_request_is_answered_in_one_line(arguments: list[str], answer: str) -> None:
    done = CliRunner().invoke(cli.app, ["build", "trade", *arguments])
    assert (done.exit_code, done.stderr) == (2, f"ties: {answer}\n")


if __name__ == "__main__":
    for language in TRANSLATED:
        review_list(language).write_text(review(language), encoding="utf-8")
