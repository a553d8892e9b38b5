"""A wheel, installed elsewhere, has all that the program reads: words, prompts, data, samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from ingest.reading import reading

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PROJECT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("copassist", "ingest", "prompts", "samples")
SOURCES: Final = (*PACKAGES, "app.py", "pyproject.toml", "README.md", "LICENSE")
LITTER: Final = shutil.ignore_patterns("__pycache__", "*.pyc")

READS_EVERYTHING: Final = """
from pathlib import Path
import app, copassist, ingest.filetypes
from copassist.formats import load_formats
from copassist.prompts import prompts
from copassist.words import LANGUAGES, words
from ingest.reading import reading
print(copassist.__file__)
print(len(load_formats()), len(prompts()), *(len(words(one).texts) for one in LANGUAGES))
print(sum(1 for file in (app.SAMPLES / "graphomotricite").rglob("*.*")))
print(reading())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: setuptools leaves its own files beside the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=LITTER)
        else:
            shutil.copy(source, copy / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(copy), str(copy))
    [built] = copy.glob("*.whl")
    return built


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(PROJECT).as_posix()
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there | {"app.py"} == inside


def test_what_is_installed_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    pip("install", "--no-deps", "--target", str(site), str(wheel))
    done = subprocess.run(
        [sys.executable, "-c", READS_EVERYTHING],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    where, counts, samples, read = done.stdout.splitlines()
    assert Path(where).is_relative_to(site)
    assert all(int(count) > 0 for count in counts.split())
    assert int(samples) == 16
    assert read == reading()
