"""Kill an ingestion again and again, and see what is left: ``python tests/crashes.py KILLS SEED``.

One process forks the others, so that none has to import everything again: a writer, killed
(SIGKILL) at random moments and started again; a reader, which searches all the time. Prints one
JSON object. Parsing is done in the writer's process here: worker processes are
``test_sandbox.py``'s.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from copassist import vectors
from copassist.library import Library
from copassist.settings import Settings, load_settings
from copassist.testing import FakeEmbeddings
from ingest import pipeline
from ingest.sandbox import Outcome, Source, Task, _parsed
from ingest.worker import parse

FILES: Final = 60
SUBJECTS: Final = ("tablette", "papier", "crayon", "pupitre", "lettre", "atelier", "famille")
QUESTIONS: Final = (*(f"Que dit-on de {s} ?" for s in SUBJECTS), "rencontre 17", "rencontre 42")
READER_LIVES: Final = 20
"""Kills of the writer for one of the reader."""


class InlineSandbox:
    """:class:`ingest.sandbox.Sandbox` without its processes."""

    def __init__(self, settings: Settings) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="scratch-", dir=settings.library.parent))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)

    def parse_many(self, sources: Iterable[Source]) -> Iterator[Outcome]:
        for source in sources:
            scratch = Path(tempfile.mkdtemp(dir=self._folder))
            task = Task(str(source.path), source.name, str(scratch), source.depth, 10**8, 60)
            reply = parse(task)
            if reply.error is not None:
                yield Outcome(source, error=reply.error)
            else:
                yield Outcome(source, parsed=_parsed(source, reply))


def prepare() -> None:
    """Parse in this process, and have Chroma save its index every few documents, not every
    thousand changes, so that kills fall there too.
    """
    pipeline.Sandbox = InlineSandbox  # type: ignore[assignment, misc]
    vectors.HNSW["sync_threshold"] = 50


# --- what is ingested -------------------------------------------------------------------------


def text(number: int, edition: str) -> str:
    """One or two passages, the edition named in each."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    said = f"# Rencontre {number}\n\nÉdition {edition} : on parle de {subject} numéro {number}.\n"
    return said + (f"\n## Suivis\n\nÉdition {edition} : {subject}.\n" if number % 3 == 0 else "")


def write_folder(folder: Path, edition: str) -> Path:
    """Sixty records. From ``a`` to ``b``: every third replaced, every seventh removed, one
    renamed, one of two copies changed, and an archive that loses a member and gains another.
    """
    folder.mkdir()
    for number in range(FILES):
        own = edition if number % 3 == 0 else "a"
        if edition == "a" or number % 7:
            (folder / f"{number:02}.md").write_text(text(number, own), encoding="utf-8")
    (folder / ("avant.md" if edition == "a" else "après.md")).write_text(text(100, "a"))
    (folder / "copie-1.md").write_text(text(101, edition))
    (folder / "copie-2.md").write_text(text(101, "a"))
    with zipfile.ZipFile(folder / "boîte.zip", "w") as archive:
        for number in (102, 103) if edition == "a" else (103, 104):
            archive.writestr(f"{number}.md", text(number, "a"))
    return folder


# --- the processes ----------------------------------------------------------------------------


def fork(act: Callable[[], None]) -> int:
    """Run ``act`` in a child process; gives its id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        running.add(child)
        return child
    try:
        act()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it
        import traceback

        traceback.print_exc()
        os._exit(1)


def ended(child: int, seconds: float) -> int | None:
    """The exit status of ``child``, or ``None`` when it still runs after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            running.discard(child)
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            return None
        time.sleep(0.002)


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    running.discard(child)


running: set[int] = set()
"""Children that would go on after a failure here."""


def write(settings: Settings, folders: list[Path], turn: Path) -> None:
    """Bring the library in step with the folder whose turn it is, then it is the other's."""
    with Library(settings, FakeEmbeddings()) as library:
        number = int(turn.read_text())
        pipeline.Ingestion(library, sync_folder=True, yes=True).run([folders[number]])
    scratch = turn.with_suffix(".new")
    scratch.write_text(str(1 - number))
    scratch.replace(turn)


def search(settings: Settings, known: dict[str, list[int]], found: Path) -> None:
    """Search for ever; a line for each search, an exception for a half document."""
    with Library(settings, FakeEmbeddings()) as library, found.open("a") as lines:
        while True:
            for question in QUESTIONS:
                sense = False
                for hit in library.search(question, 10):
                    document, passage = hit.document, hit.passage
                    number = passage.text.partition("numéro ")[2].partition(".")[0]
                    assert document.passages in known[document.path], document
                    assert "dition" in passage.text, passage
                    assert not number or document.title == f"Rencontre {number}", hit
                    sense |= "dense" in hit.signals
                lines.write("sense\n" if sense else "words\n")
                lines.flush()


