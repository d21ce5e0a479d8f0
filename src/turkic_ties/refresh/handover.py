"""Hand-over: a copy of the whole data folder is changed, checked, and declared the data."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from textwrap import wrap
from typing import Any

from turkic_ties import claims, data
from turkic_ties.countries import data_directory
from turkic_ties.files import Json, sync
from turkic_ties.refresh.place import FOLDER, READY
from turkic_ties.refresh.rows import Change

COPY = "copy"
LOG = "refresh-log.jsonl"

FOLDED = 110
"""Longest text of a package on one line."""


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Copy the data folder, and let this process use the copy until the block ends."""
    copy = folder / COPY
    shutil.rmtree(copy, ignore_errors=True)
    for file in _files(data_directory()):
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data_directory() / file, copy / file)
    try:
        with _using(copy):
            yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def stage(changes: Sequence[Change], facts: Json) -> None:
    """Write the files of one source and what the packages say of it, in the staged copy.

    Parameters
    ----------
    changes
        Of the source.
    facts
        Properties of the source in the package, such as ``version``; None leaves one as it is.
    """
    texts = {}
    for topic in {data.packages.split(change.address)[0] for change in changes}:
        own = [change for change in changes if data.packages.split(change.address)[0] == topic]
        path = data.package_path(topic)
        texts[path] = edited(path.read_text("utf-8"), own, facts)
    for change in changes:
        path = data_directory() / change.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change.content)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    data.seal()


def yaml_keeper() -> Any:
    """Return a reader and writer of YAML that keeps a package as it is, comments and all."""
    from ruamel.yaml import YAML

    keeper = YAML()
    keeper.width = 100_000
    keeper.preserve_quotes = True
    keeper.indent(mapping=2, sequence=4, offset=2)
    null = "tag:yaml.org,2002:null"
    keeper.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar(null, "null")
    )
    return keeper


def edited(text: str, changes: Sequence[Change], facts: Json) -> str:
    """Write into the text of a package what is known of a source that was taken over."""
    keeper = yaml_keeper()
    package = keeper.load(text)
    listed = package.get("sources", []), *(table["sources"] for table in package["resources"])
    described = {source["name"]: source for sources in listed for source in sources}
    for name in sorted({name for change in changes for name in change.sources}):
        if name not in described:
            raise data.DataError(f"the package has no source {name}. Describe it by hand.")
        source = described[name]
        for key, value in facts.items():
            if value is not None:
                source[key] = _as_written(value)
        if published := facts.get("date_published"):
            year = f"({published[:4]})"
            source["citation"] = re.sub(r"\(\d{4}\)", year, source["citation"], count=1)
    for change in changes:
        topic, table_name = data.packages.split(change.address)
        table = next(each for each in package["resources"] if each["name"] == table_name)
        path = str(Path(change.file).relative_to(topic or "."))
        if isinstance(table["path"], list) and path not in table["path"]:
            table["path"].append(path)
        known = {each["name"] for each in table["sources"]}
        for name in sorted({*change.sources} - known):
            if described[name].anchor.value is None:
                described[name].yaml_set_anchor(name.replace("_", "-"))
            table["sources"].append(described[name])
    written = io.StringIO()
    keeper.dump(package, written)
    return written.getvalue()


def _as_written(value: Any) -> Any:
    """Give a value the form that packages are written in: quotes, folded texts, one line."""
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

    if isinstance(value, dict):
        line = CommentedMap({key: _as_written(each) for key, each in value.items()})
        line.fa.set_flow_style()
        return line
    if not isinstance(value, str):
        return value
    lines = wrap(value, FOLDED, break_long_words=False, break_on_hyphens=False)
    if len(lines) < 2:
        return DoubleQuotedScalarString(value)
    folded = FoldedScalarString(value)
    ends = accumulate(len(line) + 1 for line in lines[:-1])
    folded.fold_pos = [end - 1 for end in ends]
    return folded


def moved_verdicts(copy: Path, real: Path) -> list[Json]:
    """Find the signed verdicts that the staged data would move, with numbers before and after.

    A verdict that already differs from the signed one and stays as it is does not count, nor one
    that moves to what is signed.
    """
    with _using(copy):
        registries = claims.choose([])
        found = {}
        for registry, _ in registries:
            for result in claims.evaluate(registry):
                if result.verdict != result.signed:
                    found[registry.slug, result.id] = result
    moved: list[Json] = []
    with _using(real):
        for registry, _ in registries if found else []:
            ids = [id for slug, id in found if slug == registry.slug]
            for was in claims.evaluate(registry, ids) if ids else []:
                now = found[registry.slug, was.id]
                if was.verdict == now.verdict:
                    continue
                before, after = (f"{each.verdict}, {each.computed}" for each in (was, now))
                statement = {"statement": f"{registry.slug} {was.id}"}
                moved.append(statement | {"before": before, "after": after, "tables": now.tables})
    return moved


@contextmanager
def _using(folder: Path) -> Iterator[None]:
    """Let this process use a data folder until the block ends."""
    before = os.environ.get("TURKIC_TIES_DATA")
    os.environ["TURKIC_TIES_DATA"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TURKIC_TIES_DATA"]
        else:
            os.environ["TURKIC_TIES_DATA"] = before


def log(lines: Sequence[Json]) -> None:
    """Add a line per table taken over to the log, in the staged copy."""
    path = data_directory() / LOG
    before = path.read_text("utf-8") if path.is_file() else ""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(before + text, encoding="utf-8")


def apply(copy: Path, real: Path) -> list[str]:
    """Make what differs in the staged copy the data; return the files, relative to ``data/``."""
    collected = copy.with_name("collected")
    shutil.rmtree(collected, ignore_errors=True)
    files = [file for file in _files(copy) if not _same(copy / file, real / file)]
    for file in files:
        (collected / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy / file, collected / file)
        sync(collected / file)
    if files:
        os.rename(collected, copy.with_name(READY))
        sync(copy.parent)
    return [str(file) for file in files]


def _files(folder: Path) -> list[Path]:
    """List the files of a data folder, but those a refresh works with."""
    paths = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in paths if path.parts[0] != FOLDER]


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
