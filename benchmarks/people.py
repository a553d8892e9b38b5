"""Thirty people at the page at once: ``python -m benchmarks.people [--people 30] [--seconds 120]``.

The application is started over the sample community, on a free loopback port, with the real
embedding model and no chat model. Each person opens the page, then asks, browses and now and
then gives a file, with a few seconds to read in between; all through what the page itself calls.
The questions are made by rule from the titles and headings of the sample community
(:func:`questions_of`), more than a hundred of them, each person drawing from all: nobody has
asked one before, so that neither vectors of questions nor of sentences are ready. Once everybody
has left, each question that was asked is asked again, alone: every answer must have stood under
its own question, in that person's conversation, and quote what it is answered with alone: with
passages read again, or without, as where too many asked at once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np

from benchmarks.ingestion import ROOT
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings

LIBRARY: Final = "library"
SAMPLES: Final = ROOT / "samples" / "graphomotricite"
ASKED: Final = {
    "minutes": (
        "Qu'a-t-on dit de « {heading} » à la rencontre du {date}?",
        "Où en était-on le {date} pour « {heading} »?",
    ),
    "other": (
        "Que dit « {title} » au sujet de « {heading} »?",
        "À quoi faut-il faire attention pour « {heading} », selon « {title} »?",
    ),
}
"""How a heading is asked about: of a session by its date, of other documents by their title."""
FEWEST: Final = 100
"""Different questions needed at least, so that few are asked twice."""
FIRST: Final = "Pourquoi a-t-on arrêté de distribuer les embouts de crayon?"
"""Asked before the clock runs, until the model is loaded; drawn by nobody."""
TALK: Final = 10
"""Questions of one conversation when each is asked again: every answer sends it whole."""
READING: Final = (2.0, 6.0)
"""Seconds between two things that one person does: the least and the most."""
CHANCES: Final = {"ask": 6, "browse": 4, "give": 1}
TARGET: Final = 2.0
"""Seconds that 95 of 100 verbatim answers may take at most (issue of the page)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Who asked, what, and the sources that the answer named."""

    person: str
    question: str
    sources: set[str]


@dataclass
class Counts:
    """What happened, all people together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)

    def took(self, kind: str, seconds: float) -> None:
        with self.lock:
            self.seconds.setdefault(kind, []).append(seconds)

    def problem(self, said: str) -> None:
        with self.lock:
            self.problems.append(said)