# --- what is left -----------------------------------------------------------------------------


def state(settings: Settings) -> dict[str, Any]:
    """All that a person could see of a library, and what its stores hold.

    Chroma's index is approximate, and its graph depends on the order in which vectors came: a
    candidate at the edge may be missed. So the vectors are compared one by one, the best hit as
    it is, and all the hits once both indexes are made anew.
    """
    with Library(settings, FakeEmbeddings()) as library:
        library.recover()
        documents = library.documents()
        found = {
            "documents": sorted(
                [
                    sorted([document.path, *document.also]),
                    document.title,
                    document.passages,
                    [p.text for p in library.catalogue.version_passages(document.version)],
                    [
                        library.vectors.get("default", document.level, [key])[key].tolist()
                        for key in ((document.version, n) for n in range(document.passages))
                    ],
                ]
                for document in documents
            ),
            "best": [hits[0] for hits in searches(library)],
            "disagreements": [[d.problem, d.name] for d in library.verify()],
            "versions": len(library.catalogue.stored()),
            "vectors": len(library.vectors.ids()),
            "tokens": len(list((settings.library / "tokens").iterdir())),
            "originals": len(list(library.originals.all())),
        }
        library.reindex()
        return found | {"searches": searches(library)}


def searches(library: Library) -> list[list[list[Any]]]:
    """Names and text of the five best hits of each question."""
    return [
        [[sorted([h.document.path, *h.document.also]), h.passage.text] for h in hits]
        for hits in (library.search(question, 5) for question in QUESTIONS)
    ]


def main(kills: int, seed: int) -> dict[str, Any]:
    moments = random.Random(seed)
    base = Path(tempfile.mkdtemp(prefix="copassist-crashes-"))
    folders = [write_folder(base / name, name) for name in "ab"]
    calm, stormy = base / "calm", base / "stormy"
    turns = {place: place.with_suffix(".turn") for place in (calm, stormy)}
    settings = {place: load_settings(library=place, lock_seconds=60) for place in turns}
    began = time.monotonic()
    for turn in turns.values():
        turn.write_text("0")
    for _ in folders:
        assert ended(fork(lambda: write(settings[calm], folders, turns[calm])), 300) == 0
    duration = longest = (time.monotonic() - began) / len(folders)
    with Library(settings[calm], FakeEmbeddings()) as library:
        expected = {document.path: [document.passages] for document in library.documents()}
    known = {path: [0, 1, 2] for path in ("boîte.zip",)} | {
        path: [2 if int(number) % 3 == 0 else 1]
        for number in [*range(FILES), 100, 101, 102, 103, 104]
        for path in (
            f"{number:02}.md",
            *(["avant.md", "après.md"] if number == 100 else []),
            *(["copie-1.md", "copie-2.md"] if number == 101 else []),
            f"boîte.zip/{number}.md",
        )
    }
    assert all(counts[0] in known[path] for path, counts in expected.items())
    readers: list[int] = []
    found = base / "searches.txt"

    def read() -> int:
        return fork(lambda: search(settings[stormy], known, found))

    began = told = time.monotonic()
    finished = made = 0
    reader = read()
    while made < kills:
        writer, started = (
            fork(lambda: write(settings[stormy], folders, turns[stormy])),
            time.monotonic(),
        )
        status = ended(writer, moments.uniform(0, duration))
        if status is not None:
            assert status == 0, "the writer failed"
            finished += 1
            # A machine less busy than a moment ago: kills later than that would all be too late.
            duration = min(duration, time.monotonic() - started)
            continue
        kill(writer)
        made += 1
        if time.monotonic() - told > 10:
            told = time.monotonic()
            print(f"{made} kills, {told - began:.0f} s", file=sys.stderr, flush=True)
        gone = ended(reader, 0)
        assert gone is None, f"the reader ended: {gone}"
        if made % READER_LIVES == 0:
            kill(reader)
            readers.append(reader)
            reader = read()
    stormed = time.monotonic() - began
    # The last kill may have cut a run short, so at least one more comes to its end.
    ending = True
    while ending or turns[stormy].read_text() != "0":
        assert ended(fork(lambda: write(settings[stormy], folders, turns[stormy])), 300) == 0
        finished += 1
        ending = False
    assert ended(reader, 0) is None, "the reader failed"
    kill(reader)
    searches = Counter(found.read_text().split())
    result = {"calm": state(settings[calm]), "stormy": state(settings[stormy])}
    shutil.rmtree(base)
    return result | {
        "kills": made,
        "finished": finished,
        "seconds_of_one_run": [round(duration, 2), round(longest, 2)],
        "seconds": round(stormed, 1),
        "readers_killed": len(readers),
        "searches": dict(searches),
    }


if __name__ == "__main__":
    prepare()
    try:
        print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
    finally:
        for child in list(running):
            kill(child)
