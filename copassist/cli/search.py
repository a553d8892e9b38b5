"""``search TEXT``: the passages found, best first."""

from __future__ import annotations

import argparse
import time
from typing import Any

from copassist.cli.common import add_library_options, cli_words, settings_of, write_json
from copassist.cli.parser import count, day
from copassist.filters import Filters
from copassist.library import Library
from copassist.passages import KINDS, Hit, place


def add_filters(parser: argparse.ArgumentParser) -> None:
    """``--kind --since --until``, shared by ``search`` and ``ask``."""
    say = cli_words()
    parser.add_argument("--kind", choices=KINDS, help=say("cli.options.kind"))
    parser.add_argument("--since", type=day, metavar="D", help=say("cli.options.since"))
    parser.add_argument("--until", type=day, metavar="D", help=say("cli.options.until"))


def filters_of(arguments: argparse.Namespace, community: str) -> Filters:
    return Filters(
        community=community,
        kind=arguments.kind,
        since=arguments.since,
        until=arguments.until,
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    say = cli_words()
    parser.add_argument("text", help=say("cli.search.text"))
    parser.add_argument("-k", type=count, default=10, help=say("cli.search.k"))
    parser.add_argument("--explain", action="store_true", help=say("cli.search.explain"))
    add_filters(parser)
    add_library_options(parser)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    started = time.perf_counter()
    with Library(settings) as library:
        hits = library.search(
            arguments.text, arguments.k, filters_of(arguments, settings.community)
        )
    seconds = time.perf_counter() - started
    if arguments.json:
        passages = [
            hit_to_dict(rank, hit, settings.language, arguments.explain)
            for rank, hit in enumerate(hits, start=1)
        ]
        write_json({"query": arguments.text, "passages": passages, "seconds": round(seconds, 3)})
        return 0
    for rank, hit in enumerate(hits, start=1):
        print(where_found(rank, hit, settings.language))
        print(f"    {' '.join(hit.passage.text.split())}")
        if arguments.explain:
            told = ", ".join(f"{name} {value:.3f}" for name, value in hit.signals.items())
            print(f"    {hit.score:.3f} ({told})")
    if not hits:
        print(cli_words()("answer.nothing"))
    return 0


def where_found(rank: int, hit: Hit, language: str) -> str:
    """Two lines: the document's title and date; its path and the place in it."""
    document = hit.document
    where = place(hit.passage.locator, document, language)
    return f"{rank:2}. {document.title} ({document.date or '–'})\n    {document.path}, {where}"


def hit_to_dict(rank: int, hit: Hit, language: str, explain: bool) -> dict[str, Any]:
    """A passage found, as the contract writes it."""
    written: dict[str, Any] = {
        "rank": rank,
        "score": round(hit.score, 6),
        "text": hit.passage.text,
        "locator": place(hit.passage.locator, hit.document, language),
        "passage": hit.passage.id,
        "document": hit.document.to_dict(),
    }
    if explain:
        written["signals"] = {name: round(value, 6) for name, value in hit.signals.items()}
    return written
