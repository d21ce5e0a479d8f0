"""PDFs: tagged, with language and title, the same every time, and text stays text."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from small_project import ties
from test_build import edit_transit, make, published

pytest.importorskip("typst", reason="needs the extra: pip install 'turkic-ties[pdf]'")
pikepdf = pytest.importorskip("pikepdf", reason="needs the extra: pip install 'turkic-ties[test]'")

from turkic_ties.reports import manifest, pdf  # noqa: E402
from turkic_ties.theme import sparkline, themed_svg  # noqa: E402

LETTERS = "Türkiye, Қазақстан, İı Şş Ğğ Әә Өө Үү Ққ Ңң Һһ Іі Җҗ ʼ − – × ≥"
HOSTILE = (
    '#panic("run") #image("x.png") $x^2$ = Heading *bold* _em_ `raw` <label> @ref \\u{41} // */ "]'
    "</main></p><script>alert(1)</script> &lt; {{ 7 * 7 }} \u202e \x07 \U0001f600 漢"
)
SVG = (
    '<svg viewBox="0 0 200 100" xmlns="http://www.w3.org/2000/svg"><style>svg text{font-family:'
    "'DejaVu Sans'}@media(prefers-color-scheme:dark){svg{--s123456:#fff;}}</style>"
    '<text x="9" y="50" style="fill: #1f2933">Қазақстан</text><path d="M 0 0 L 200 100" '
    'style="stroke: var(--s123456,#123456)"/></svg>'
)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def contents(text: str, topics: tuple[str, ...] = ("trade",)) -> pdf.Contents:
    """Make pages and summaries that have a text in every place."""
    shown = escaped(text)
    chart = (
        f'<figure id="figure-one"><figcaption><h3>{shown}</h3><p>{shown}</p></figcaption>'
        f'<div class="chart">{themed_svg(SVG, text)}</div><p class="source">{shown}</p></figure>'
    )
    main = (
        f'<h1 id="a">{shown}<a class="anchor-link" href="#a">¶</a></h1><p>{shown}</p>'
        f"<h4>{shown}</h4>"
        f'<dl class="cards"><div id="c"><dt>{shown}</dt><dd class="value">{shown}</dd></div></dl>'
        f"{chart}<table><thead><tr><th>{shown}</th><th>b</th></tr></thead><tbody><tr>"
        f'<td>{shown}</td><td class="n">1</td></tr></tbody></table><ul><li>{shown}</li></ul>'
        f'<p><a href="https://example.org/?q=1">{shown}</a> <a href="javascript:alert(1)">x</a></p>'
        f'<pre>{shown}</pre><details class="code"><summary>Code</summary>unseen</details>'
    )
    figure: dict[str, Any] = dict.fromkeys(("label", "text", "period", "source"), text)
    figure |= {"value": 1.0, "state": "", "moved": []}
    summary: dict[str, Any] = {
        "topic": "trade",
        "title": text,
        "key_figures": [
            figure | {"state": text, "moved": [text]},
            figure | {"value": None},
            figure | {"value": 0},
            figure,
        ],
        "in_short": [text] * 5,
        "figures": [{"id": "one", "source": text}],
        "sources": [{"publisher": text, "dataset": text, "version": text, "licence": text}],
    }
    return {
        f"{topic}/kaz-tur": (("en", shown, main), {**summary, "topic": topic}) for topic in topics
    }


def opened(content: bytes) -> Any:
    return pikepdf.open(io.BytesIO(content))


def elements(document: Any) -> list[Any]:
    """List the elements of the structure tree, from the top down."""
    found, waiting = [], [document.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop(0)
        kids = node.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        kids = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
        found += kids
        waiting += kids
    return found


def fonts(document: Any) -> set[str]:
    kinds = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)]
    names = [str(each.BaseFont) for each in kinds if "/BaseFont" in each]
    return {re.sub(r"^/[A-Z]{6}\+|-.*", "", name) for name in names}


def test_a_report_is_tagged_with_language_and_title_and_has_all_letters() -> None:
    with opened(pdf.typeset("trade/kaz-tur.pdf", contents(LETTERS))) as document:
        assert document.Root.Lang == "en"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.docinfo["/Title"] == LETTERS
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        tags = [str(element.S).lstrip("/") for element in elements(document)]
        assert set(tags) >= {"P", "Table", "TH", "TD", "L", "LI", "Figure", "Link"}
        levels = [tag for tag in tags if re.fullmatch("H[1-6]", tag)]
        assert sorted(levels) == ["H1", "H2", "H3"], "no level is left out"
        [figure] = [element for element in elements(document) if element.S == "/Figure"]
        assert figure.Alt == LETTERS
        assert fonts(document) == {"LibertinusSerif", "DejaVuSans", "DejaVuSansMono"}


@pytest.mark.parametrize("text", ["short", "a rather long sentence of a report with numbers " * 6])
@pytest.mark.parametrize(
    "topics", [("trade",), ("trade", "defense", "language_policy", "demographics")]
)
def test_a_fact_sheet_has_two_pages_whatever_is_on_it(text: str, topics: tuple[str, ...]) -> None:
    with opened(pdf.typeset("fact-sheets/kaz-tur.pdf", contents(text, topics))) as document:
        assert len(document.pages) == 2
        alts = [element.Alt for element in elements(document) if element.S == "/Figure"]
        assert alts == [text] * len(topics)


def test_text_is_never_markup_and_only_web_addresses_are_links() -> None:
    shown = HOSTILE.replace("\x07", "\ufffd")
    for path in ("trade/kaz-tur.pdf", "fact-sheets/kaz-tur.pdf"):
        with opened(pdf.typeset(path, contents(HOSTILE))) as document:
            with document.open_outline() as outline:
                first = outline.root[0]
            assert first.title == shown
            assert {str(e.Alt) for e in elements(document) if e.S == "/Figure"} == {shown}
            links = [a.A.URI for page in document.pages for a in page.get("/Annots", [])]
            assert [str(uri) for uri in links] == ["https://example.org/?q=1"] * len(links)


def test_folded_code_and_links_to_headings_stay_with_the_page() -> None:
    [((_, _, main), _)] = contents("x").values()
    assert "unseen" in main
    assert "¶" in main
    tree = str(pdf._tree(main))
    assert "unseen" not in tree
    assert "¶" not in tree
    assert "javascript" not in tree


def test_a_fact_sheet_has_figures_with_a_value_and_the_sources_of_what_it_shows() -> None:
    shown = contents("x")
    [(_, summary)] = shown.values()
    summary["sources"].append({**summary["sources"][0], "publisher": "of something else"})
    summary["title"] = "Kazakhstan and Türkiye, since 1995"
    sheet = pdf._fact_sheet(shown)
    with opened(pdf.typeset("fact-sheets/kaz-tur.pdf", shown)) as document:
        assert document.docinfo["/Title"] == "Kazakhstan and Türkiye"
    [part] = sheet["topics"]
    assert part["title"] == "Trade, since 1995"
    assert [card["label"] for card in part["cards"]] == ["x, x", "x"]
    assert [card["notes"] for card in part["cards"]] == [["x", "x", "x"], ["x", "x"]]
    assert sheet["sources"] == ["x, x (x; x)"]
    assert [chart["id"] for chart in sheet["charts"]] == ["figure-one"]


def test_charts_of_all_topics_come_in_turn_and_there_are_six() -> None:
    shown = contents("x", ("trade", "defense", "demographics"))
    for stem, ((language, title, main), summary) in list(shown.items()):
        figures = "".join(f'<figure id="figure-{stem}-{n}"></figure>' for n in range(3))
        shown[stem] = (language, title, main[: main.index("<figure")] + figures), summary
    order = [chart["id"].removeprefix("figure-") for chart in pdf._fact_sheet(shown)["charts"]]
    turn = [f"{topic}/kaz-tur" for topic in ("trade", "defense", "demographics")]
    assert order == [f"{stem}-{n}" for n in (0, 1) for stem in turn]


def test_a_chart_has_the_colours_of_light_mode() -> None:
    (tree,) = pdf._tree(str(themed_svg(SVG, "A & B")))
    assert isinstance(tree, dict)
    assert tree["alt"] == "A & B"
    assert "fill: #1f2933" in tree["svg"]
    assert "stroke: #123456" in tree["svg"]
    assert "var(" not in tree["svg"]


@pytest.mark.parametrize(
    ("size", "width"), [("400 520", 400), ("800 520", 400), ("400 1040", 200), ("401 100", 400)]
)
def test_a_chart_fits_a_page(size: str, width: float) -> None:
    (tree,) = pdf._tree(f'<svg viewBox="0 0 {size}" aria-label=""></svg>')
    assert isinstance(tree, dict)
    assert tree["width"] == width


def test_cells_over_several_columns_and_rows_and_small_lines_are_set() -> None:
    line = str(sparkline([(2001, 1), (2002, 3)]))
    main = (
        '<h1>T</h1><table><caption>C</caption><thead><tr><th colspan="2">a</th></tr><tr><th>b</th>'
        '<th>c</th></tr></thead><tbody><tr><th rowspan="2">d<small>unit</small></th><td>1</td></tr>'
        f"<tr><td>2 {line}</td></tr></tbody></table>"
    )
    (drawn,) = pdf._tree(line)
    assert isinstance(drawn, dict)
    assert '<svg fill="none" stroke="#1f2933"' in drawn["svg"]
    with opened(pdf._compile("en", "T", body=pdf._tree(main))) as document:
        tags = [str(element.S) for element in elements(document)]
        assert tags.count("/TR") == 4
        assert tags.count("/TH") == 3
        assert tags.count("/TD") == 3
        assert tags.count("/Figure") == 1


def test_pdfs_are_published_with_their_pages_and_go_with_them(
    small: Path, data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"trade/kaz-tur.pdf", "defense/kaz-tur.pdf", "fact-sheets/kaz-tur.pdf"}

    page = small / "reports" / "trade" / "kaz-tur.html"

    def pdfs() -> dict[str, str]:
        files = published(small).items()
        assert manifest.verify(small / "reports")[1] == []
        recorded = {name for name in manifest.read(small / "reports") if name.endswith(".pdf")}
        found = {path: hash for path, hash in files if path.endswith(".pdf")}
        assert recorded == set(found)
        for path in made:
            linked = 'href="../' + path in page.read_text("utf-8")
            assert linked == (path in found and "defense" not in path), "a page links to its PDFs"
        return found

    make(small)
    assert pdfs() == {}
    assert make(small, pdf=True).built == [], "no notebook is run for a PDF"
    first = pdfs()
    assert set(first) == made
    with monkeypatch.context() as another_version:
        another_version.setattr(pdf, "TEMPLATE", data_copy / "countries.csv")
        assert make(small).published == [], "a PDF that is that of its page stays"
    (small / "reports" / "trade" / "kaz-tur.pdf").write_bytes(b"altered by hand")
    make(small, pdf=True)
    assert pdfs() == first, "the same every time"
    edit_transit(data_copy)
    make(small)
    assert set(pdfs()) == {"defense/kaz-tur.pdf"}, "a PDF that is not that of its page goes"


def test_a_pdf_that_cannot_be_made_fails_alone(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> bytes:
        raise ValueError("no room\nin memory")

    monkeypatch.setattr(pdf, "typeset", fail)
    outcome = make(small, ["trade"], pdf=True)
    assert outcome.built == ["trade/kaz-tur"]
    paths = ("trade/kaz-tur.pdf", "fact-sheets/kaz-tur.pdf")
    assert outcome.failed == dict.fromkeys(paths, "ValueError: no room")


def test_without_the_extra_it_is_one_line(small: Path) -> None:
    answer = ties(small, "build", "--pdf", before="import sys; sys.modules['typst'] = None")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr == "ties: ties build --pdf needs Typst: pip install 'turkic-ties[pdf]'\n"
