"""What a notebook shows: key figures, findings, figures, tables, verdicts, sources.

Every function puts one MIME bundle into the cell's output. JupyterLab and GitHub show its standard
part (SVG, HTML, Markdown); the renderer reads the same content from the part under `MIME_TYPE`, so
that it knows the kind of every output. Outputs depend on their arguments alone: no dates, no random
ids, no settings of the machine.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from turkic_ties import articles, countries, data
from turkic_ties import claims as registry
from turkic_ties.show.charts import (  # noqa: F401
    WIDTH,
    as_svg,
    heat,
    label_line_ends,
    legend_below,
    runs,
    setup,
    year_axis,
)
from turkic_ties.show.readings import MIRRORED, NO_VALUE, readings  # noqa: F401
from turkic_ties.theme import GRID, INK, MIME_TYPE, MUTED, ON_CELL, PAPER, as_markdown  # noqa: F401
from turkic_ties.words import MISSING, capital, count, number, ordinal, percent, usd  # noqa: F401

Value = float | int | str | None
Text = str | Callable[[pd.DataFrame], str]

NO_RECORD = "no record in this period"
IN_SHORT = 5  # sentences at most
_titles: dict[str, str] = {}  # of what was shown, by id


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
        The number in base units, or an ISO3 code where the answer is a country; None when it is not
        available.
    text
        The number as printed on the card.
    unit
        The unit of `value`.
    period
        The year or years it refers to; for a missing value, why it is missing.
    source
        Who publishes it.
    state
        The country it is about, where figures of both are shown side by side.
    moved
        Change on the year before and on five years, as printed.
    series
        Years and values of its series, for a small line.
    """

    id: str
    label: str
    value: Value
    text: str
    unit: str
    period: str
    source: str
    state: str = ""
    moved: tuple[str, ...] = ()
    series: tuple[tuple[int, float], ...] = ()


BOOKS = {"own": ", own books", "mirror": ", the partner's books", "model": ", reconciled model"}


def last_figure(
    id: str,
    label: str,
    rows: pd.DataFrame,
    column: str,
    text: Callable[[Any], str],
    unit: str,
    table: str,
    moved: Callable[[float, float], str] | None = None,
    state: str = "",
) -> KeyFigure:
    """Make a key figure of the last year of a measure.

    Parameters
    ----------
    id, label, unit
        As in `KeyFigure`.
    rows
        A measure with a ``year``; where it has ``books`` and ``source`` the card names them, and
        with a ``rank`` the number ``among`` which it is one.
    column
        The column of `rows` with the number or code.
    text
        Formats the number.
    table
        Address of the table the measure rests on.
    moved
        Writes a change, such as `turkic_ties.words.growth`; `rows` must then be one series.
    state
        As in `KeyFigure`.

    Returns
    -------
    KeyFigure
        The number of the last year with one, or a card that says there is none.
    """
    known = rows[rows[column].notna()]
    if known.empty:
        return KeyFigure(id, label, None, MISSING, unit, NO_RECORD, data.publishers(table), state)
    last = known.sort_values("year", kind="stable").iloc[-1]
    ids = str(last["source"]).split("; ") if "source" in known else None
    period = f"{last['year']}{BOOKS[last['books']] if 'books' in known else ''}"
    value = last[column] if isinstance(last[column], str) else float(last[column])
    publisher = data.publishers(table, ids)
    written = text(last[column])
    if column == "rank" and pd.notna(last.get("among")):
        written += f" of {last['among']:.0f}"
    figure = KeyFigure(id, label, value, written, unit, period, publisher, state)
    return figure if moved is None else _with_series(figure, known, column, moved)


def _with_series(
    figure: KeyFigure, known: pd.DataFrame, column: str, moved: Callable[[float, float], str]
) -> KeyFigure:
    """Add the series of a figure, and how it moved up to the last year."""
    values = dict(zip(known["year"].astype(int), known[column].astype(float), strict=True))
    last = max(values)
    # A change from nothing has no rate.
    earlier = [year for year in (last - 1, last - 5) if values.get(year)]
    changes = tuple(f"{moved(values[last], values[year])} {year}" for year in earlier)
    points = tuple((year, float(f"{values[year]:.6g}")) for year in sorted(values))
    return replace(figure, moved=changes, series=points)


