"""How well the register is read from annotated minutes: ``python -m benchmarks.register``.

Gold files stand in ``tests/data/register_gold`` and name their documents by path below the
corpus folder, which is not part of the project.

What counts
    A line read matches a gold line when, Markdown and white space folded, one quote holds the
    other or their words agree with a token F1 of at least :data:`OVERLAP`. Each gold line is
    matched once, by the best line read. Lines that match only an *optional* gold line count
    neither for nor against. Micro figures sum over lines; macro-F1 is the mean over documents
    that hold or are given at least one line of the kind.
    An owner is wrong when one is given, as certain, that the record does not give to the action
    (gold null, or another name), whether the gold line is optional or not. Owners given with
    ``owner_certain=False`` are counted apart: they are shown as "à confirmer".

``--share FOLDER`` measures instead what reading the register adds to an ingestion of FOLDER.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from langchain_core.documents.base import Blob

from benchmarks.ingestion import CORPUS, ROOT
from copassist.embeddings import load_embeddings
from copassist.extraction import read_register
from copassist.extraction.texts import fold
from copassist.library import Library
from copassist.modeltext import embedded_text
from copassist.passages import Document, Passage
from copassist.records import Action, Register
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.filetypes import parser_for
from ingest.pipeline import Ingestion
from ingest.split import split_sections

GOLD: Final = ROOT / "tests" / "data" / "register_gold"
OVERLAP: Final = 0.6
"""Token F1 from which two quotes speak of the same line: the value fixed before annotating."""
KINDS: Final = ("actions", "decisions", "topics", "deferred")


def passages_of(path: Path, title: str, gold: dict[str, Any]) -> tuple[Passage, ...]:
    """The passages that ingestion makes of a file."""
    sections = parser_for(path).lazy_parse(Blob.from_path(path))
    split = split_sections(sections, title, gold["date"], language=gold["language"])
    return tuple(replace(passage, version="v") for passage in split)


def title_in(text: str, path: str) -> str:
    """The title a record gives itself, else its file name."""
    match = re.search(r"^title: *\"?(?P<a>[^\"\n]+)|^# +(?P<b>.+)$", text, re.MULTILINE)
    return (match["a"] or match["b"]).strip() if match else Path(path).stem


def read_gold(gold: dict[str, Any]) -> tuple[Register, tuple[Passage, ...]]:
    """What the rules read in the document of a gold file, and its passages."""
    path = CORPUS / gold["path"]
    title = title_in(path.read_text(encoding="utf-8"), gold["path"])
    passages = passages_of(path, title, gold)
    document = Document(
        gold["path"],
        "benchmark",
        gold["path"],
        title,
        "minutes",
        gold["date"],
        gold["language"],
    )
    return read_register(document, passages), passages


def alike(one: str, other: str) -> float:
    """1 when one quote holds the other, else the F1 of their words."""
    a, b = (re.sub(r"[][]", "", fold(text)) for text in (one, other))
    if not a or not b:
        return 0.0
    if a in b or b in a:
        return 1.0 + min(len(a), len(b)) / max(len(a), len(b))
    words, others = Counter(a.split()), Counter(b.split())
    common = sum((words & others).values())
    return 2 * common / (sum(words.values()) + sum(others.values()))


@dataclass(slots=True)
class Score:
    """Right, wrongly read and missed lines of one kind."""

    right: int = 0
    extra: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    documents: list[float] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / ((self.right + len(self.extra)) or 1)

    @property
    def recall(self) -> float:
        return self.right / ((self.right + len(self.missed)) or 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / ((2 * self.right + len(self.extra) + len(self.missed)) or 1)

    @property
    def macro(self) -> float:
        return sum(self.documents) / (len(self.documents) or 1)

    def add(self, other: Score) -> None:
        self.right += other.right
        self.extra += other.extra
        self.missed += other.missed
        if other.right or other.extra or other.missed:
            self.documents.append(other.f1)


def quotes_of(entry: dict[str, Any]) -> list[str]:
    return [entry.get("quote") or entry["title"], *entry.get("also", ())]


def pairs(read: Sequence[str], gold: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Index read -> index of gold, best first, each used once."""
    ranked = sorted(
        (
            (max(alike(text, quote) for quote in quotes_of(entry)), not entry.get("optional"), i, j)
            for i, text in enumerate(read)
            for j, entry in enumerate(gold)
        ),
        reverse=True,
    )
    chosen: dict[int, int] = {}
    for value, _, i, j in ranked:
        if value >= OVERLAP and i not in chosen and j not in chosen.values():
            chosen[i] = j
    return chosen


