"""Tables that can be sorted and searched, in a notebook that somebody has open in JupyterLab.

A script changes what JupyterLab shows, not the outputs: what is stored, compared by nbval and made
into pages stays as it is, and where no script runs there is the plain table.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ipywidgets as widgets

SCRIPT = Path(__file__).with_name("sortable.js")


def script() -> widgets.Output:
    """Make what runs the script, with the library it needs: nothing is asked of the network."""
    import ipywidgets as widgets
    from itables import options

    bundle = Path(options.dt_bundle)
    library = b64encode(bundle.read_bytes()).decode()
    code = SCRIPT.read_text(encoding="utf-8").replace("BUNDLE", library)
    style = bundle.with_suffix(".css").read_text(encoding="utf-8")
    html = (
        f'<style>{style}</style><i class="ties-sortable"></i><script type="module">{code}</script>'
    )
    shown = {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}
    return widgets.Output(outputs=(shown,))