def both_figures(
    id: str,
    label: str,
    rows: Mapping[str, pd.DataFrame],
    column: str,
    text: Callable[[Any], str],
    unit: str,
    table: str,
    moved: Callable[[float, float], str] | None = None,
) -> list[KeyFigure]:
    """Make the key figures of both states that are shown side by side.

    Parameters
    ----------
    id, label
        Of the country's figure; the partner's id ends in ``_partner``.
    rows
        ISO3 code to rows of a measure: the country's first, then the partner's.
    column, text, unit, table, moved
        As for `last_figure`.
    """
    figures = []
    for id_of_state, (iso3, of_state) in zip((id, f"{id}_partner"), rows.items(), strict=True):
        name = countries.name(iso3)
        figures.append(
            last_figure(id_of_state, label, of_state, column, text, unit, table, moved, name)
        )
    return figures


def in_short(*parts: str | Sequence[str]) -> None:
    """Show what a reader can take away, in three to five sentences; a page begins with them.

    Parameters
    ----------
    parts
        Ids of figures and tables shown before, whose titles are taken, and lists of sentences.
        What was not shown for this pair and period is left out; the first five are taken.
    """
    given = [[_titles.get(part, "")] if isinstance(part, str) else part for part in parts]
    sentences = [f"{text.rstrip('.')}." for each in given for text in each if text][:IN_SHORT]
    if not sentences:
        unavailable("No table has figures for this pair and period.")
        return
    text = "\n".join(f"- {as_markdown(sentence)}" for sentence in sentences)
    _display("in_short", {"sentences": sentences}, {"text/markdown": text})


def key_figures(figures: Sequence[KeyFigure]) -> None:
    """Show key figures: as cards, or side by side where they are of both states.

    What has no value is in the summary of the report and not on the page. A zero is a value, but
    cards that are all zero say less than the sentences around them: a page leaves them out.

    Parameters
    ----------
    figures
        In reading order; ids must be unique.
    """
    ids = Counter(figure.id for figure in figures)
    if repeated := sorted(id for id in ids if ids[id] > 1):
        raise ValueError(f"key figures share an id: {repeated}. Give each its own.")
    shown = [{**asdict(figure), "value": _plain(figure.value)} for figure in figures]
    rows = []
    for figure in figures:
        if figure.value is not None:
            name = f"{figure.label}, {figure.state}" if figure.state else figure.label
            row = {"Key figure": name, "Value": figure.text, "Period": figure.period}
            row["Change"] = "; ".join(figure.moved) or "–"
            rows.append({**row, "Source": figure.source})
    table = _html_table(pd.DataFrame(rows), {})
    states = list(dict.fromkeys(figure.state for figure in figures if figure.state))
    _display("key_figures", {"figures": shown, "states": states}, {"text/html": table})


def finding(text: str) -> None:
    """Show a sentence that was computed from numbers."""
    _display("finding", {"text": text}, {"text/markdown": as_markdown(text)})


def unavailable(text: str) -> None:
    """Show one sentence: what is not available for this pair or period, and what is."""
    _display("unavailable", {"text": text}, {"text/markdown": f"*{as_markdown(text)}*"})


