"""``library verify|repair|reindex|backup|restore``: the stores themselves."""

from __future__ import annotations

import argparse
from pathlib import Path

from copassist.backup import backup, check, restore
from copassist.cli.common import (
    add_library_options,
    cli_words,
    settings_of,
    tell,
    tell_waiting,
    write_json,
)
from copassist.errors import OverwriteError
from copassist.library import CATALOGUE, Library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name in ("verify", "repair", "reindex", "backup", "restore"):
        child = actions.add_parser(name, help=say(f"cli.library.{name}"))
        if name in ("backup", "restore"):
            child.add_argument("file", type=Path, metavar="FILE", help=say("cli.library.file"))
            child.add_argument("--replace", action="store_true", help=say("cli.library.replace"))
        add_library_options(child)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    if arguments.action == "restore":
        check(arguments.file)
        _spare(settings.library / CATALOGUE, settings.library, arguments)
        restore(settings, arguments.file)
        if arguments.json:
            write_json({"restored": str(arguments.file)})
        tell(cli_words()("cli.library.restored", path=arguments.file))
        return 0
    act = {"verify": _verify, "repair": _repair, "reindex": _reindex, "backup": _backup}
    with Library(settings, waiting=tell_waiting) as library:
        return act[arguments.action](library, arguments)


def _spare(there: Path, path: Path, arguments: argparse.Namespace) -> None:
    """Raise :class:`OverwriteError` where something is at ``path`` and was not to be replaced."""
    if there.exists() and not arguments.replace:
        raise OverwriteError(path=path)


def _backup(library: Library, arguments: argparse.Namespace) -> int:
    _spare(arguments.file, arguments.file, arguments)
    count = backup(library, arguments.file)
    if arguments.json:
        write_json({"documents": count, "file": str(arguments.file)})
    tell(cli_words()("cli.library.backed_up", count=count, path=arguments.file))
    return 0


def _verify(library: Library, arguments: argparse.Namespace) -> int:
    """Exit code 0 when all agrees, 1 with one line per disagreement otherwise."""
    say = cli_words()
    found = library.verify()
    if arguments.json:
        write_json({"disagreements": [{"problem": d.problem, "name": d.name} for d in found]})
    else:
        for one in found:
            print(say(f"verify.{one.problem}", name=one.name))
    if not found:
        tell(say("verify.agrees"))
    return 1 if found else 0


def _repair(library: Library, arguments: argparse.Namespace) -> int:
    """Exit code 0 when all agrees now, 1 when originals are lost: nothing can make them again."""
    say = cli_words()
    mended = library.repair()
    left = library.verify()
    if arguments.json:
        lost = [{"problem": d.problem, "name": d.name} for d in left]
        write_json({"mended": mended, "disagreements": lost})
    else:
        print(say("verify.mended", count=mended))
        for one in left:
            print(say(f"verify.{one.problem}", name=one.name))
    if left:
        tell(say("verify.left", count=len(left)))
    return 1 if left else 0


def _reindex(library: Library, arguments: argparse.Namespace) -> int:
    passages = 0

    def count(done: int) -> None:
        nonlocal passages
        passages += done
        tell(cli_words()("verify.reindexed", count=passages))

    library.reindex(count)
    if arguments.json:
        write_json({"passages": passages})
    return 0
