"""Does constraints.txt agree with pyproject.toml, with what is installed, and with itself?

    python scripts/check_lock.py [--resolve]

Without an index: every line is one exact version, in order, once; every requirement of the
project and its extras is pinned within its range; and so is every requirement of every pinned
package that is installed, as its own metadata states it for this Python and this system. Nothing
is pinned that nobody asks for. With ``--resolve`` the whole is also resolved anew from the index
(some ten seconds): a version that was withdrawn, or a lock that is not what ``make lock`` would
write, is found there.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any, Final

from lock import LOCK, PINNED_BY_TORCH, PROJECT, compile_lock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PIN: Final = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)==(?P<version>[^\s;]+)")

Installed = Callable[[str], tuple[str, Sequence[str]] | None]
"""A package to its version and its requirements; ``None`` where it is not installed."""


def read_lock(text: str) -> tuple[dict[str, Version], list[str]]:
    """Pins by name, and what is wrong with the file itself."""
    pins: dict[str, Version] = {}
    problems: list[str] = []
    for line in text.splitlines():
        matched = PIN.fullmatch(line)
        if matched is None:
            problems.append(f"{line!r}: not name==version")
        elif matched["name"] in pins:
            problems.append(f"{matched['name']}: pinned twice")
        else:
            pins[matched["name"]] = Version(matched["version"])
    if list(pins) != sorted(pins):
        problems.append("the lines are not in alphabetical order")
    return pins, problems


def project_requirements(pyproject: Mapping[str, Any]) -> list[str]:
    """What the project asks for: itself, every extra, and what builds it."""
    project = pyproject["project"]
    extras = project.get("optional-dependencies", {}).values()
    return [
        *pyproject["build-system"]["requires"],
        *project["dependencies"],
        *(requirement for extra in extras for requirement in extra),
    ]


def installed_metadata(name: str) -> tuple[str, Sequence[str]] | None:
    """Version and requirements of ``name`` as installed in this environment."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    return found.version, found.requires or ()


def follow(
    requirements: Iterable[str], pins: Mapping[str, Version], installed: Installed
) -> list[str]:
    """Disagreements found along the requirements, their requirements, and so on."""
    problems: list[str] = []
    wanted: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [("pyproject.toml", Requirement(text), "") for text in requirements]
    while waiting:
        asker, requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        wanted.add(name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        problems += _fits(asker, requirement, pins)
        for one in ("", *sorted(requirement.extras)):
            if name in pins and (name, one) not in seen:
                seen.add((name, one))
                found = _requirements(name, pins[name], installed, problems)
                waiting += [(name, Requirement(text), one) for text in found]
    problems += [f"{name}: pinned, and nothing asks for it" for name in pins if name not in wanted]
    return sorted(set(problems))


def _fits(asker: str, requirement: Requirement, pins: Mapping[str, Version]) -> list[str]:
    name = canonicalize_name(requirement.name)
    pinned = pins.get(name)
    if pinned is None:
        left_out = asker == "torch" and PINNED_BY_TORCH.fullmatch(name)
        return [] if left_out else [f"{name}: {asker} asks for it, and it is not pinned"]
    if not requirement.specifier.contains(pinned, prereleases=True):
        return [f"{name}: pinned at {pinned}, and {asker} asks for {requirement.specifier}"]
    return []


def _requirements(
    name: str, pinned: Version, installed: Installed, problems: list[str]
) -> Sequence[str]:
    found = installed(name)
    if found is None:
        problems.append(f"{name}: pinned, and not installed here; run: make test")
        return ()
    version, requirements = found
    if Version(version).public != pinned.public:
        problems.append(f"{name}: pinned at {pinned}, and {version} is installed")
    return requirements


def resolution() -> list[str]:
    """What changes when the lock is resolved anew from the index."""
    try:
        fresh = compile_lock()
    except subprocess.CalledProcessError as error:
        return [f"the lock does not resolve: {error.stderr.strip()}"]
    kept = set(LOCK.read_text(encoding="utf-8").splitlines())
    changed = sorted(kept ^ set(fresh.splitlines()))
    return [f"{line}: {'no longer' if line in kept else 'newly'} resolved" for line in changed]


def main(options: Sequence[str]) -> int:
    pins, problems = read_lock(LOCK.read_text(encoding="utf-8"))
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    problems += follow(project_requirements(pyproject), pins, installed_metadata)
    if "--resolve" in options:
        problems += resolution()
    for problem in problems:
        print(f"{LOCK.name}: {problem}", file=sys.stderr)
    if problems:
        print("make lock", file=sys.stderr)
        return 1
    print(f"{LOCK.name}: {len(pins)} versions agree with pyproject.toml and with what is installed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
