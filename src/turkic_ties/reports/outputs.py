"""Outputs that `turkic_ties.show` did not make, as markup that is safe; the rest is named.

No script, frame or form gets onto a page, and nothing that would be loaded from elsewhere.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bleach
from bleach.css_sanitizer import CSSSanitizer
from markupsafe import Markup, escape
from nbconvert.filters.ansi import ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from turkic_ties.files import Json
from turkic_ties.theme import INK, LINK_SCHEMES, MIME_TYPE

MAX_TEXT = 100_000  # characters of one output; limits page size

PICTURES = {
    "image/svg+xml": "svg+xml",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
}

_TAGS = (
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var"
)
_ATTRIBUTES = "align alt colspan height rowspan scope start style title type valign width"
_STYLES = (
    "background-color border border-bottom border-collapse border-left border-right border-top "
    "color font-size font-style font-weight height padding text-align text-decoration "
    "vertical-align white-space width"
)
TAGS = frozenset(_TAGS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
STYLES = CSSSanitizer(allowed_css_properties=_STYLES.split())
OWN_CLASSES = ("anchor-link", "formula")
# Elements whose text is not for reading; bleach would leave it.
UNREAD = re.compile(r"<(script|style|title|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I)
NO_SOURCE = re.compile(r"<img(?![^>]* src=)[^>]*>")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# An object without a text of its own, alone or in a list, as a call of matplotlib returns it.
OBJECT = re.compile(r"[\[(]?<[^<>]* at 0x[0-9a-f]+>.*", re.DOTALL)
ENVIRONMENT = re.compile(r"\\displaystyle|\\(?:begin|end)\{(?:equation|align|math)\*?\}")
TEX = re.compile(r"[\\^_=]|^\s*[A-Za-z]\s*$")

LOCK = threading.Lock()  # matplotlib's settings are those of the process


def shown(output: NotebookNode) -> Markup:
    """Render an output: the first of its kinds that a page can show."""
    return _rendered(output)[0]


def problem(output: NotebookNode) -> str:
    """Say what of an output is not on the page; empty when all is."""
    return "" if MIME_TYPE in output.get("data", {}) else _rendered(output)[1]


def _rendered(output: NotebookNode) -> tuple[Markup, str]:
    if output.output_type == "stream":
        return _text(output.text), ""
    if output.output_type == "error":
        return _text(f"{output.ename}: {output.evalue}"), ""
    data = output.get("data", {})
    for kind, subtype in PICTURES.items():
        if kind in data and not ("text/html" in data and kind == "image/png"):
            return _picture(subtype, data[kind], data), ""
    if "text/html" in data and _says_something(markup := clean(data["text/html"])):
        return Markup('<div class="scroll" tabindex="0">{}</div>').format(markup), ""
    if "image/png" in data:
        return _picture("png", data["image/png"], data), ""
    if "text/markdown" in data:
        return markdown(data["text/markdown"]), ""
    if "text/latex" in data:
        return _latex(data["text/latex"])
    text = data.get("text/plain", "")
    rich = [kind for kind in data if kind != "text/plain"]
    if not rich and OBJECT.fullmatch(text.strip()):
        return Markup(), f"the text of an object is left out ({text.strip():.60})"
    if not rich and text:
        return _text(text), ""
    if "application/json" in data:
        return _text(json.dumps(data["application/json"], indent=1, ensure_ascii=False)), ""
    if rich:
        return _named(rich, text)
    return Markup(), ""


def _named(kinds: list[str], text: str) -> tuple[Markup, str]:
    """Name what needs a program to be seen, with its text where it has one."""
    named = ", ".join(sorted(kinds))
    note = Markup('<p class="unavailable">An output of the kind {} cannot be shown on a page.</p>')
    own = _text(text) if text and not text.startswith("<") else Markup()
    return note.format(named) + own, f"{named} cannot be shown on a page; show a picture or a table"


def _text(text: str) -> Markup:
    """Write what a terminal would show, colours included."""
    # A progress bar goes back to the start of its line and writes over it.
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    rest = len(text) - MAX_TEXT
    coloured = CONTROL.sub("", ansi2html(text[:MAX_TEXT]))
    cut = Markup("<p>{} more characters are left out.</p>").format(rest) if rest > 0 else ""
    return Markup(f'<pre tabindex="0">{coloured}</pre>') + cut


def _picture(subtype: str, content: str, data: Json) -> Markup:
    encoded = content.replace("\n", "")
    if subtype == "svg+xml":
        encoded = base64.b64encode(content.encode()).decode()
    text = strip_ansi(data.get("text/plain", "<"))
    alt = "A chart without a description" if text.startswith("<") else text
    return Markup('<figure><img src="data:image/{};base64,{}" alt="{}"></figure>').format(
        subtype, encoded, alt
    )


def clean(html: str, is_allowed: Callable[[str, str, str], bool] | None = None) -> Markup:
    """Keep the text, tables, colours and embedded pictures of HTML, and nothing that acts.

    Parameters
    ----------
    html
        Of a stranger.
    is_allowed
        Says of an element, attribute and value whether it stays.
    """
    kept = bleach.clean(
        UNREAD.sub("", html),
        tags=TAGS,
        attributes=is_allowed or _is_allowed,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=STYLES,
        strip=True,
    )
    return Markup(NO_SOURCE.sub("<i>(a picture that is not part of this page)</i>", kept))


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and value.strip().lower().startswith((*LINK_SCHEMES, "#"))
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    return name in ATTRIBUTES


def _is_allowed_in_markdown(tag: str, name: str, value: str) -> bool:
    """Allow the marks of nbconvert's headings and of formulas too."""
    if name == "id":
        return bool(re.fullmatch("h[1-6]", tag))
    return _is_allowed(tag, name, value) or (name == "class" and value in OWN_CLASSES)


