"""A form for the parameters of a notebook that somebody has open in JupyterLab.

It shows the results below itself: what the notebook stores and what nbval compares stay as they
are. Papermill, nbval and the build run notebooks without it.
"""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from IPython.core.getipython import get_ipython
from IPython.display import Markdown, display

from turkic_ties import countries, parameters

if TYPE_CHECKING:
    import ipywidgets as widgets

SESSION = "JPY_SESSION_NAME"
"""The variable in which a Jupyter server tells a kernel which notebook it is for."""

VIEW = "application/vnd.jupyter.widget-view+json"


def offer() -> None:
    """Show the form, where a Jupyter server has started this kernel for a notebook of a topic."""
    path = Path(os.environ.get(SESSION, ""))
    if path.stem in parameters.MODELS and path.is_file():
        box = form(path, get_ipython())
        # No other type: nbval does not compare this one, and a page without widgets shows nothing.
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        display({VIEW: view}, raw=True)


def form(path: Path, shell: Any) -> widgets.VBox:
    """Make the form from the parameters cell of a notebook.

    Parameters
    ----------
    path
        The notebook, named as its topic.
    shell
        The IPython shell that runs its cells.

    Returns
    -------
    ipywidgets.VBox
        One field for each parameter, a button, and the place of the results.
    """
    import ipywidgets as widgets

    fields = [_field(path.stem, name, value) for name, value in _cells(path)[0].items()]
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
    return widgets.VBox([widgets.Box(fields, layout=wrapped), button, results])


def _cells(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """Return the parameters as written in the cell that has them, and the cells after it."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    place = next(n for n, c in enumerate(cells) if "parameters" in c["metadata"].get("tags", []))
    written = {}
    for line in ast.parse("".join(cells[place]["source"])).body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None:
            target = line.targets[0] if isinstance(line, ast.Assign) else line.target
            written[ast.unparse(target)] = ast.literal_eval(line.value)
    return written, cells[place + 1 :]


def _field(topic: str, name: str, value: Any) -> Any:
    """Make the field of one parameter: a list where only some values are allowed, or a text."""
    import ipywidgets as widgets

    layout = widgets.Layout(width="16em")
    kind = parameters.MODELS[topic].model_fields[name].annotation
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
    except parameters.ParameterError as error:
        print(error)
        return
    shell.push(chosen.model_dump())
    session = os.environ.pop(SESSION, None)  # the cells are not to offer a form again
    try:
        for cell in _cells(path)[1]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                display(Markdown(source))
            elif not shell.run_cell(source, store_history=False).success:
                return
    finally:
        os.environ |= {SESSION: session} if session else {}
