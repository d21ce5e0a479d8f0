"""The workflows and units that run the project every week."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[1]
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
OURS = ("refresh", "pages")
UNITS = sorted([*(PROJECT / "deploy").glob("*.service"), *(PROJECT / "deploy").glob("*.timer")])

READ_ONLY = {"contents": "read"}
PERMISSIONS = {
    ("refresh", "refresh"): {
        "actions": "write",
        "contents": "write",
        "issues": "write",
        "pull-requests": "write",
    },
    ("pages", "deploy"): {"id-token": "write", "pages": "write"},
}
"""What a job may do beyond reading; each is needed by one of its steps."""


def workflow(name: str) -> dict[str, Any]:
    path = PROJECT / ".github" / "workflows" / f"{name}.yml"
    read: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return read


def said(command: list[Any]) -> tuple[int, str, str]:
    """Run a checker: its status, and all it printed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", OURS)
def test_a_workflow_may_do_no_more_than_it_needs(name: str) -> None:
    read = workflow(name)
    assert read["permissions"] == READ_ONLY
    assert "concurrency" in read
    for job, described in read["jobs"].items():
        assert described.get("permissions", READ_ONLY) == PERMISSIONS.get((name, job), READ_ONLY)
        assert described["timeout-minutes"] <= 60


def test_no_workflow_is_unsafe() -> None:
    """Actions are pinned by commit, no text of others gets into a script, no token is kept."""
    zizmor = Path(sys.executable).with_name("zizmor")
    status, printed, _ = said([zizmor, "--offline", "--format=plain", *WORKFLOWS])
    assert status == 0, printed


@pytest.mark.skipif(sys.platform != "linux", reason="actionlint is installed on Linux only")
def test_actionlint_accepts_the_workflows() -> None:
    actionlint = Path(sys.executable).with_name("actionlint")
    assert said([actionlint, *WORKFLOWS]) == (0, "", "")


def test_the_commands_of_the_schedule_exist() -> None:
    texts = [path.read_text("utf-8") for path in (PROJECT / "deploy").iterdir()]
    texts += [path.read_text("utf-8") for path in WORKFLOWS]
    from turkic_ties.cli import app

    commands = {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    used = {name for text in texts for name in re.findall(r"bin/ties (\w+)", text)}
    assert used == {"build", "data", "record", "refresh"}
    assert used <= commands
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    for target in {name for text in texts for name in re.findall(r"\bmake ([\w./]+)$", text, re.M)}:
        assert re.search(rf"^{re.escape(target)}:", makefile, re.M), target


def test_a_failed_refresh_keeps_its_answers_and_is_said() -> None:
    (job,) = workflow("refresh")["jobs"].values()
    steps = {step.get("name"): step for step in job["steps"]}
    assert steps["Keep answers and pages"]["if"] == "always()"
    assert "failure()" in steps["Say what failed or is held"]["if"]
    opened = steps["Open a pull request"]["run"]
    assert "--force" not in opened
    assert "date -u" in opened
    assert 'unique == ["github-actions[bot]"]' in opened  # what a person added to stays open
    script = steps["Ask the publishers"]["run"]
    assert "--keep raw" in script
    assert "--report refresh.md" in script


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_accepts_the_units() -> None:
    assert said(["systemd-analyze", "verify", *UNITS]) == (0, "", "")
