"""From a request to a published report: plan, run, render, publish."""

import sys

# nbformat validates with jsonschema, which builds a grammar of internationalised addresses on import when this package
# is there: over a second in every process, for a format no notebook uses. jsonschema does without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
