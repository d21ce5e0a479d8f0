"""What the templates of all pages share."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "template"


def style_sheet(*paths: str) -> Markup:
    """Join style sheets for the head of a page.

    Parameters
    ----------
    paths
        Below the folder of templates.
    """
    texts = [(TEMPLATES / path).read_text(encoding="utf-8") for path in paths]
    return Markup("".join(texts))
