"""The house itself: dependencies agree, two commands do everything, nothing names a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).parents[1]


def text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def project() -> dict[str, object]:
    parsed = tomllib.loads(text("pyproject.toml"))["project"]
    assert isinstance(parsed, dict)
    return parsed


def declared() -> list[Requirement]:
    told = tomllib.loads(text("pyproject.toml"))["project"]
    groups = [told["dependencies"], *told["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def locked() -> dict[str, set[Version]]:
    versions: dict[str, set[Version]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", text("requirements.lock"), re.MULTILINE
    ):
        versions.setdefault(canonicalize_name(name), set()).add(Version(version))
    return versions


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_every_dependency_is_locked_to_a_version_it_allows(requirement: Requirement) -> None:
    versions = locked()[canonicalize_name(requirement.name)]
    assert versions
    assert all(requirement.specifier.contains(version) for version in versions)


def test_numerical_libraries_have_one_version_for_every_python() -> None:
    assert {
        name: len(locked()[name])
        for name in ("numpy", "scipy", "pandas", "matplotlib", "statsmodels")
    } == {
        "numpy": 1,
        "scipy": 1,
        "pandas": 1,
        "matplotlib": 1,
        "statsmodels": 1,
    }


def test_every_locked_package_has_hashes_and_no_address() -> None:
    lock = text("requirements.lock")
    entries = re.split(r"\n(?=[\w.-]+==)", lock.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links|@ ", lock)


def test_conda_takes_python_from_the_supported_range_and_everything_else_from_the_lock() -> None:
    wanted = yaml.safe_load(text("environment.yml"))["dependencies"]
    (python,) = [line for line in wanted if isinstance(line, str) and line.startswith("python=")]
    minimum = str(project()["requires-python"]).removeprefix(">=")
    assert Version(python.removeprefix("python=")) >= Version(minimum)
    assert (
        f"Programming Language :: Python :: {python.removeprefix('python=')}"
        in project()["classifiers"]
    )  # type: ignore[operator]
    assert [line for line in wanted if isinstance(line, dict)] == [
        {"pip": ["--requirement requirements.lock"]}
    ]
    assert {line for line in wanted if isinstance(line, str)} - {python} == {"pip", "make"}


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_the_readme_gives_a_reason_for_every_dependency(requirement: Requirement) -> None:
    assert re.search(
        rf"^\| {re.escape(requirement.name)}\b.* \| .{{15,}} \|$", text("README.md"), re.MULTILINE
    )


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.search(r"^make test$", text(".ci/run"), re.MULTILINE)
    assert "make test" in text("README.md")
    steps = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]["test"]["steps"]
    assert "bash .ci/run" in [step.get("run") for step in steps]


def test_ci_covers_the_oldest_and_the_newest_supported_python() -> None:
    classified = re.findall(r"Python :: (3\.\d+)", text("pyproject.toml"))
    matrix = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]["test"]["strategy"]["matrix"][
        "python"
    ]
    assert matrix == [classified[0], classified[-1]]
    assert project()["requires-python"] == f">={classified[0]}"


def test_a_second_make_does_no_set_up_work() -> None:
    answer = subprocess.run(
        ["make", "--dry-run", "reports"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert "install" not in answer.stdout
    assert "ties build" in answer.stdout


def test_no_tracked_file_names_a_machine_or_a_package_index() -> None:
    words = "/(home|Users)/|index-url|trusted-host"
    listed = subprocess.run(
        ["git", "grep", "--files-with-matches", "--null", "-E", words],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    machine = re.compile(r"(?<![\w.:/])/(?:home|Users)/\w|index-url|trusted-host")
    for name in filter(None, listed.split("\0")):
        path = PROJECT / name
        if path.is_file() and path != Path(__file__):
            assert not machine.search(path.read_text(encoding="utf-8")), name
