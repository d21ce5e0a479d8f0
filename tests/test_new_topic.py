"""``ties new-topic``: what it writes passes all checks, in a checkout of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from turkic_ties import topics

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


ALL_CHECKS = """
import sys
import pytest
from hypothesis import settings
from turkic_ties import data
from turkic_ties.cli import main
from turkic_ties.starter import create

settings.register_profile("project", deadline=None)  # as tests/conftest.py does
settings.load_profile("project")
create("water_use")
assert data.check() == []
assert pytest.main(["-qc/dev/null", "-pno:cacheprovider", "tests/test_water_use.py"]) == 0
sys.argv = ["ties", "build", "water_use"]
main()
"""


def run(checkout: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    environment.pop("TURKIC_TIES_DATA", None)
    answer = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, (answer.stdout, answer.stderr)
    assert "note " not in answer.stderr


def test_what_is_written_passes_its_checks(checkout: Path) -> None:
    run(checkout, "-c", ALL_CHECKS)
    run(checkout, "-m", "ruff", "check", ".")
    run(checkout, "-m", "ruff", "format", "--check", "notebooks", "tests")
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