def score(read: Sequence[str], gold: Sequence[dict[str, Any]]) -> tuple[Score, dict[int, int]]:
    chosen = pairs(read, gold)
    result = Score()
    for i, text in enumerate(read):
        if i not in chosen:
            excused = any(
                max(alike(text, quote) for quote in quotes_of(entry)) >= OVERLAP
                for entry in gold
                if entry.get("optional")
            )
            if not excused:
                result.extra.append(text)
        elif not gold[chosen[i]].get("optional"):
            result.right += 1
    taken = set(chosen.values())
    result.missed = [
        entry.get("quote") or entry["title"]
        for j, entry in enumerate(gold)
        if j not in taken and not entry.get("optional")
    ]
    return result, chosen


@dataclass(slots=True)
class Owners:
    """How owners fare on matched actions; ``wrong`` and ``doubtful`` list them."""

    right: int = 0
    absent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    due_right: int = 0
    due_wrong: list[str] = field(default_factory=list)


def same_owner(read: str, gold: str) -> bool:
    names = [
        set(re.findall(r"\w+", fold(text))) - {"et", "and", "ou", "or", "le", "la", "the"}
        for text in (read, gold)
    ]
    return names[0] == names[1] or (bool(names[0] & names[1]) and names[0] <= names[1])


def judge_owners(
    actions: Sequence[Action], gold: Sequence[dict[str, Any]], chosen: dict[int, int], into: Owners
) -> None:
    for i, j in chosen.items():
        action, entry = actions[i], gold[j]
        said = f"{fold(action.text)[:70]!r}: read {action.owner!r}, gold {entry['owner']!r}"
        if action.owner is None:
            if entry["owner"] and not entry.get("optional"):
                into.absent.append(said)
        elif entry["owner"] and same_owner(action.owner, entry["owner"]):
            into.right += 1
        elif action.owner_certain:
            into.wrong.append(said)
        else:
            into.doubtful.append(said)
        if not entry.get("optional") and (action.due_date or entry.get("due_date")):
            if action.due_date == entry.get("due_date"):
                into.due_right += 1
            else:
                into.due_wrong.append(
                    f"{said} due {action.due!r} {action.due_date} / {entry.get('due_date')}"
                )


def read_texts(register: Register, kind: str) -> list[str]:
    if kind == "actions":
        return [
            action.source.quote
            if action.source and action.text not in action.source.quote
            else action.text
            for action in register.actions
        ]
    if kind == "decisions":
        return [decision.text for decision in register.decisions]
    if kind == "deferred":
        # titled by what is put off; what was annotated is the sentence that puts it off
        return [t.source.quote if t.source else t.title for t in register.topics if t.deferred]
    return [t.title for t in register.topics if not t.deferred]


