"""One version, said in three places; a changelog in the form it claims."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import copassist

PROJECT: Final = Path(__file__).resolve().parents[1]
CHANGELOG: Final = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
HEADINGS: Final = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
"""Of Keep a Changelog 1.1.0."""


def released() -> list[tuple[str, str]]:
    """Versions and dates, as the changelog lists them: latest first."""
    return re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", CHANGELOG, re.MULTILINE)


def test_package_project_and_changelog_agree_on_the_version() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert copassist.__version__ == project["version"] == released()[0][0]


def test_versions_go_down_and_dates_do_not_go_up() -> None:
    versions = [tuple(map(int, version.split("."))) for version, _ in released()]
    dates = [date for _, date in released()]
    assert versions == sorted(set(versions), reverse=True)
    assert dates == sorted(dates, reverse=True)


def test_every_heading_is_one_that_readers_expect() -> None:
    first, *sections = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert first == "[Unreleased]"
    assert len(sections) == len(released())
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= HEADINGS
