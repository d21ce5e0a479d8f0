"""What a notebook shows a reader: key figures, findings, figures, tables, verdicts, sources.

Every function here puts one MIME bundle into the cell's output. JupyterLab and GitHub show its standard part (SVG,
HTML, Markdown); the renderer reads the same content from the part under `MIME_TYPE`, so a report never has to guess
what an output is. Outputs depend on their arguments alone: no dates, no random identifiers, no machine settings.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from turkic_ties import claims as registry
from turkic_ties import countries, data
from turkic_ties.theme import GRID, INK, MIME_TYPE, MUTED, PAPER
from turkic_ties.words import MISSING
from turkic_ties.words import count as count  # noqa: PLC0414 until notebooks import words
from turkic_ties.words import number as number  # noqa: PLC0414 until notebooks import words
from turkic_ties.words import ordinal as ordinal  # noqa: PLC0414 until notebooks import words
from turkic_ties.words import percent as percent  # noqa: PLC0414 until notebooks import words
from turkic_ties.words import usd as usd  # noqa: PLC0414 until notebooks import words

# DejaVu Sans is what matplotlib measures text with; Verdana has the same widths where DejaVu is not installed.
SVG_STYLE = (
    "svg text{font-family:'DejaVu Sans',Verdana,'Bitstream Vera Sans',sans-serif}"
    "svg *{stroke-linejoin:round;stroke-linecap:butt}"
)

COMPUTING = r"__main__|(turkic_ties|pandas|numpy|scipy|matplotlib|seaborn)(\.|$)"

Value = float | int | str | None
Text = str | Callable[[pd.DataFrame], str]


@dataclass(frozen=True)
class KeyFigure:
    """A number worth a card.

    Parameters
    ----------
    id
        Stable name, the same for every pair (``turnover_usd``).
    label
        What a reader sees above the number.
    value
        The number in base units, or a code such as ISO3 where the answer is a country; None when it is not available.
    text
        The number as it is printed on the card.
    unit
        The unit of `value`.
    period
        The year or years it is about; for a missing value, why it is missing.
    source
        Who publishes it.
    """

    id: str
    label: str
    value: Value
    text: str
    unit: str
    period: str
    source: str


BOOKS = {"own": ", own books", "mirror": ", the partner's books", "model": ", reconciled model"}


def last_figure(
    id: str,
    label: str,
    rows: pd.DataFrame,
    column: str,
    text: Callable[[Any], str],
    unit: str,
    table: str,
) -> KeyFigure:
    """Make a key figure of the last year a measure has.

    Parameters
    ----------
    id, label, unit
        As in `KeyFigure`.
    rows
        A measure with a ``year``; where it has ``books`` and ``source`` the card names them.
    column
        The column of `rows` with the number or code.
    text
        How to write the number.
    table
        Address of the table the measure rests on.

    Returns
    -------
    KeyFigure
        The number of the last year that has one; a card that says so where none has.
    """
    there = rows.dropna(subset=[column])
    if there.empty:
        return KeyFigure(
            id, label, None, MISSING, unit, "no record in this period", data.publishers(table)
        )
    last = there.sort_values("year", kind="stable").iloc[-1]
    ids = str(last["source"]).split("; ") if "source" in there else None
    period = f"{last['year']}{BOOKS[last['books']] if 'books' in there else ''}"
    value = last[column] if isinstance(last[column], str) else float(last[column])
    return KeyFigure(
        id, label, value, text(last[column]), unit, period, data.publishers(table, ids)
    )


def setup() -> None:
    """Set everything that decides how outputs look, and turn warnings into errors.

    Called once at the top of a notebook. Nothing is left to what the machine detects on import.
    """
    # Ours and the libraries we compute with, not the kernel's own machinery: a reader can do nothing about that.
    warnings.filterwarnings("error", module=COMPUTING)
    sns.set_theme(style="ticks", context="notebook", font="DejaVu Sans")
    mpl.rcParams.update(
        {
            "axes.edgecolor": MUTED,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.labelcolor": MUTED,
            "axes.labelsize": 10.5,
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlecolor": INK,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "figure.constrained_layout.use": True,
            "figure.facecolor": PAPER,
            "axes.facecolor": PAPER,
            "figure.figsize": (7.4, 4.2),
            "grid.color": GRID,
            "grid.linewidth": 0.8,
            "legend.frameon": False,
            "patch.edgecolor": PAPER,
            "legend.fontsize": 10,
            "lines.linewidth": 2.0,
            "svg.fonttype": "none",
            "svg.hashsalt": "turkic-ties",
            "text.color": INK,
            "xtick.color": MUTED,
            "xtick.labelcolor": MUTED,
            "xtick.labelsize": 10,
            "ytick.color": MUTED,
            "ytick.labelcolor": MUTED,
            "ytick.labelsize": 10,
            "ytick.left": False,
            "axes.unicode_minus": True,
        }
    )
    pd.set_option(
        "display.max_columns",
        20,
        "display.max_rows",
        40,
        "display.width",
        120,
        "display.precision",
        3,
    )


# -- outputs ----------------------------------------------------------------------------------------------------


def key_figures(figures: Sequence[KeyFigure]) -> None:
    """Show the cards at the head of a report.

    Parameters
    ----------
    figures
        In reading order; ids must be unique.
    """
    ids = [figure.id for figure in figures]
    if len(set(ids)) != len(ids):
        raise ValueError(
            f"key figures share an id: {sorted(i for i in set(ids) if ids.count(i) > 1)}. Give each its own."
        )
    shown = [{**asdict(figure), "value": _plain(figure.value)} for figure in figures]
    rows = pd.DataFrame(
        {
            "Key figure": [figure.label for figure in figures],
            "Value": [figure.text for figure in figures],
            "Period": [figure.period for figure in figures],
            "Source": [figure.source for figure in figures],
        }
    )
    _display("key_figures", {"figures": shown}, {"text/html": _html_table(rows, {})})


def finding(text: str) -> None:
    """Show a sentence that was computed from numbers."""
    _display("finding", {"text": text}, {"text/markdown": text})


def unavailable(text: str) -> None:
    """Say in one sentence what is not available for this pair or period, and what is."""
    _display("unavailable", {"text": text}, {"text/markdown": f"*{text}*"})


def figure(
    fig: Figure, *, id: str, title: str, subtitle: str, source: str, alt: str, values: pd.DataFrame
) -> None:
    """Show a chart with all a reader needs to trust it, and close it.

    Parameters
    ----------
    fig
        The matplotlib figure; it carries no title of its own.
    id
        Stable name, unique in the notebook (``long-view``).
    title
        What the chart shows, as a finding.
    subtitle
        Unit and definition.
    source
        Who publishes the figures, see `turkic_ties.data.credit`.
    alt
        What a reader who does not see the chart should know.
    values
        The numbers that are drawn, offered as a folded table and a CSV file.
    """
    svg = _svg(fig, id)
    plt.close(fig)
    described = {
        "id": id,
        "title": title,
        "subtitle": subtitle,
        "source": source,
        "alt": alt,
        "csv": _csv(values),
    }
    _caption(f"**{title}**  \n{subtitle}")
    _display("figure", described, {"image/svg+xml": svg, "text/plain": f"[Chart: {alt}]"})
    _caption(f"*Source: {source}*")


def chart(
    rows: pd.DataFrame,
    draw: Callable[[pd.DataFrame], Figure],
    *,
    id: str,
    title: Text,
    subtitle: Text,
    source: Text,
    alt: Text,
    missing: str,
    values: pd.DataFrame | None = None,
) -> None:
    """Show the chart of some rows, or say in one sentence that there are none.

    Parameters
    ----------
    rows
        What is drawn. Without rows nothing is drawn and `missing` is shown.
    draw
        Makes the figure from `rows`.
    id, title, subtitle, source, alt
        As for `figure`; each a text, or a function that writes it from `rows`.
    missing
        What is not available, and what is; see `unavailable`.
    values
        The numbers that are drawn, where they are not `rows` themselves.

    Examples
    --------
    A cell of a notebook::

        show.chart(
            balance,
            draw_balance,
            id="balance",
            title=findings.balance,
            subtitle="Billion current US dollars",
            source=credit("trade/bilateral_trade"),
            alt="Bars of the yearly balance.",
            missing=f"No year has both flows between {country_name} and {partner_name}.",
        )
    """
    if rows.empty:
        unavailable(missing)
        return

    def written(text: Text) -> str:
        return text if isinstance(text, str) else text(rows)

    figure(
        draw(rows),
        id=id,
        title=written(title),
        subtitle=written(subtitle),
        source=written(source),
        alt=written(alt),
        values=rows if values is None else values,
    )


def table(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    formats: Mapping[str, Callable[[Any], str]] | None = None,
) -> None:
    """Show a table a reader looks up figures in.

    Parameters
    ----------
    frame
        Rows in the order they are read; column names are the header.
    id, title, subtitle, source
        As for `figure`.
    formats
        How to write the values of a column; others are written as they are.
    """
    described = {
        "id": id,
        "title": title,
        "subtitle": subtitle,
        "source": source,
        "csv": _csv(frame),
    }
    body = _html_table(frame, formats or {})
    _caption(f"**{title}**  \n{subtitle}")
    _display("table", {**described, "html": body}, {"text/html": body})
    _caption(f"*Source: {source}*")


def claims(results: Iterable[Mapping[str, Any]]) -> None:
    """Show statements of an article with their verdicts, in the order of the article.

    Parameters
    ----------
    results
        Of `turkic_ties.claims.evaluate`, each as `to_dict` gives it. The report's summary carries them whole.
    """
    ordered = sorted(results, key=lambda result: (result["paragraph"], result["sentence"]))
    keys = ("id", "statement", "stated", "computed", "verdict")
    rows = [
        [*(result[key] for key in keys), "; ".join(filter(None, [result["rule"], result["why"]]))]
        for result in ordered
    ]
    body = _html_table(pd.DataFrame(rows, columns=[*map(str.capitalize, keys), "Rule"]), {})
    _display("claims", {"claims": ordered}, {"text/html": body})


def statements(topic: str, country: str, partner: str) -> None:
    """Show the statements of the article on one topic, or say that the article is about another pair.

    Parameters
    ----------
    topic
        The topic of the notebook.
    country, partner
        ISO3 codes of the pair of the report.
    """
    article = registry.article()
    if (country, partner) == (article.country, article.partner):
        statements = registry.load()
        of_topic = [claim.id for claim in statements.claims if claim.topic == topic]
        claims(result.to_dict() for result in registry.evaluate(statements, of_topic))
        return
    subject = f"{countries.name(article.country)} and its partner {countries.name(article.partner)}"
    pair = f"{countries.name(country)} and its partner {countries.name(partner)}"
    unavailable(f"The article put to the test speaks of {subject}, not of {pair}.")


def sources(read: Iterable[str]) -> None:
    """Show what the notebook rests on: every source behind the tables it read, from the data packages."""
    read = sorted(read)
    listed = data.sources(read)
    tables = [{"table": address, "hash": data.resource(address)["hash"]} for address in read]
    lines = [
        f"- {source.publisher}, {source.dataset} ({source.version}; {source.kind}). {source.citation}"
        for source in listed.itertuples()
    ]
    _display(
        "sources",
        {"sources": listed.to_dict("records"), "tables": tables},
        {"text/markdown": "\n".join(lines)},
    )


def label_line_ends(
    ax: Axes, labels: Mapping[str, tuple[float, float, str]], *, gap: float = 0.045
) -> None:
    """Write the names of lines at the right, each at the height of its last point, moved apart where they overlap.

    Parameters
    ----------
    ax
        Axes whose limits are final.
    labels
        Text mapped to the last point of its line and the line's colour: ``{"Türkiye": (2023, 5.1, "#D55E00")}``.
    gap
        Smallest distance between two labels, as a share of the height of the axes.
    """
    if not labels:
        return
    to_axes = ax.transData + ax.transAxes.inverted()
    placed = sorted(
        (float(to_axes.transform((x, y))[1]), text, colour)
        for text, (x, y, colour) in labels.items()
    )
    edge = max(float(to_axes.transform((x, 0))[0]) for x, _, _ in labels.values())
    heights = [height for height, *_ in placed]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    for height, (_, text, colour) in zip(heights, placed, strict=True):
        ax.annotate(text, (edge, height), xycoords="axes fraction", xytext=(6, 0), textcoords="offset points",
                    va="center", color=colour, fontsize=10, annotation_clip=False)  # fmt: skip


def runs(rows: pd.DataFrame, by: Sequence[str]) -> pd.Series[int]:
    """Number the unbroken runs of years, so that a chart can draw a gap as a gap (seaborn's ``units``).

    Parameters
    ----------
    rows
        With a ``year``; in any order.
    by
        Columns that tell lines apart, the source among them: a line breaks where one of them changes.

    Returns
    -------
    pandas.Series
        For each row a number, the same for years that follow one another.
    """
    ordered = rows.sort_values([*by, "year"])
    starts = (ordered["year"].diff() != 1) | (ordered[list(by)] != ordered[list(by)].shift()).any(
        axis=1
    )
    return starts.astype("int64").cumsum().reindex(rows.index)


def year_axis(ax: Axes, ticks: int = 8) -> None:
    """Let a horizontal axis of years carry whole years, at most `ticks` of them, and no label: they need none."""
    ax.xaxis.set_major_locator(MaxNLocator(nbins=ticks, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    ax.set_xlabel("")


# -- bundles ----------------------------------------------------------------------------------------------------


def _display(kind: str, content: dict[str, Any], standard: dict[str, str]) -> None:
    plain = {
        "text/plain": standard.get("text/markdown")
        or content.get("title")
        or kind.replace("_", " ")
    }
    display({**plain, **standard, MIME_TYPE: {"kind": kind, **content}}, raw=True)


def _caption(markdown: str) -> None:
    """Text around a chart that only the notebook needs: the report sets it from the chart's own bundle."""
    display(
        {"text/markdown": markdown, "text/plain": markdown, MIME_TYPE: {"kind": "caption"}},
        raw=True,
    )


def _plain(value: Value) -> Value:
    """Reduce a number to six significant digits: what any platform agrees on."""
    if isinstance(value, str) or value is None:
        return value
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e6 else float(f"{value:.6g}")


def _csv(values: pd.DataFrame) -> str:
    return values.map(
        lambda cell: float(f"{cell:.6g}") if isinstance(cell, float) else cell
    ).to_csv(index=False, lineterminator="\n")


def _html_table(frame: pd.DataFrame, formats: Mapping[str, Callable[[Any], str]]) -> str:
    columns = [str(column) for column in frame]
    numeric = {column for column in columns if pd.api.types.is_numeric_dtype(frame[column])} | set(
        formats
    )

    def cell(tag: str, column: str, text: str) -> str:
        # Numbers stand to the right; a date or another short text is not worth a second line.
        kind = ' class="n"' if column in numeric else ' class="s"' if len(text) <= 12 else ""
        return f"<{tag}{kind}>{html.escape(text)}</{tag.split()[0]}>"

    def row(values: Iterable[Any]) -> str:
        pairs = zip(columns, values, strict=True)
        return "".join(
            cell("td", c, "–" if pd.isna(v) else formats.get(c, str)(v)) for c, v in pairs
        )

    header = "".join(cell('th scope="col"', column, column) for column in columns)
    body = "".join(f"<tr>{row(values)}</tr>" for values in frame.itertuples(index=False))
    return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"


def _svg(fig: Figure, id: str) -> str:
    """Draw a figure as SVG that is the same everywhere and can stand beside others on one page."""
    buffer = io.StringIO()
    # matplotlib looks for a place for every axis label, over and over; most axes have none.
    for axis in (
        axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis) if not axis.get_label_text()
    ):
        axis.set_label_coords(0, 0)
    # Figure.savefig would draw all of it twice, first only to lay it out; drawing does that by itself.
    canvas: Any = FigureCanvasSVG(fig)
    canvas.print_svg(buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].rstrip("\n")
    svg = re.sub(r"\n\s*<!--.*?-->|<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\n +", "\n", svg)
    # Every chart of a page says the same about fonts and joins, so that none restyles its neighbours.
    svg = re.sub(r"<style.*?</style>", f"<style>{SVG_STYLE}</style>", svg, flags=re.DOTALL)
    svg = re.sub(r"\bfont-family: '[^;]*; ?", "", svg)
    svg = svg.replace(' transform="rotate(-0 ', ' transform="rotate(0 ')
    # Hundredths of a point are far below what can be seen, and above where platforms differ.
    svg = re.sub(
        r'(?<==")[^"]*(?=")',
        lambda m: re.sub(r"-?\d+\.\d{3,}(?!\d*e)", _hundredths, m.group()),
        svg,
    )
    # Only identifiers something points at stay, named for the figure, as two charts on a page must not share one, and
    # numbered, as matplotlib makes them from numbers whose last digit differs between platforms.
    used = list(dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)))
    svg = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{id}-{used.index(m[1])}"' if m[1] in used else "", svg
    )
    return re.sub(r'(url\(#|href="#)([^)"]+)', lambda m: f"{m[1]}{id}-{used.index(m[2])}", svg)


def _hundredths(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
