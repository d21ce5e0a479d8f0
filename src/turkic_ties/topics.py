"""The topics of the collection: the one list that everything else derives from.

A topic ``name`` is a notebook ``notebooks/name.ipynb``, a data package
``data/name/datapackage.yaml`` and a module of measures ``turkic_ties.name``. Where it takes more
than country, partner, start and end, `turkic_ties.parameters` says what.
"""

from __future__ import annotations

import importlib
from types import ModuleType

TOPICS = ("trade", "defense", "language_policy", "demographics")
"""In the order of the index page."""


def measures(topic: str) -> ModuleType:
    """Import the module with a topic's measures.

    Examples
    --------
    >>> measures("trade").__name__
    'turkic_ties.trade'
    """
    return importlib.import_module(f"turkic_ties.{topic}")