def _says_something(markup: Markup) -> bool:
    return "<img" in markup or bool(markup.striptags().strip())


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert has no types
    """nbconvert's Markdown with formulas drawn, and no picture from elsewhere."""

    def inline_math(self, body: str) -> str:
        return _formula(body) or str(super().inline_math(body))

    def block_math(self, body: str) -> str:
        return _formula(body) or str(super().block_math(body))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if url.startswith("attachment:") and name in self.attachments:
            return str(super().image(text, url, title))
        if url.startswith("data:image/"):
            return str(super().image(text, url, title))
        return f"<i>(a picture that is not part of this page: {escape(text or url)})</i>"


@functools.lru_cache(maxsize=2000)  # the texts of a notebook are the same for all pairs
def _markdown(source: str, attachments: str) -> Markup:
    renderer = _Renderer(
        escape=False, allow_harmful_protocols=False, attachments=json.loads(attachments)
    )
    written = MarkdownWithMath(renderer=renderer).render(source)
    if re.search(r"<[!/?A-Za-z]", source):
        return clean(written, _is_allowed_in_markdown)
    return Markup(written)


def markdown(source: str, attachments: Json | None = None) -> Markup:
    """Render Markdown, with formulas, attached pictures, and the HTML in it cleaned."""
    return _markdown(source, json.dumps(attachments or {}))


def _latex(source: str) -> tuple[Markup, str]:
    tex = ENVIRONMENT.sub("", source.strip().strip("$")).strip()
    if drawn := _formula(tex):
        return Markup(f"<p>{drawn}</p>"), ""
    return Markup("<pre>{}</pre>").format(source), "a formula is shown as its LaTeX source"


@functools.cache
def _formula(tex: str) -> str:
    """Draw a formula as matplotlib can; empty for what is none, or beyond it."""
    if not TEX.search(tex) or len(tex) > 2000:
        return ""
    with LOCK:
        import matplotlib as mpl
        from matplotlib.font_manager import FontProperties
        from matplotlib.mathtext import math_to_image

        drawn = io.BytesIO()
        settings = {"svg.hashsalt": "turkic-ties", "svg.fonttype": "path"}
        try:
            with mpl.rc_context(settings):  # type: ignore[arg-type]
                one_line = " ".join(tex.split())
                size = FontProperties(size=12)
                math_to_image(f"${one_line}$", drawn, size, format="svg", color=INK)
        except (ValueError, RuntimeError):
            return ""
    svg = re.sub(rb"<metadata>.*</metadata>", b"", drawn.getvalue(), flags=re.DOTALL)
    picture = base64.b64encode(svg).decode()
    return f'<img class="formula" src="data:image/svg+xml;base64,{picture}" alt="{escape(tex)}">'


# -- outputs that another run would not repeat -----------------------------------------------------

SIGNS = {  # each begins with plain text, which is found ten times as fast as a pattern
    "an address in memory": re.compile(r"at 0x(?<=\bat 0x)[0-9a-f]{6,}"),
    "a path of this machine": re.compile(r"ipykernel_(?<=\bipykernel_)\d|/site-packages/"),
    "a random identifier": re.compile(
        r"-(?<=\b[0-9a-f]{8}-)[0-9a-f]{4}(?:-[0-9a-f]{4}){2}-[0-9a-f]{12}\b"
    ),
}


def notes(notebook: NotebookNode, folder: Path, began: float) -> list[str]:
    """Name the cells with outputs that are not on the page, or that differ from run to run.

    Parameters
    ----------
    notebook
        The executed notebook.
    folder
        Where it was run.
    began
        When, in seconds as `time.time` gives them.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    own = [cell for cell in code if "injected-parameters" not in cell.metadata.get("tags", [])]
    found = []
    for number, cell in enumerate(own, start=1):
        for output in cell.outputs:
            told = [problem(output)] if problem(output) else list(_passing(output, folder, began))
            found += [f"cell {number}: {note}" for note in told]
    return list(dict.fromkeys(found))


def _passing(output: NotebookNode, folder: Path, began: float) -> Iterator[str]:
    """Give what in the text of an output belongs to this run alone."""
    ours = output.get("data", {}).get(MIME_TYPE)
    text = json.dumps(ours, ensure_ascii=False) if ours else str(shown(output))
    ended = time.time()
    seconds = range(int(began), int(ended) + 1)
    zones = (time.localtime, time.gmtime)
    clocks = {time.strftime("%H:%M:%S", zone(at)) for at in seconds for zone in zones}
    days = {time.strftime("%Y-%m-%d", zone(ended)) for zone in zones}
    signs = {name: bool(sign.search(text)) for name, sign in SIGNS.items()}
    signs["the folder of the run"] = str(folder) in text
    times = [time for time in (*clocks, *map(str, seconds)) if time in text]
    signs["the time of day"] = any(re.search(rf"\b{time}\b", text) for time in times)
    signs["today's date"] = not ours and any(day in text for day in days)
    for name, seen in signs.items():
        if seen:
            yield f"shows {name}, which differs from run to run"


def differing(before: str, after: str) -> str:
    """Name the sections of a page that differ from the same page of another run."""
    first = "the beginning</h2>"
    old, new = ((first + page).split("<h2") for page in (before, after))
    titles = [part.partition("</h2>")[0] for part in new if part not in old]
    plain = [re.sub(r"^[^>]*>|<a .*|<[^>]*>", "", title) for title in titles]
    return ", ".join(plain)
