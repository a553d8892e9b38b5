"""What the READMEs name exists, and what exists is named. Settings: ``test_settings.py``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from copassist.cli.main import COMMANDS

PROJECT: Final = Path(__file__).resolve().parents[1]
READMES: Final = ("README.md", "README.en.md")
MAKEFILE: Final = (PROJECT / "Makefile").read_text(encoding="utf-8")


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    [phony] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    return set(phony.split())


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_documented_and_no_other(readme: str) -> None:
    named = re.findall(r"^\| `python -m copassist (\w+)", read(readme), re.MULTILINE)
    assert named == list(COMMANDS)
    assert re.search(r"^\| `python -m ingest ", read(readme), re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_named_exists(readme: str) -> None:
    lines = re.findall(r"(?:^|`)(?:\w+=\S+ )?make ([a-z][a-z -]*)", read(readme), re.MULTILINE)
    named = {target for line in lines for target in line.split()}
    assert {"run", "test"} <= named <= targets()


@pytest.mark.parametrize("readme", READMES)
def test_every_file_linked_exists(readme: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", read(readme))
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_make_alone_prints_every_target() -> None:
    [told] = re.findall(r"^help:\n((?:\t.+\n)+)", MAKEFILE, re.MULTILINE)
    assert targets() - {"help"} == set(re.findall(r'(?:"|  )make ([a-z-]+)', told))