def figure(
    fig: Figure, *, id: str, title: str, subtitle: str, source: str, alt: str, values: pd.DataFrame
) -> None:
    """Show a chart with title, source, description and data, and close it.

    Parameters
    ----------
    fig
        The matplotlib figure, without a title.
    id
        Stable id, unique in the notebook (``long-view``).
    title
        What the chart shows, as a finding.
    subtitle
        Unit and definition.
    source
        Who publishes the figures, see `turkic_ties.data.credit`.
    alt
        What is drawn, for a reader who does not see the chart; the title is added to it.
    values
        The numbers that are drawn, shown as a folded table and a CSV file.
    """
    svg = as_svg(fig, id)
    values_drawn = readings(fig)
    plt.close(fig)
    alt = f"{alt} {title}."
    described = {"id": id, "title": title, "subtitle": subtitle, "source": source, "alt": alt}
    standard = {"image/svg+xml": svg, "text/plain": f"[Chart: {alt}]"}
    _caption(f"**{as_markdown(title)}**  \n{as_markdown(subtitle)}")
    shown = {**described, "csv": _csv(_readable(values)), "readings": values_drawn}
    _display("figure", shown, standard)
    _caption(f"*Source: {as_markdown(source)}*")


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
        Rows in the order they are read; column names are the header. A named index is shown as the
        first column.
    id, title, subtitle, source
        As for `figure`.
    formats
        Functions that format the values of a column; others are shown by `str`.
    """
    frame = _flat(frame)
    body = _html_table(frame, formats or {})
    described = {"id": id, "title": title, "subtitle": subtitle, "source": source}
    _caption(f"**{as_markdown(title)}**  \n{as_markdown(subtitle)}")
    _display("table", {**described, "csv": _csv(frame), "html": body}, {"text/html": body})
    _caption(f"*Source: {as_markdown(source)}*")


def claims(results: Iterable[Mapping[str, Any]], cited: str = "", order: str = "") -> None:
    """Show statements of an article with their verdicts, in the order of the article.

    Parameters
    ----------
    results
        Of `turkic_ties.claims.evaluate`, each as a dict by `to_dict`. The summary of the report has
        all of it.
    cited
        The article in one line.
    order
        A sentence on the order of the pair, where the article has another one than the report.
    """
    ordered = sorted(results, key=registry.place)
    keys = {"id": "Id", "statement": "Statement", "answer": "What the figures say"}
    keys |= {"verdict": "Verdict", "why": "Because"}
    rows = pd.DataFrame([[result[key] for key in keys] for result in ordered])
    body = _html_table(rows.set_axis(list(keys.values()), axis="columns"), {})
    body = f"<p>{html.escape(f'{cited} {order}'.strip())}</p>{body}" if cited else body
    described = {"claims": ordered, "cited": cited} | ({"order": order} if order else {})
    _display("claims", described, {"text/html": body})


def statements(topic: str, country: str, partner: str) -> None:
    """Show what the articles about a pair state on one topic; nothing where there is none.

    An article about the pair in the other order is shown with its own figures, and a sentence says
    so. An article whose file has a mistake is named and left out.

    Parameters
    ----------
    topic
        The topic of the notebook.
    country, partner
        ISO3 codes of the pair of the report.
    """
    for slug, path in articles.about(country, partner).items():
        try:
            statements = registry.load(path)
            of_topic = [claim.id for claim in statements.claims if claim.topic == topic]
            results = [result.to_dict() for result in registry.evaluate(statements, of_topic)]
        except registry.ClaimError:
            unavailable(f"The article {slug} is left out: its file has a mistake.")
            continue
        about = statements.article
        side = countries.name(about.country)
        order = ""
        if about.country != country:
            order = (
                f"The article is about {side} with {countries.name(about.partner)}: "
                f"in its statements, the country's own books are those of {side}."
            )
        if results:
            claims(results, about.cited, order)


def sources(read: Iterable[str]) -> None:
    """Show the sources of the tables that were read, from the data packages."""
    read = sorted(read)
    cited = data.sources(read)
    tables = [{"table": address, "hash": data.resource(address)["hash"]} for address in read]
    corrections = []
    for address in read:
        for entry in data.corrections(address):
            row = ", ".join(map(str, entry["match"].values()))
            reason = " ".join(entry["reason"].split())
            action = entry["action"]
            corrections.append({"table": address, "row": row, "action": action, "reason": reason})
    lines = []
    for source in cited.itertuples():
        edition = f"{source.dataset} ({source.version}; {source.kind})"
        lines.append(f"- {as_markdown(f'{source.publisher}, {edition}. {source.citation}')}")
    content = {"sources": cited.to_dict("records"), "tables": tables, "corrections": corrections}
    _display("sources", content, {"text/markdown": "\n".join(lines)})


# -- bundles ---------------------------------------------------------------------------------------


def _display(kind: str, content: dict[str, Any], standard: dict[str, str]) -> None:
    if kind in ("figure", "table"):
        _titles[content["id"]] = content["title"]
    plain = content.get("text") or content.get("title") or kind.replace("_", " ")
    display({"text/plain": plain, **standard, MIME_TYPE: {"kind": kind, **content}}, raw=True)


def _caption(markdown: str) -> None:
    """Show text around a chart in the notebook; the report takes it from the chart's own bundle."""
    _display("caption", {}, {"text/markdown": markdown, "text/plain": markdown})


