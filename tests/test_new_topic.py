"""``ties new-topic``: what it writes passes all checks, in a checkout of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import fork, printed

from turkic_ties import topics
from turkic_ties.kernels.parent import forget_package

PROJECT = Path(__file__).parents[1]
SHARED = ("countries.csv", "datapackage.yaml", "refresh.yml")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a checkout has, without data and notebooks."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(PROJECT / "src", root / "src")
    for name in ("data", "notebooks", "tests"):
        (root / name).mkdir()
    for name in SHARED:
        shutil.copy(PROJECT / "data" / name, root / "data")
    (root / "data" / "corrections.yml").write_text("[]\n", encoding="utf-8")
    shutil.copy(PROJECT / "pyproject.toml", root)
    shutil.copy(PROJECT / "requirements.lock", root)
    return root


def all_checks(checkout: Path) -> None:
    """Write a topic, check it and build it, with the package of the checkout."""
    forget_package()
    sys.path.insert(0, str(checkout / "src"))
    os.chdir(checkout)
    os.environ["PYTHONPATH"] = str(checkout / "src")
    os.environ.pop("TURKIC_TIES_DATA", None)
    from turkic_ties import cli, data, starter

    assert Path(cli.__file__).is_relative_to(checkout)
    starter.create("water_use")
    assert data.check() == []
    assert pytest.main(["-qc/dev/null", "-pno:cacheprovider", "tests/test_water_use.py"]) == 0
    sys.argv = ["ties", "build", "water_use"]
    cli.main()


def test_what_is_written_passes_its_checks(checkout: Path, tmp_path: Path) -> None:
    process = fork(lambda: all_checks(checkout), tmp_path)
    process.join(timeout=300)
    said = printed(tmp_path)
    assert process.exitcode == 0, (printed(tmp_path, "stdout"), said)
    assert "note " not in said
    for command in ("check .", "format --check notebooks tests"):
        ruff = [sys.executable, "-m", "ruff", *command.split()]
        answer = subprocess.run(ruff, cwd=checkout, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stdout
    index = (checkout / "reports" / "index.html").read_text(encoding="utf-8")
    assert '<h2 id="water_use">Water use</h2>' in index


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Water", "cannot be the name"),
        ("water-use", "cannot be the name"),
        ("class", "cannot be the name"),
        ("../x", "cannot be the name"),
        ("failed", "cannot be the name"),
        ("claims", "is there already"),
        ("cli", "is there already"),
        ("common", "is there already"),
    ],
)
def test_a_name_that_is_taken_or_none_for_a_module_is_refused(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    from turkic_ties.starter import NewTopicError, create

    before = sorted(checkout.rglob("*.py"))
    monkeypatch.setattr(topics, "PROJECT", checkout)
    monkeypatch.setenv("TURKIC_TIES_DATA", str(checkout / "data"))
    with pytest.raises(NewTopicError, match=said):
        create(name)
    assert sorted(checkout.rglob("*.py")) == before
