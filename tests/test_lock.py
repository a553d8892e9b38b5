"""The lock check, on the real lock and on small made-up ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from packaging.version import Version

SCRIPTS: Final = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture(scope="module")
def check_lock() -> Iterator[ModuleType]:
    sys.path.insert(0, str(SCRIPTS))
    try:
        yield import_module("check_lock")
    finally:
        sys.path.remove(str(SCRIPTS))


INSTALLED: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "page": ("2.1", ["server>=1", "colours; extra == 'pretty'", "winonly; sys_platform == 'x'"]),
    "server": ("1.4", []),
    "colours": ("0.3", []),
}


def problems(check_lock: ModuleType, requirements: Sequence[str], pins: str) -> list[str]:
    read, faults = check_lock.read_lock(pins)
    assert not faults
    found: list[str] = check_lock.follow(requirements, read, INSTALLED.get)
    return found


def test_the_real_lock_agrees(check_lock: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_lock.main([]) == 0, capsys.readouterr().err


def test_markers_and_extras_are_respected(check_lock: ModuleType) -> None:
    assert problems(check_lock, ["page>=2"], "page==2.1\nserver==1.4") == []
    assert problems(check_lock, ["page[pretty]"], "colours==0.3\npage==2.1\nserver==1.4") == []
    [missing] = problems(check_lock, ["page[pretty]"], "page==2.1\nserver==1.4")
    assert missing.startswith("colours: page asks for it")


@pytest.mark.parametrize(
    ("requirements", "pins", "told"),
    [
        (["page>=3"], "page==2.1\nserver==1.4", "page: pinned at 2.1, and pyproject.toml asks"),
        (["page"], "page==2.1", "server: page asks for it, and it is not pinned"),
        (["page"], "page==2.1\nserver==1.3", "server: pinned at 1.3, and 1.4 is installed"),
        (["page"], "page==2.1\nserver==0.9", "server: pinned at 0.9, and page asks for >=1"),
        (["server"], "page==2.1\nserver==1.4", "page: pinned, and nothing asks for it"),
        (["absent"], "absent==1", "absent: pinned, and not installed here"),
    ],
)
def test_each_disagreement_is_told(
    check_lock: ModuleType, requirements: list[str], pins: str, told: str
) -> None:
    assert any(line.startswith(told) for line in problems(check_lock, requirements, pins))


def test_the_build_a_wheel_names_does_not_matter(check_lock: ModuleType) -> None:
    pins = {"torch": Version("2.13.0")}
    installed = {"torch": ("2.13.0+cpu", ["nvidia-cublas==13.1; sys_platform != 'x'", "triton"])}
    assert check_lock.follow(["torch>=2"], pins, installed.get) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("page>=2\n", "not name==version"),
        ("Page==2\n", "not name==version"),
        ("page==2\npage==2\n", "pinned twice"),
        ("server==1\npage==2\n", "alphabetical"),
    ],
)
def test_the_file_itself_is_checked(check_lock: ModuleType, text: str, told: str) -> None:
    _, [fault] = check_lock.read_lock(text)
    assert told in fault


def test_pip_settings_become_those_of_uv(
    check_lock: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = import_module("lock")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "file:///a file:///b")
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    found = lock.pip_settings()
    assert found["UV_INDEX"] == "file:///a file:///b"
    assert found["UV_FIND_LINKS"] == "/wheels"
