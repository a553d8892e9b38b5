"""The picture of docs/architecture.md, held: who may import whom, and no error swallowed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[1]
COPASSIST: Final = tuple(sorted((PROJECT / "copassist").rglob("*.py")))
INGEST: Final = tuple(sorted((PROJECT / "ingest").rglob("*.py")))
SOURCES: Final = (PROJECT / "app.py", *COPASSIST, *INGEST)
HEAVY: Final = frozenset({"torch", "transformers", "sentence_transformers", "chromadb", "gradio"})
"""Seconds to import each: never on the way to a command's first line."""
BROAD: Final = frozenset({"Exception", "BaseException"})
REASONED: Final = re.compile(r"# noqa: BLE001.*\w{3}")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module imported anywhere in a file, with its line."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno


def importing(paths: tuple[Path, ...], packages: frozenset[str]) -> list[str]:
    return [
        f"{name_of(path)}:{line} imports {module}"
        for path in paths
        for module, line in imports(path)
        if module.split(".")[0] in packages
    ]


def test_gradio_stays_in_the_page() -> None:
    page = PROJECT / "copassist" / "ui"
    elsewhere = tuple(path for path in (*COPASSIST, *INGEST) if page not in path.parents)
    assert importing(elsewhere, frozenset({"gradio", "gradio_client"})) == []


def test_the_read_side_does_not_know_the_write_side() -> None:
    assert importing(COPASSIST, frozenset({"ingest", "app"})) == []
    assert importing(INGEST, frozenset({"app"})) == []


def test_models_know_nothing_of_libraries_and_answers() -> None:
    known = {"errors", "heap", "language", "models", "prompts"}
    imported = {
        node.module
        for path in COPASSIST
        if path.parent.name == "models" and path.parent.parent.name == "copassist"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("copassist.")
    }
    assert imported, "nothing was looked at"
    assert {str(name).split(".")[1] for name in imported} <= known


def test_only_one_file_knows_chroma() -> None:
    users = {line.split(":")[0] for line in importing(SOURCES, frozenset({"chromadb"}))}
    assert users == {"copassist/vectors.py"}


def test_the_page_is_used_by_the_root_alone() -> None:
    page = PROJECT / "copassist" / "ui"
    users = [
        name_of(path)
        for path in (*COPASSIST, *INGEST)
        if page not in path.parents
        and any(module.startswith("copassist.ui") for module, _ in imports(path))
    ]
    assert users == []


def test_relative_imports_are_not_used() -> None:
    """So that the direction of an import can be read off it."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == []


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes everything and does not raise it again."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in BROAD) for kind in caught
    )
    raises = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return broad and not raises


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_error_is_swallowed_without_a_reason(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in nodes(path):
        if isinstance(node, ast.ExceptHandler) and swallows(node):
            assert REASONED.search(lines[node.lineno - 1]), f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_file_says_what_it_holds(path: Path) -> None:
    docstring = ast.get_docstring(tree(path)) or ""
    assert len(docstring.split()) >= 3, f"{name_of(path)}: no docstring worth the name"


@pytest.mark.parametrize("module", ["copassist.cli.main", "ingest.__main__", "app"])
def test_commands_start_without_the_heavy_libraries(module: str) -> None:
    script = f"import sys, {module}; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def drawn() -> set[str]:
    """Modules and folders of modules in the picture of docs/architecture.md."""
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = text.split("```")[1]
    found: set[str] = set()
    package = ""
    for line in picture.splitlines():
        if named := re.match(r"( *)([\w.]+(?:\.py|/))(?: |$)", line):
            name = named[2]
            package = "" if not named[1] else package
            found.add(package + name)
            package = name if not named[1] and name.endswith("/") else package
    return found


def test_the_picture_names_every_module() -> None:
    """One file or one subfolder a line, under the package it belongs to."""
    there = {"app.py"}
    for package in ("copassist", "ingest"):
        for path in (PROJECT / package).iterdir():
            if path.name in ("data", "py.typed", "__init__.py", "__pycache__"):
                continue
            if path.is_dir() or path.suffix == ".py":
                there.add(f"{package}/{path.name}{'/' if path.is_dir() else ''}")
    told = {name for name in drawn() if name.startswith(("app", "copassist/", "ingest/"))}
    missing = there - {"copassist/__main__.py"} - told
    assert not missing, f"not in docs/architecture.md: {sorted(missing)}"
    gone = told - there - {"copassist/", "ingest/"}
    assert not gone, f"in docs/architecture.md, and no longer there: {sorted(gone)}"
