"""The only door to ``data/``: describe, load, cite, check and seal its tables.

Every topic is one Data Package (``data/<topic>/datapackage.yaml``); a table is addressed as
``topic/name``. What is loaded is exactly what the package describes: the bytes must match its hash,
the columns get the types of its schema, and the known errors of ``data/corrections.yml`` are
applied while they are still there.

- `packages`: descriptions, files, hashes, corrections as declared; without pandas
- `tables`: a table as a typed frame
- `catalogue`: what there is, who publishes it, how to cite it
- `checks`: everything at once, with frictionless
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from turkic_ties.data.packages import (
    DataError,
    addresses,
    corrections,
    digest,
    files,
    package,
    package_path,
    resource,
    seal,
    stale,
    topics_with_data,
)

if TYPE_CHECKING:
    from turkic_ties.data.catalogue import (
        cite,
        credit,
        last_years,
        list_tables,
        publishers,
        sources,
    )
    from turkic_ties.data.checks import check
    from turkic_ties.data.tables import load, tables_read

__all__ = [
    "DataError",
    "addresses",
    "check",
    "cite",
    "corrections",
    "credit",
    "digest",
    "files",
    "last_years",
    "list_tables",
    "load",
    "package",
    "package_path",
    "publishers",
    "resource",
    "seal",
    "sources",
    "stale",
    "tables_read",
    "topics_with_data",
]


def __getattr__(name: str) -> Any:
    # A build with nothing to do asks for hashes alone and must not wait for pandas.
    if name in __all__:
        for module in ("tables", "catalogue", "checks"):
            found = importlib.import_module(f"turkic_ties.data.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
