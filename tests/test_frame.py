"""The places of every page: the way to other reports, addresses, citation, dated copies."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from small_project import ties
from test_hostile import HOSTILE, Parts, check
from test_reports import Page

from turkic_ties import countries, data, files
from turkic_ties.reports import glossary, manifest
from turkic_ties.reports.frame import Edition, EditionError, frame, in_words, read
from turkic_ties.reports.pages import edition_pages
from turkic_ties.reports.publish import EditionExists, free, keep
from turkic_ties.reports.shell import policy
from turkic_ties.topics import TOPICS, describe

PROJECT = Path(__file__).parents[1]
EMPTY = (
    f'<meta http-equiv="Content-Security-Policy" content="{Markup.escape(policy())}">'
    "<title>{title} | Turkic Ties</title><!--head--><!--/head--><body>"
    "<!--switcher--><!--/switcher--><main>text</main><!--cite--><!--/cite-->"
)
ALL = [f"trade/{a}-{b}".lower() for a in countries.MEMBERS for b in countries.MEMBERS if a != b]


def summary(**changed: Any) -> dict[str, Any]:
    return {
        "topic": "trade",
        "parameters": {"country": "KAZ", "partner": "TUR", "start": 1995, "end": None},
        "key_figures": [{"label": "Turnover"}],
        "sources": [{"url": "https://example.org/"}],
    } | changed


def framed(edition: Edition | None = None, title: str = "Trade: A and B", **changed: Any) -> str:
    options: dict[str, Any] = {
        "stems": ["trade/kaz-tur", "defense/kaz-tur"],
        "description": "Two sentences. Here.",
        "summary": summary(),
        "retrieved": "2026-11-20",
    } | changed
    page = EMPTY.replace("{title}", title)
    return frame(page, "trade/kaz-tur.html", edition or Edition(), **options)


def switcher(page: str) -> tuple[set[str], list[str], list[str]]:
    """Read a switcher: links, reports without one, where the reader is."""
    part = page.partition("<!--switcher-->")[2].partition("<!--/switcher-->")[0]
    links = set(re.findall(r'href="\.\./([^"]+)\.html"', part))
    here = re.findall(r'<strong aria-current="page">([^<]+)', part)
    return links, re.findall(r"<s>([^<]+)</s>", part), here


def test_the_switcher_leads_to_all_topics_both_directions_and_all_pairs() -> None:
    topics = {f"{t}/kaz-tur" for t in ("defense", "language_policy", "demographics")}
    links, missing, here = switcher(framed(stems=[*ALL, *topics]))
    assert links == {*ALL, *topics} - {"trade/kaz-tur"}
    assert missing == []
    assert here == ["Trade", "Türkiye"], "once as a topic, once as a pair"


def test_a_report_that_is_missing_is_named_without_a_link() -> None:
    page = framed()
    links, missing, _ = switcher(page)
    assert links == {"defense/kaz-tur"}
    assert missing[:3] == ["Language policy", "Demographics", "Türkiye and Kazakhstan"]
    assert "Struck through: not in this edition" in page
    assert "Struck through" not in framed(stems=ALL)


def test_every_switcher_of_an_edition_leads_to_reports_that_are_there() -> None:
    stems = {f"{topic}/{stem.partition('/')[2]}" for topic in TOPICS for stem in ALL}
    assert len(stems) == 120
    lacking = {"defense/kaz-tur", "trade/tkm-aze", *(s for s in stems if s.endswith("/uzb-kgz"))}
    names = {iso3.lower(): countries.name(iso3) for iso3 in countries.MEMBERS}
    titles = {topic: describe(topic).title for topic in TOPICS}
    for stem in sorted(stems - lacking):
        topic, _, pair = stem.partition("/")
        country, _, partner = pair.partition("-")
        given = {"country": country.upper(), "partner": partner.upper()}
        of_page = summary(topic=topic, parameters=given)
        page = frame(EMPTY, f"{stem}.html", Edition(), stems - lacking, "", of_page)
        links, missing, here = switcher(page)
        of_topic = {other for other in stems if other.startswith(f"{topic}/")}
        wanted = {*of_topic, *(f"{other}/{pair}" for other in TOPICS)} - {stem}
        assert links == wanted - lacking, stem
        assert here == [titles[topic], names[partner]]
        greyed = [titles[other] for other in TOPICS if f"{other}/{pair}" in lacking]
        if f"{topic}/{partner}-{country}" in lacking:
            greyed.append(f"{names[partner]} and {names[country]}")
        greyed += [names[other[-3:]] for other in of_topic & lacking]
        assert sorted(missing) == sorted(greyed), stem


def test_periods_of_a_pair_are_listed_when_there_are_several() -> None:
    assert "Period" not in framed()
    page = framed(stems=["trade/kaz-tur", "trade/kaz-tur_start-2005_end-2009", "trade/tur-kaz"])
    assert "Standard period" in page
    assert '<a href="../trade/kaz-tur_start-2005_end-2009.html">Start 2005, end 2009</a>' in page


def test_a_report_on_another_period_is_on_its_own_topic() -> None:
    page = frame(EMPTY, "trade/kaz-tur_start-2020.html", Edition(), [], "", summary())
    _, missing, here = switcher(page)
    assert here == ["Trade"]
    assert "Trade" not in missing


def test_periods_are_those_of_the_topic_also_where_its_name_has_an_underscore() -> None:
    stems = ["language_policy/kaz-tur", "language_policy/kaz-tur_start-2005", "trade/kaz-tur_end-1"]
    page = framed(stems=stems, summary=summary(topic="language_policy"))
    assert re.findall(r"<dd>(?:<a[^>]*>)?(S[^<]+)<", page) == ["Standard period", "Start 2005"]


def test_a_pdf_is_linked_where_there_is_one() -> None:
    page = framed(stems=["trade/kaz-tur", "trade/kaz-tur.pdf", "trade/kaz-tur_start-2005.pdf"])
    assert re.findall(r'href="\.\./([^"]+\.pdf)"', page) == ["trade/kaz-tur.pdf"]
    assert "Period" not in page
    page = framed(stems=["trade/kaz-tur", "fact-sheets/kaz-tur.pdf", "fact-sheets/tur-kaz.pdf"])
    assert re.findall(r'href="\.\./([^"]+\.pdf)"', page) == ["fact-sheets/kaz-tur.pdf"]
    assert "PDF" not in framed()


def test_filling_places_again_changes_nothing_and_another_edition_replaces_them() -> None:
    once = framed()
    options: dict[str, Any] = {"description": "Two sentences. Here.", "summary": summary()}
    again = frame(
        once, "trade/kaz-tur.html", Edition(), ["trade/kaz-tur", "defense/kaz-tur"],
        retrieved="2026-11-20", **options,
    )  # fmt: skip
    assert again == once
    other = frame(once, "trade/kaz-tur.html", Edition(), ["trade/kaz-tur"], **options)
    assert 'href="../defense' not in other


def test_a_page_says_what_it_is_to_other_programs() -> None:
    page = framed(Edition(base_url="https://example.org/ties/"))
    assert '<meta name="description" content="Two sentences. Here.">' in page
    assert '<link rel="canonical" href="https://example.org/ties/trade/kaz-tur.html">' in page
    assert '<meta property="og:title" content="Trade: A and B">' in page
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    dataset = json.loads(script)
    assert dataset["@type"] == "Dataset"
    assert dataset["temporalCoverage"] == "1995/.."
    assert dataset["spatialCoverage"] == ["Kazakhstan", "Türkiye"]
    assert dataset["distribution"][0]["contentUrl"].startswith("https://example.org/ties/trade/")
    assert "canonical" not in framed()
    assert "url" not in json.loads(framed().partition('ld+json">')[2].partition("</script>")[0])


def test_a_long_description_is_cut_at_a_word() -> None:
    page = framed(description="word " * 100)
    (text,) = re.findall(r'name="description" content="([^"]+)"', page)
    assert text.endswith("word …")
    assert 280 < len(text) <= 302
    exact = " ".join(["w" * 9] * 30)  # 299 signs
    assert f'content="{exact}"' in framed(description=exact)


def test_a_page_is_cited_as_text_and_for_bibtex() -> None:
    page = framed(title="Trade: {A} and B")
    assert "Turkic Ties (2026). Trade: {A} and B. Data retrieved by 20 November 2026." in page
    assert "@misc{turkic-ties-trade-kaz-tur," in page
    assert "title = {{Trade: A and B}}" in page, "braces of a title would end the field"
    dated = framed(Edition(base_url="https://example.org/", dated="2026-11-28"))
    copy = "editions/2026-11-28/trade/kaz-tur.html"
    assert f"Edition of 28 November 2026. https://example.org/{copy}" in dated
    assert f'<a href="../{copy}">' in dated
    assert "Turkic Ties (undated)" in framed(retrieved="")


def test_hostile_texts_stay_texts_in_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countries, "name", lambda iso3, lang="en": f"{iso3} {HOSTILE}")
    stems = [*ALL, "trade/kaz-tur_group-<b>x"]
    hostile = summary(key_figures=[{"label": HOSTILE}], sources=[{"url": HOSTILE}])
    page = framed(description=HOSTILE, summary=hostile, stems=stems, retrieved=HOSTILE)
    data = re.compile(r'<script type="application/ld\+json">[^<]*</script>')
    assert len(data.findall(page)) == 1
    check(data.sub("", page))
    assert "alert(1)" in page


@pytest.mark.parametrize(
    "address",
    [
        "example.org/",
        "ftp://example.org/",
        "javascript:alert(1)/",
        "https://",
        "https:///x/",
        "https://a b/",
        "https://example.org/?q=1/",
        'https://example.org/"><script>/',
        "https://user:secret@example.org/",
        "https://example.org//x/",
    ],
)
def test_a_base_address_that_is_none_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(EditionError, match="not the address of a folder on the web") as error:
        Edition(base_url=address)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("address", ["https://example.org/", "http://localhost:8000/a/b~c/"])
def test_a_base_address_is_a_folder_of_the_web(address: str) -> None:
    assert Edition(base_url=address).base_url == address


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/x/issues", "https://example.org/x/issues"),
        ("errors@mail.example.org", "mailto:errors@mail.example.org"),
        ("errors@example", None),
        ("@example.org", None),
        ("ftp://example.org/", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("a@b.org c@d.org", None),
        ('https://a.org/"><script>', "https://a.org/&#34;&gt;&lt;script&gt;"),
    ],
)
def test_errors_are_reported_to_an_address_of_the_edition(
    address: str, link: str | None, tmp_path: Path
) -> None:
    if link is None:
        with pytest.raises(EditionError, match="no address on the web or of mail"):
            Edition(contact=address)
        return
    (tmp_path / "edition.json").write_text(json.dumps({"contact": address}), "utf-8")
    about = edition_pages(tmp_path)["about.html"]
    assert f'Report an error to <a href="{link}">' in about
    assert "whoever publishes it" not in about


def test_an_edition_without_an_address_says_who_takes_reports_of_errors(tmp_path: Path) -> None:
    assert "report an error to whoever publishes it" in edition_pages(tmp_path)["about.html"]


@pytest.mark.parametrize(("day", "right"), [("2026-12-24", True), ("24.12.2026", False)])
def test_a_day_is_written_in_one_way(day: str, right: bool) -> None:
    if right:
        assert in_words(Edition(next=day).next) == "24 December 2026"
        return
    with pytest.raises(EditionError, match="write it like 2026-12-24"):
        Edition(next=day)


def test_what_is_known_of_an_edition_is_read_from_the_first_folder(tmp_path: Path) -> None:
    assert read(tmp_path) == Edition()
    path = tmp_path / "edition.json"
    path.write_text('{"updated": "2026-11-28", "base_url": "https://example.org/"}', "utf-8")
    assert read(tmp_path / "none", tmp_path).updated == "2026-11-28"
    for damaged in ("{", '{"other": 1}', '{"base_url": "x"}', "[]"):
        path.write_text(damaged, "utf-8")
        assert read(tmp_path) == Edition()


def test_a_copy_is_kept_once_a_day_and_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "trade").mkdir()
    (tmp_path / "trade" / "kaz-tur.html").write_text("page", "utf-8")
    for private in (".lock", "history.jsonl"):
        (tmp_path / private).write_text("", "utf-8")
    free(tmp_path, "2026-11-28")
    keep(tmp_path, "2026-11-28")
    copied = sorted(p.name for p in (tmp_path / "editions" / "2026-11-28").rglob("*"))
    assert copied == ["kaz-tur.html", "trade"]
    with pytest.raises(EditionExists, match="not replaced"):
        free(tmp_path, "2026-11-28")
    free(tmp_path, "2026-11-29")
    keep(tmp_path, "2026-11-29")
    assert not (tmp_path / "editions" / "2026-11-29" / "editions").exists()


def test_the_command_frames_all_reports_keeps_a_copy_and_tells_of_slips(small: Path) -> None:
    output = ["--output", str(small / "reports")]
    for option in ("--base-url", "--contact"):
        refused = ties(small, "build", *output, option, "nonsense")
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1
    assert ties(small, "build", "trade", *output).returncode == 0
    page = small / "reports" / "trade" / "kaz-tur.html"
    assert "<s>Defense</s>" in page.read_text("utf-8")
    address = ["--base-url", "https://example.org/ties", "--edition", "--next", "2026-12-01"]
    assert ties(small, "build", "defense", *output, *address).returncode == 0
    text = page.read_text("utf-8")
    assert '<a href="../defense/kaz-tur.html">Defense</a>' in text, "the older page is filled again"
    assert 'href="https://example.org/ties/trade/kaz-tur.html"' in text
    edition = read(small / "reports")
    assert edition.next == "2026-12-01"
    copy = small / "reports" / "editions" / edition.dated
    assert (copy / "trade" / "kaz-tur.html").read_text("utf-8") == text
    assert "1 December 2026" in (copy / "changes.html").read_text("utf-8")
    again = ties(small, "build", *output, *address)
    assert again.returncode == 2
    assert "not replaced" in again.stderr
    assert ties(small, "build", *output, "--verify").returncode == 0
    unchanged = ties(small, "build", "trade", "defense", *output)
    assert "0 built, 2 up to date" in unchanged.stdout
    assert "canonical" not in page.read_text("utf-8")


def test_a_term_is_linked_at_its_first_use_in_text_alone() -> None:
    body = (
        '<h2 id="x">TIV</h2><table><tr><td>TIV</td></tr></table><p title="TIV">In TIV, and TIV; '
        "Herfindahl–Hirschman index (HHI), ideal points, NOTTIV</p><svg><text>FOB</text></svg>"
    )
    linked = glossary.linked(body, "about.html")
    assert linked.count('href="about.html#term-tiv"') == 1
    assert '<p title="TIV">In <a class="term"' in linked
    assert linked.count('href="about.html#term-hhi"') == 1
    assert '">ideal points</a>' in linked
    assert "term-fob" not in linked
    assert re.sub(r"</?a[^>]*>", "", linked) == body
    assert Page(str(linked)).open == []
    assert Parts(str(linked)).handlers == []


@pytest.mark.parametrize("term", glossary.TERMS)
def test_every_term_has_a_meaning_in_one_or_two_sentences(term: str) -> None:
    assert glossary.TERMS[term].endswith(".")
    assert 60 < len(glossary.TERMS[term]) < 300


def test_sources_say_when_they_were_retrieved_and_what_was_done() -> None:
    page = (PROJECT / "reports" / "trade" / "kaz-tur.html").read_text("utf-8")
    found = json.loads((PROJECT / "reports" / "trade" / "kaz-tur.json").read_text("utf-8"))
    assert len(found["sources"]) > 10
    told = html.unescape(page)
    for source in found["sources"]:
        assert f"Retrieved: {source['accessed']}" in told
        assert source["processing"] in told
        assert "LicenseRef" not in source["licence"]
        assert source["licence"] in told


def test_known_errors_of_sources_are_on_the_page_and_in_one_list() -> None:
    page = html.unescape((PROJECT / "reports" / "trade" / "kaz-tur.html").read_text("utf-8"))
    about = html.unescape(edition_pages(PROJECT / "reports")["about.html"])
    assert data.corrections("trade/bilateral_trade")
    for entry in data.corrections():
        assert f'id="{entry["id"]}"' in about
        if entry["table"] == "trade/bilateral_trade":
            assert " ".join(entry["reason"].split()) in page


def test_the_manifest_names_version_commit_and_people() -> None:
    record = manifest.Record({}, {"trade/kaz-tur.html": "sha256:00"}, "2026-01-01", "2026-01-01")
    crate = json.loads(manifest.as_json({"trade/kaz-tur": record}, manifest.version()))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    (action,) = (e for e in crate["@graph"] if e["@type"] == "CreateAction")
    software = entities[action["instrument"]["@id"]]
    if (PROJECT / ".git").exists():
        assert re.search(r", commit [0-9a-f]{40}", software["softwareVersion"])
    assert entities[action["agent"]["@id"]]["@type"] == "Organization"
    for property in ("author", "publisher", "license"):
        assert entities["./"][property]["@id"] in entities


def test_every_row_of_the_table_of_features_has_a_test() -> None:
    rows = files.read_yaml(PROJECT / "tests" / "rows.yml")
    assert sorted(rows) == list(range(1, 38))
    for row in rows.values():
        name, _, test = row["test"].partition("::")
        assert f"def {test}(" in (PROJECT / "tests" / name).read_text("utf-8"), row
