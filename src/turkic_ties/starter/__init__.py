"""A new topic: notebook, measure, data package and tests that pass, to be changed step by step.

The files next to this one are what is written, with NAME and TITLE in the place of the name.
"""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path

from turkic_ties import countries, files, hashing, topics
from turkic_ties.errors import TiesError
from turkic_ties.files import Json
from turkic_ties.reports.record import METADATA

HERE = Path(__file__).parent
NAME = re.compile(r"[a-z][a-z0-9_]*")


class NewTopicError(TiesError):
    """A topic cannot be made under this name; the message is one line."""


def create(name: str) -> list[Path]:
    """Write the files of a new topic.

    Parameters
    ----------
    name
        In lower case, as a name of Python: it becomes that of a module.

    Returns
    -------
    list of pathlib.Path
        What was written.

    Raises
    ------
    NewTopicError
        When the name cannot be that of a module, or one of the files is there already.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or name in topics.TAKEN:
        raise NewTopicError(
            f"{name!r} cannot be the name of a topic: write it in lower case, with letters, digits "
            "and _, such as energy or water_use."
        )
    project = topics.PROJECT
    data = countries.data_directory() / name
    package = project / "src" / "turkic_ties"
    if not (project / "notebooks").is_dir() or not package.is_dir():
        raise NewTopicError(f"{project} is not a checkout of the project: a topic needs one.")
    figures = (HERE / "figures.csv").read_text("utf-8")
    described = _filled("datapackage.yaml", name)
    described = described.replace("BYTES", str(len(figures.encode())))
    described = described.replace("HASH", hashing.of_bytes(figures.encode()))
    notebook = json.dumps(_notebook(name), indent=1, ensure_ascii=False) + "\n"
    written = {
        data / "figures.csv": figures,
        data / "datapackage.yaml": described,
        package / "measures" / f"{name}.py": _filled("measures.txt", name),
        package / f"{name}.py": _filled("topic.txt", name),
        topics.notebook_path(name): notebook,
        project / "tests" / f"test_{name}.py": _filled("test.txt", name),
    }
    if there := [path for path in [*written, package / name] if path.exists()]:
        raise NewTopicError(f"{there[0]} is there already. Choose another name.")
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text)
    return list(written)


def _filled(file: str, name: str) -> str:
    text = (HERE / file).read_text("utf-8").replace("NAME", name)
    return text.replace("TITLE", name.replace("_", " ").capitalize())


def _notebook(name: str) -> Json:
    """Make the notebook, the last on the index, with its imports in order."""
    orders = [topics.describe(each).order for each in topics.names()]
    own = {"order": 1 + max(filter(lambda order: order < float("inf"), orders), default=0)}
    title = name.replace("_", " ").capitalize()
    parts = re.split(r"^%% (\w+) (\S+)\n", _filled("notebook.txt", name), flags=re.MULTILINE)
    cells = []
    for kind, id, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        ours = re.compile(r"(?:^from turkic_ties\.\S+ import .*\n)+", re.MULTILINE)
        source = ours.sub(lambda found: "".join(sorted(found[0].splitlines(True))), text.strip())
        cell: Json = {"cell_type": kind, "id": id, "metadata": {}}
        if id == "parameters":
            cell["metadata"] = {"tags": ["parameters"]}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell | {"source": source.splitlines(True)})
    metadata = METADATA | {"title": title, "turkic_ties": own}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