def _plain(value: Value) -> Value:
    """Round a number to six significant digits, which are the same on all platforms."""
    if isinstance(value, str) or value is None:
        return value
    if pd.isna(value):
        return None
    if float(value).is_integer() and abs(value) < 1e6:
        return int(value)
    return float(f"{value:.6g}")


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn a named index into columns, and names of columns into texts.

    Raises
    ------
    ValueError
        When the rows have names but the index has none: they would be lost.
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    elif not pd.api.types.is_integer_dtype(frame.index):
        raise ValueError("the rows of this table have names: call reset_index(names=...) first.")
    return frame.set_axis([_column_name(name) for name in frame.columns], axis="columns")


def _column_name(name: object) -> str:
    """Write the name of a column; one with several levels has those that are not empty."""
    levels = name if isinstance(name, tuple) else (name,)
    return " ".join(str(level) for level in levels if level != "")


def _csv(values: pd.DataFrame) -> str:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(values)
    rows.writerows(map(_six_digits, row) for row in values.itertuples(index=False, name=None))
    return file.getvalue()


def _six_digits(cell: object) -> object:
    if _is_missing(cell):
        return ""
    return float(f"{cell:.6g}") if isinstance(cell, float) else cell


CODES = re.compile(
    r"iso3|country|partner|state|other|origin|destination|host|(re|ex|im)porter|supplier"
)
ISO3 = re.compile("[A-Z]{3}")
UNITS = {"usd": "US dollars", "eur": "euros", "pct": "percent", "tiv": "million TIV"}


def _readable(values: pd.DataFrame) -> pd.DataFrame:
    """Name countries and columns in words, with the unit of a column in brackets."""

    def heading(name: str) -> str:
        if ISO3.fullmatch(name):
            return str(_country(name))
        name = name.replace("iso3", "country").replace("hhi", "HHI")
        word, _, unit = name.rpartition("_")
        text = f"{word or 'value'} ({UNITS[unit]})" if unit in UNITS else name
        return capital(text.replace("_", " "))

    values = _flat(values)
    for column in [name for name in map(str, values) if CODES.fullmatch(name)]:
        values[column] = values[column].map(_country)
    return values.rename(columns=heading)


@cache
def _country(value: object) -> object:
    """Return the name of a country instead of its code; anything else stays as it is."""
    return countries.name(value) if isinstance(value, str) and countries.is_code(value) else value


def _html_table(frame: pd.DataFrame, formats: Mapping[str, Callable[[Any], str]]) -> str:
    columns = []
    for name, dtype in zip(map(str, frame), frame.dtypes, strict=True):
        is_number = name in formats or pd.api.types.is_numeric_dtype(dtype)
        columns.append((name, is_number, formats.get(name, _written)))

    def cell(tag: str, is_number: bool, text: str) -> str:
        # Numbers are aligned to the right; a date or another short text is not broken.
        kind = ' class="n"' if is_number else ' class="s"' if len(text) <= 12 else ""
        return f"<{tag}{kind}>{html.escape(text)}</{tag[:2]}>"

    def row(values: Iterable[Any]) -> str:
        cells = []
        for (_, is_number, written), value in zip(columns, values, strict=True):
            text = "–" if _is_missing(value) else written(value)
            cells.append(cell("td", is_number, text))
        return "".join(cells)

    header = "".join(cell('th scope="col"', is_number, name) for name, is_number, _ in columns)
    body = "".join(f"<tr>{row(values)}</tr>" for values in frame.itertuples(index=False, name=None))
    return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _written(value: Any) -> str:
    """Write a value; whole numbers of a column with gaps are floats to pandas, and -0 is 0."""
    if isinstance(value, float) and value.is_integer():
        return f"{value + 0:.0f}"
    return str(value)
