"""The articles that are put to the test: one file each under ``data/articles/``.

The name of the file is the slug of the article, and of its page. Nothing here needs pandas, so that
a build with nothing to do is answered at once.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from turkic_ties import countries, files
from turkic_ties.errors import TiesError

FOLDER = "articles"
"""Of the files under ``data/``, and of the pages under ``reports/``."""

STANDARD = "subtle-cooperation"
"""The article that is meant when none is named."""

SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


class ArticleError(TiesError):
    """An article that is not there, or not to be read; the message is one line."""


def find() -> tuple[dict[str, Path], dict[str, str]]:
    """List the files of articles by slug, and what is wrong with the names of the others.

    Examples
    --------
    >>> STANDARD in find()[0]
    True
    """
    articles: dict[str, Path] = {}
    problems: dict[str, str] = {}
    for path in sorted((countries.data_directory() / FOLDER).glob("[!.]*")):
        slug = path.stem
        name = f"data/{FOLDER}/{path.name}"
        if path.suffix.lower() not in (".yml", ".yaml"):
            continue
        if not SLUG.fullmatch(slug) or len(slug) > 100:
            problems[path.name] = (
                f"{name}: rename it; the name of an article has lower-case letters a to z, digits "
                "and single hyphens, such as officials-on-trade.yml, and at most 100 of them."
            )
        elif not path.is_file():
            problems[path.name] = f"{name} is not a file: remove it, or put an article there."
        elif slug in articles:
            other = articles[slug].name
            problems[path.name] = f"{name} and {other} are both named {slug!r}: rename one of them."
        else:
            articles[slug] = path
    return articles, problems


def path(slug: str) -> Path:
    """Return the file of an article.

    Raises
    ------
    ArticleError
        When there is none of this name.
    """
    articles, _ = find()
    if slug not in articles:
        raise ArticleError(f"there is no article {slug!r}; there are {', '.join(articles)}.")
    return articles[slug]


@files.once_per_state
def pair(path: Path) -> tuple[str, str] | None:
    """Read which pair an article is about, and no more; None where the file does not say."""
    try:
        text = files.read_text(path, ArticleError, files.MAX_YAML_BYTES)
        block = re.search(r"^article:.*?(?=^[^\s#]|\Z)", text, re.MULTILINE | re.DOTALL)
        about = files.parse_yaml(block[0] if block else text, path, ArticleError)["article"]
        return str(about["country"]), str(about["partner"])
    except (ArticleError, LookupError, TypeError):
        return None


def about(country: str, partner: str) -> dict[str, Path]:
    """List the articles about a pair, by slug: first those in this order, then the others."""
    articles, _ = find()
    pairs = {slug: pair(path) for slug, path in articles.items()}
    orders = ((country, partner), (partner, country))
    return {slug: articles[slug] for order in orders for slug in pairs if pairs[slug] == order}


def dated(date: str) -> str:
    """Write a date in words, at its precision.

    Examples
    --------
    >>> dated("2024-01"), dated("2022-05-11")
    ('January 2024', '11 May 2022')
    """
    year, *rest = map(int, date.split("-"))
    month = f"{datetime.date(year, rest[0], 1):%B} " if rest else ""
    day = f"{rest[1]} " if len(rest) > 1 else ""
    return f"{day}{month}{year}"
