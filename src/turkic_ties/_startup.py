"""Skip an import of about a second that nothing here needs.

nbformat validates notebooks with jsonschema, which imports ``rfc3987_syntax`` when it is installed.
That package builds a grammar of internationalised addresses on import; no notebook format uses
them. See https://github.com/python-jsonschema/jsonschema/issues/1428.

`turkic_ties.reports` imports this module, and pytest loads it as its first plugin.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