def gold_files(part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(GOLD.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if gold["part"] == part:
            yield path.stem, gold


def measure(part: str, language: str | None = None, detail: bool = False) -> dict[str, Any]:
    """Figures of one part, in one language or both, ready for JSON."""
    scores = {kind: Score() for kind in KINDS}
    owners, attendance, invented = Owners(), [0, 0], 0
    names = []
    for name, gold in gold_files(part):
        if language and gold["language"] != language:
            continue
        names.append(name)
        register, passages = read_gold(gold)
        invented += not verbatim(register, passages)
        for kind in KINDS:
            entries = gold["topics"] if kind == "topics" else gold[kind]
            if entries is None:
                continue
            result, chosen = score(read_texts(register, kind), entries)
            scores[kind].add(result)
            if kind == "actions":
                judge_owners(register.actions, entries, chosen, owners)
            if detail:
                show(name, kind, result)
        if gold["attendance"]:
            attendance[0] += register.sessions[0].attendance == gold["attendance"]
            attendance[1] += 1
    if detail:
        for label in ("wrong", "doubtful", "absent", "due_wrong"):
            for said in getattr(owners, label):
                print(f"  owner/due {label}: {said}")
    return {
        "part": part,
        "language": language or "both",
        "documents": len(names),
        **{
            kind: {
                "precision": round(s.precision, 3),
                "recall": round(s.recall, 3),
                "f1": round(s.f1, 3),
                "macro_f1": round(s.macro, 3),
                "gold": s.right + len(s.missed),
                "read": s.right + len(s.extra),
            }
            for kind, s in scores.items()
        },
        "owners": {
            "right": owners.right,
            "wrong": len(owners.wrong),
            "to_confirm_and_wrong": len(owners.doubtful),
            "missed": len(owners.absent),
        },
        "due_dates": {"right": owners.due_right, "wrong": len(owners.due_wrong)},
        "attendance": {"right": attendance[0], "stated": attendance[1]},
        "documents_with_a_quote_not_verbatim": invented,
    }


def verbatim(register: Register, passages: Sequence[Passage]) -> bool:
    """Whether every quote stands, character for character, in the passage it names."""
    texts = {passage.id: passage.text for passage in passages}
    lines: Iterable[Any] = (*register.actions, *register.decisions, *register.topics)
    return all(
        line.source is not None and line.source.quote in texts[line.source.passage]
        for line in lines
    )


def show(name: str, kind: str, result: Score) -> None:
    for text in result.extra:
        print(f"  {name} {kind} EXTRA  {' '.join(text.split())[:150]}")
    for text in result.missed:
        print(f"  {name} {kind} MISSED {text[:150]}")


def share(folder: Path, sample: int) -> dict[str, Any]:
    """Processor seconds of reading the register of a folder's minutes, beside those of embedding
    the same passages with the real model: what extraction adds to an ingestion."""
    embeddings = load_embeddings(load_settings())
    embeddings.embed_question("chargé")
    reading = embedding = 0.0
    count, records = 0, 0
    with (
        tempfile.TemporaryDirectory() as name,
        Library(load_settings(library=Path(name)), FakeEmbeddings()) as library,
    ):
        Ingestion(library).run([folder])
        kept = [one for one in library.documents() if one.kind == "minutes"][::sample]
        for document in kept:
            passages = library.catalogue.version_passages(document.version)
            begun = time.process_time()
            read_register(document, passages)
            reading += time.process_time() - begun
            count, records = count + len(passages), records + 1
            begun = time.process_time()
            embeddings.embed_passages([embedded_text(one) for one in passages])
            embedding += time.process_time() - begun
    return {
        "records": records,
        "passages": count,
        "extraction_processor_seconds": round(reading, 2),
        "embedding_processor_seconds": round(embedding, 2),
        "share": round(reading / embedding, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=Path, metavar="FOLDER", help="extraction beside embedding")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every Nth record of it")
    parser.add_argument("--part", choices=("dev", "test", "all"), default="dev")
    parser.add_argument("--detail", action="store_true", help="list what was missed or misread")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.share:
        print(json.dumps(share(given.share, given.sample), indent=1))
        return
    parts = ("dev", "test") if given.part == "all" else (given.part,)
    figures = [
        measure(part, language, given.detail and language is not None)
        for part in parts
        for language in ("fr", "en", None)
    ]
    if given.json:
        print(json.dumps(figures, indent=1))
        return
    for figure in figures:
        print(f"\n{figure['part']} {figure['language']} ({figure['documents']} documents)")
        for kind in KINDS:
            found = figure[kind]
            if found["gold"] or found["read"]:
                print(f"  {kind:10}", "  ".join(f"{k} {v}" for k, v in found.items()))
        for key in ("owners", "due_dates", "attendance", "documents_with_a_quote_not_verbatim"):
            print(f"  {key}: {figure[key]}")


if __name__ == "__main__":
    main()