class Person:
    """One browser: its cookies, its Gradio session, and what its page can call."""

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=address, timeout=60, follow_redirects=True)
        self.http.get("/fr/").raise_for_status()
        config = self.http.get("/fr/config").json()
        self.ids = {
            one["props"]["elem_id"]: one["id"]
            for one in config["components"]
            if one["props"].get("elem_id")
        }
        self.calls = config["dependencies"]
        self.session = f"{random.getrandbits(64):x}"
        self.documents: tuple[str, ...] = ()
        self.pdfs: frozenset[str] = frozenset()

    def close(self) -> None:
        self.http.close()

    def call(self, element: str, event: str) -> dict[str, Any]:
        """What the page calls when ``event`` happens to ``element``."""
        wanted = [self.ids[element], event]
        return next(one for one in self.calls if wanted in [list(t) for t in one["targets"]])

    def after(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        """What is called once ``call`` has ended, on the server."""
        return [
            one
            for one in self.calls
            if one.get("trigger_after") == call["id"] and one.get("backend_fn")
        ]

    def loads(self) -> list[dict[str, Any]]:
        """What the page calls when it opens."""
        return [one for one in self.calls if any(t[1] == "load" for t in one["targets"])]

    def chosen_tabs(self) -> list[dict[str, Any]]:
        """What the page calls when each of its tabs is chosen."""
        return [one for one in self.calls if any(t[1] == "select" for t in one["targets"])]

    def run(
        self, call: dict[str, Any], data: list[Any] | None = None, event: Any = None
    ) -> list[Any]:
        """The first output of a call. Raises ``RuntimeError`` where it failed."""
        given = data if data is not None else [None] * len(call["inputs"])
        body = {
            "data": given,
            "event_data": event,
            "fn_index": call["id"],
            "trigger_id": call["targets"][0][0] if call["targets"] else None,
            "session_hash": self.session,
        }
        joined = self.http.post("/fr/gradio_api/queue/join", json=body)
        joined.raise_for_status()
        first: list[Any] | None = None
        for message in self._messages():
            if message["msg"] == "process_generating" and first is None:
                first = message["output"]["data"]
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise RuntimeError(f"{message['output']}")
                return first if first is not None else list(message["output"]["data"])
        raise RuntimeError("the stream ended before the answer")

    def _messages(self) -> Iterator[dict[str, Any]]:
        where = f"/fr/gradio_api/queue/data?session_hash={self.session}"
        with self.http.stream("GET", where) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    # --- what people do ----------------------------------------------------------------------

    def ask(self, question: str) -> tuple[float, str]:
        """Seconds until the verbatim answer, and the conversation as shown."""
        begin = self.call("question", "submit")
        began = time.perf_counter()
        self.run(begin, [question, None, None, "", ""])
        [finish] = [one for one in self.after(begin) if self.ids["chat"] in one["outputs"]]
        shown = self.run(finish)
        place = finish["outputs"].index(self.ids["chat"])
        return time.perf_counter() - began, str(shown[place])

    def browse(self) -> None:
        """The list, an original, the page of a PDF; the page opened again, and a tab of it."""
        choice = random.choice(("list", "open", "load"))
        if choice == "list":
            call = self.call("search-documents", "change")
            self.run(call, [random.choice(("", "guide", "2026", "compte rendu")), None])
        elif choice == "open" and self.documents:
            document = random.choice(self.documents)
            self.http.get(f"/original/{document}").raise_for_status()
            if document in self.pdfs:
                self.http.get(f"/page/{document}/1").raise_for_status()
        else:
            self.http.get("/fr/").raise_for_status()
            for call in self.loads():
                self.run(call)
            self.run(random.choice(self.chosen_tabs()))

    def give(self, number: int) -> None:
        """A short record of this person's own."""
        name = f"{self.name} {number}.md"
        said = f"# Tricot\n\nLe modèle de tuque numéro {number} de {self.name} plaît bien.\n"
        sent = self.http.post("/fr/gradio_api/upload", files={"files": (name, said.encode())})
        sent.raise_for_status()
        file = {"path": sent.json()[0], "orig_name": name, "meta": {"_type": "gradio.FileData"}}
        self.run(self.call("upload", "upload"), [[file], "members"])


def answers(shown: str) -> list[tuple[str, str]]:
    """(question, answer) as text, in order, of a conversation as shown."""
    turns = re.findall(r'<h2 class="cop-asked">(.*?)</h2>(.*?)</article>', shown, re.S)
    return [(_text(asked).removeprefix("Vous : "), _text(told)) for asked, told in turns]


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def quotes(shown: str) -> set[str]:
    """The lines that name the sources of the last answer."""
    return set(re.findall(r"<em>(.*?)</em>", shown.rsplit('class="cop-asked"', 1)[-1]))


def live(person: Person, until: float, questions: Sequence[str], counts: Counts) -> None:
    """One person's two minutes."""
    asked: list[str] = []
    chance = random.Random(person.name)
    number = 0
    time.sleep(chance.uniform(0, READING[1]))
    while time.perf_counter() < until:
        kind = chance.choices(list(CHANCES), list(CHANCES.values()))[0]
        began = time.perf_counter()
        try:
            if kind == "ask":
                question = chance.choice(questions)
                asked.append(question)
                seconds, shown = person.ask(question)
                counts.took("ask", seconds)
                _check(person, asked, shown, counts)
            elif kind == "browse":
                person.browse()
                counts.took("browse", time.perf_counter() - began)
            else:
                number += 1
                person.give(number)
                counts.took("give", time.perf_counter() - began)
        except (httpx.HTTPError, RuntimeError, StopIteration) as error:
            counts.problem(f"{person.name} {kind}: {type(error).__name__} {error}")
        time.sleep(chance.uniform(*READING))


def _check(person: Person, asked: list[str], shown: str, counts: Counts) -> None:
    """The answer stands under its own question, in this person's conversation."""
    there = [question for question, _ in answers(shown)]
    if there != asked:
        counts.problem(f"{person.name}: another conversation: {there}")
    else:
        counts.answered.append(Answered(person.name, asked[-1], quotes(shown)))


def unlike_alone(address: str, answered: Sequence[Answered]) -> list[Answered]:
    """Those of ``answered`` in which nothing is quoted that is quoted when one person asks."""
    different = sorted({one.question for one in answered})
    sources: dict[str, set[str]] = {}
    for start in range(0, len(different), TALK):
        alone = Person(address, "seule")
        for asked in different[start : start + TALK]:
            sources[asked] = quotes(alone.ask(asked)[1])
        alone.close()
    return [
        one
        for one in answered
        if one.sources != sources[one.question] and not one.sources & sources[one.question]
    ]


def questions_of(folder: Path) -> list[str]:
    """Questions about every heading of a library, by rule. Raises ``ValueError`` for too few."""
    settings = load_settings(library=folder)
    with Library(settings, FakeEmbeddings()) as library:
        asked = [
            form.format(heading=heading, date=document.date, title=document.title)
            for document in library.documents()
            for passage in library.catalogue.version_passages(document.version)
            for heading in passage.locator.headings[-1:]
            for form in ASKED["minutes" if document.date else "other"]
        ]
    questions = list(dict.fromkeys(" ".join(one.split()) for one in asked))
    if len(questions) < FEWEST:
        raise ValueError(f"only {len(questions)} questions in {folder}")
    return questions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        questions = questions_of(Path(folder) / LIBRARY)
        counts, wall = measured(address, arguments.people, arguments.seconds, questions)
        different = len({one.question for one in counts.answered})
        print(f"{len(questions)} questions to draw from, {different} of them asked")
        print(f"{arguments.people} people, {wall:.0f} s; problems: {len(counts.problems)}")
        print("| | times | median, s | p95, s | most, s |", "|---|---|---|---|---|", sep="\n")
        for kind, taken in sorted(counts.seconds.items()):
            half, most = np.quantile(taken, 0.5), np.quantile(taken, 0.95)
            print(f"| {kind} | {len(taken)} | {half:.2f} | {most:.2f} | {max(taken):.2f} |")
        sys.stdout.flush()
        others = unlike_alone(address, counts.answered)
        print(f"answered otherwise than alone: {len(others)} of {len(counts.answered)}", flush=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), reranker="none") as address:
        for one in unlike_alone(address, others):
            counts.problem(f"{one.person}: {one.question} answered from {one.sources}")
    print(f"problems, each answer held against the same question alone: {len(counts.problems)}")
    print(*counts.problems[:20], sep="\n")
    good = not counts.problems and np.quantile(counts.seconds["ask"], 0.95) < TARGET
    return 0 if good else 1


