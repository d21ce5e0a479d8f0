"""Skip an import of about a second that nothing here needs, and forget the notebook we run in.

nbformat validates notebooks with jsonschema, which imports ``rfc3987_syntax`` when it is installed.
That package builds a grammar of internationalised addresses on import; no notebook format uses
them. See https://github.com/python-jsonschema/jsonschema/issues/1428.

`turkic_ties.reports` imports this module, and pytest loads it as its first plugin.
"""

import os
import sys

# Notebooks that are run by a command in a notebook are not the one a person has open.
os.environ.pop("JPY_SESSION_NAME", None)

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
