"""A form for the parameters of a notebook that somebody has open in JupyterLab.

It shows the results below itself: what the notebook stores and what nbval compares stay as they
are. Papermill, nbval and the build run notebooks without it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from IPython.core.getipython import get_ipython
from IPython.display import Markdown, display

from turkic_ties import countries, parameters, topics
from turkic_ties.errors import TiesError
from turkic_ties.show import sortable

if TYPE_CHECKING:
    import ipywidgets as widgets

SESSION = "JPY_SESSION_NAME"
"""The variable in which a Jupyter server tells a kernel which notebook it is for."""

VIEW = "application/vnd.jupyter.widget-view+json"


def offer() -> None:
    """Show the form, where a Jupyter server has started this kernel for a notebook of a topic."""
    path = Path(os.environ.get(SESSION, ""))
    if path.stem in topics.names() and path.is_file():
        box = form(path, get_ipython())
        # No other type: nbval does not compare this one, and a page without widgets shows nothing.
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        display({VIEW: view}, raw=True)


def form(path: Path, shell: Any) -> widgets.VBox:
    """Make the form from the parameters cell of a topic's notebook.

    Parameters
    ----------
    path
        The notebook, named as its topic.
    shell
        The IPython shell that runs its cells.

    Returns
    -------
    ipywidgets.VBox
        One field for each parameter, a button, the place of the results, and what makes tables
        sortable.
    """
    import ipywidgets as widgets

    model = parameters.model(path.stem)
    fields = [
        _field(name, model.model_fields[name].annotation, value)
        for name, value in parameters.values(model()).items()
    ]
    button = widgets.Button(description="Run with these")
    results = widgets.Output()

    def run(_: Any) -> None:
        button.disabled = True
        results.clear_output()
        with results:
            _run(path, {field.description: field.value for field in fields}, shell)
        button.disabled = False

    button.on_click(run)
    wrapped = widgets.Layout(flex_flow="row wrap")
    return widgets.VBox([widgets.Box(fields, layout=wrapped), button, results, sortable.script()])


def _field(name: str, kind: Any, value: Any) -> Any:
    """Make the field of one parameter: a list where only some values are allowed, or a text."""
    import ipywidgets as widgets

    layout = widgets.Layout(width="16em")
    allowed: Any = get_args(kind) if get_origin(kind) is Literal else ()
    if name in ("country", "partner"):
        allowed = [(countries.name(iso3), iso3) for iso3 in countries.MEMBERS]
    if allowed:
        return widgets.Dropdown(options=allowed, value=value, description=name, layout=layout)
    text = "" if value is None else ", ".join(value) if isinstance(value, list) else str(value)
    return widgets.Text(text, description=name, placeholder="not set", layout=layout)


def _run(path: Path, given: dict[str, str], shell: Any) -> None:
    """Run the cells after the parameters with other ones, and show what they show."""
    texts = {name: value.replace(", ", ",") or None for name, value in given.items()}
    try:
        chosen = parameters.check(path.stem, texts)
    except TiesError as error:
        print(error)
        return
    shell.push(parameters.values(chosen))
    cells = topics.read(path)["cells"]
    tagged = ["parameters" in cell["metadata"].get("tags", []) for cell in cells]
    session = os.environ.pop(SESSION, None)  # the cells are not to offer a form again
    try:
        for cell in cells[tagged.index(True) + 1 :]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                display(Markdown(source))
            elif not shell.run_cell(source, store_history=False).success:
                return
    finally:
        os.environ |= {SESSION: session} if session else {}