@contextmanager
def served(folder: Path, library: Path | None = None, reranker: str | None = None) -> Iterator[str]:
    """The application over the sample community, in a process of its own.

    ``library``: one to copy and serve instead. ``reranker``: for ``COPASSIST_RERANKER``.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "COPASSIST_LIBRARY": str(folder / LIBRARY),
        "COPASSIST_PORT": str(port),
        "COPASSIST_LLM": "none",
        **({"COPASSIST_RERANKER": reranker} if reranker else {}),
    }
    environment = {**os.environ, **settings}
    ingest = [sys.executable, "-m", "ingest", str(SAMPLES)]
    if library is None:
        subprocess.run(ingest, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    else:
        shutil.copytree(library, folder / LIBRARY)
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(address, timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def measured(
    address: str, people: int, seconds: float, questions: Sequence[str]
) -> tuple[Counts, float]:
    """What happened while ``people`` were at the page for ``seconds``."""
    first = Person(address, "seule")
    print(f"first question, model loaded meanwhile: {first.ask(FIRST)[0]:.2f} s", flush=True)
    listed = str(first.run(first.call("search-documents", "change"), ["", None])[0])
    counts = Counts()
    everyone = [Person(address, f"personne-{number}") for number in range(people)]
    for one in everyone:
        one.documents = tuple(re.findall(r'data-id="(\w+)"', listed))
        one.pdfs = frozenset(re.findall(r'data-id="(\w+)"(?:(?!</tr>).)*?\.pdf', listed, re.S))
    began = time.perf_counter()
    threads = [
        threading.Thread(target=live, args=(one, began + seconds, questions, counts))
        for one in everyone
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    for one in (first, *everyone):
        one.close()
    return counts, wall


if __name__ == "__main__":
    sys.exit(main())
