"""128 odd files against what each should do; 500 damaged ones; pages of real PDFs.

Programs that a machine may lack (Tesseract, LibreOffice) are hidden, so that the outcome is the
same everywhere; ``test_parsers.py`` covers reading with them.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import recordfiles as files
from recordfiles import SHARED

from copassist.errors import (
    ConverterMissingError,
    EmptyFileError,
    ImageOnlyError,
    ProtectedFileError,
    TooLargeError,
    TooSlowError,
    UnknownTypeError,
    UnreadableError,
)
from copassist.settings import Settings
from ingest.sandbox import Outcome, Sandbox, Source

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Read:
    """Stands in the tables below for a file that gives text."""


READ: Final = frozenset({Read})
REPORTED: Final = frozenset({UnreadableError})
EITHER: Final = READ | REPORTED
OR_EMPTY: Final = READ | {EmptyFileError}

EXPECTED: Final[dict[str, frozenset[type]]] = {
    # what EXPECTED.tsv says: what may become of the file
    "extraire": READ,
    "extraire ; temps borné": READ,
    "extraire en Unicode": READ,
    "extraire la couche OCR": READ,
    "extraire, accents corrects": READ,
    "décoder": READ,
    "texte brut": READ,
    "texte des formes": READ,
    "texte partiel ; signaler les images": READ,
    "temps borné": READ,
    "temps et mémoire bornés": READ,
    "temps et mémoire bornés ; citations par page": READ,
    "ordre de lecture": READ,
    "ordre de lecture des colonnes": READ,
    "séparateur reconnu": READ,
    "scripts exclus": READ,
    "image exclue": READ,
    "pas de lettres doublées": READ,
    "pages vides ignorées, numéros de page justes": READ,
    "nombres retrouvables": READ,
    "cellules retrouvables": READ,
    "cellules du tableau retrouvables": READ,
    "extraire ; vide => signaler": OR_EMPTY,
    "extraire (notes comprises) ; vide => signaler": OR_EMPTY,
    "extraire en-têtes et corps, ou signaler": EITHER,
    "extraire ou dire non lu": EITHER,
    "extraire ou dire « format .doc non lu »": EITHER,
    "extraire ou signaler": EITHER,
    "extraire ou signaler ; pas d'exception": EITHER,
    "extraire le texte si possible": EITHER,
    "décoder ou signaler": EITHER,
    "ne pas planter": EITHER,
    "refuser ou ouvrir selon la politique": EITHER,
    "signaler": REPORTED,
    "signaler ; ne pas planter": REPORTED,
    "dire non lu": frozenset({ConverterMissingError}),
    "ignorer avec message": frozenset({UnknownTypeError}),
    "refuser avec message": frozenset({UnknownTypeError}),
    "signaler vide": frozenset({EmptyFileError}),
    "signaler « image »": frozenset({ImageOnlyError}),
    "signaler « image, OCR nécessaire »": frozenset({ImageOnlyError}),
    "signaler image": frozenset({ImageOnlyError}),
    "signaler protégé": frozenset({ProtectedFileError}),
    "signaler « protégé par mot de passe »": frozenset({ProtectedFileError}),
    "signaler « protégé par mot de passe », ne pas planter": frozenset({ProtectedFileError}),
}
DISAGREED: Final[dict[str, tuple[type, str]]] = {
    # rows on which we disagree with EXPECTED.tsv: what happens instead, and why
    "unstructured/test-image-jpg-mime.pptx": (EmptyFileError, "its one slide is a photograph"),
    "pypdf/007-imagemagick-images_imagemagick-images.pdf": (
        Read,
        "its captions are text and are kept; a note says that pictures were not read",
    ),
    "unstructured/fake-encrypted.msg": (
        Read,
        "its headers and its attachments are in clear; only a body would be encrypted",
    ),
}

HOLDS: Final[dict[str, tuple[str, ...]]] = {
    "unstructured/pdf_multi-column.pdf": (
        "relies on efficient passage retrieval to select candidate contexts",
    ),
    "unstructured/pdf_multi-column-2p.pdf": (
        "relies on efficient passage retrieval to select candidate contexts",
    ),
    "unstructured/pdf_layout-parser-paper-fast.pdf": (
        "neural networks. Ideally, research outcomes",
    ),
    "unstructured/pdf_layout-parser-paper-with-table.pdf": ("PubLayNet [38] F / M M Layouts of",),
    "unstructured/pdf_all-number-table.pdf": ("1000.01 9", "1600.01 15"),
    "unstructured/pdf_korean-text-with-tables.pdf": ("적립 제외 대상",),
    "unstructured/pdf_copy-protected.pdf": ("LayoutParser",),
    "unstructured/pdf_fake-bold-sample.pdf": ("BOLD TEXT SAMPLE",),
    "unstructured/language-docs_fr_olap.pdf": ("Résumés et interrogations de logs de requêtes",),
    "unstructured/rotated-page-90.pdf": ("Hello World Test Text Second line of text here",),
    "unstructured/docx-shapes.docx": ("<inline-image1>", "<floating-shape>"),
    "unstructured/docx-tables.docx": ("Lorem ipsum | A link example",),
    "unstructured/semicolon-delimited.csv": ("sed, do | eiusmod | tempor incididunt",),
    "unstructured/fake-text-utf-16.txt": ("Hamburgers are delicious",),
    "unstructured/fake-text-utf-16-be.txt": ("Hamburgers are delicious",),
    "unstructured/fake-text-utf-32.txt": ("Hamburgers are delicious",),
    "unstructured/fake-html-cp1252.html": ("L'été était très chaud",),
    "unstructured/stanley-cups-utf-16.csv": ("Maple Leafs | TOR | 13",),
    "unstructured/teams_chat.docx": ("James Bond : Umm.",),
    "charset/sample-french.txt": ("MOLIÈRE",),
    "charset/sample-polish.txt": ("URZĄDZENIE",),
}
LACKS: Final[dict[str, str]] = {
    "unstructured/example-with-scripts.html": r"function\s*\(|\{\s*(?:color|margin)\s*:",
    "unstructured/fake-html-with-base64-image.html": r"base64|[A-Za-z0-9+/]{80}",
    "unstructured/pdf_fake-bold-sample.pdf": r"SSAA|B\s+B\s+O\s+O",
}


@pytest.fixture(scope="module", autouse=True)
def library_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Scratch folders are inside the library: not in the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPASSIST_LIBRARY", str(tmp_path_factory.mktemp("library")))
        yield


@pytest.fixture(scope="module")
def alone() -> Iterator[None]:
    """No program but Python's own is found by the workers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")
        yield


def parse_all(sources: list[Source], settings: Settings) -> dict[str, Outcome]:
    """Outcomes by name, those of members of archives and mails included."""
    outcomes: dict[str, Outcome] = {}
    with Sandbox(settings, workers=2) as sandbox:
        left = sources
        while left:
            found: list[Source] = []
            for outcome in sandbox.parse_many(left):
                assert outcome.source.name not in outcomes
                outcomes[outcome.source.name] = outcome
                found += outcome.parsed.members if outcome.parsed else ()
            left = found
    return outcomes


def kind_of(outcome: Outcome) -> type:
    return Read if outcome.error is None else type(outcome.error)


def fold(text: str) -> str:
    return " ".join(text.split())


def text_of(outcome: Outcome) -> str:
    assert outcome.parsed is not None
    return "\n".join(section.page_content for section in outcome.parsed.sections)


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "bad_inputs" / "EXPECTED.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def outcomes(shared: Path, rows: list[dict[str, str]], alone: None) -> dict[str, Outcome]:
    folder = shared / "bad_inputs"
    return parse_all([Source(folder / row["file"], row["file"]) for row in rows], Settings())


def test_every_row_of_the_table(rows: list[dict[str, str]], outcomes: dict[str, Outcome]) -> None:
    assert len(rows) == 128
    wrong = []
    for row in rows:
        got = kind_of(outcomes[row["file"]])
        if row["file"] in DISAGREED:
            allowed: frozenset[type] = frozenset({DISAGREED[row["file"]][0]})
        else:
            allowed = EXPECTED[row["expected"]]
        if not any(issubclass(got, kind) for kind in allowed):
            wrong.append((row["file"], row["expected"], got.__name__))
    assert wrong == []


def test_we_disagree_where_we_say_so(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["file"] in DISAGREED:
            instead = DISAGREED[row["file"]][0]
            assert not any(issubclass(instead, kind) for kind in EXPECTED[row["expected"]])


def test_reasons_are_told_in_both_languages(outcomes: dict[str, Outcome]) -> None:
    for name, outcome in outcomes.items():
        if outcome.error is not None:
            for language in ("fr", "en"):
                told = outcome.error.describe(language)
                assert name in told
                assert "Error" not in told.replace(name, "")
                assert "\n" not in told


def test_what_the_files_hold(outcomes: dict[str, Outcome]) -> None:
    for name, wanted in HOLDS.items():
        text = fold(text_of(outcomes[name]))
        for words in wanted:
            assert words in text, name
    for name, pattern in LACKS.items():
        assert not re.search(pattern, text_of(outcomes[name])), name


def test_text_is_clean_and_sections_are_placed(outcomes: dict[str, Outcome]) -> None:
    for name, outcome in outcomes.items():
        for section in outcome.parsed.sections if outcome.parsed else ():
            section.page_content.encode("utf-8")
            assert unicodedata.is_normalized("NFC", section.page_content), name
            assert not re.search("[\x00-\x08\x0e-\x1f\x7f\r]", section.page_content), name
            assert section.page_content.strip(), name
            if name.endswith(".pdf"):
                assert section.metadata["locator"]["page"] >= 1


def test_pictures_that_were_not_read_are_noted(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["pypdf/007-imagemagick-images_imagemagick-images.pdf"]
    assert outcome.parsed is not None
    assert outcome.parsed.notes == ("note.pictures_not_read",)


# --- mutations -------------------------------------------------------------------------------

MUTANTS: Final = 500
SEED: Final = 20261122
SMALL: Final = 40_000
"""Bytes of the largest file mutated: what counts is the number of files, not their size."""
DATED: Final = frozenset({".docx", ".pptx", ".xlsx", ".pdf", ".eml"})
"""Our own of these hold the hour or chance, and would differ from run to run."""
SUFFIXES: Final = (*sorted({Path(name).suffix for name in files.FILES}), ".xls", ".msg", ".doc", "")


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 8, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def renamed(data: bytes, chance: random.Random) -> bytes:  # the suffix is changed by the caller
    return data


WAYS: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (truncated, flipped, renamed)


@pytest.fixture
def mutants(tmp_path: Path) -> list[Source]:
    """Of our own files, and of the real odd ones where these stand beside the project."""
    originals = {
        name: make() for name, make in files.FILES.items() if Path(name).suffix not in DATED
    }
    for path in sorted((SHARED / "bad_inputs").glob("*/*")):
        if path.suffix not in {"", ".LICENSE", ".toml"} and 0 < path.stat().st_size <= SMALL:
            originals[path.name] = path.read_bytes()
    chance, names = random.Random(SEED), sorted(originals)
    sources = []
    for number in range(MUTANTS):
        name = names[number % len(names)]
        way = WAYS[number // len(names) % len(WAYS)]
        suffix = chance.choice(SUFFIXES) if way is renamed else Path(name).suffix
        path = tmp_path / f"{number:03}-{way.__name__}-{Path(name).stem}{suffix}"
        path.write_bytes(way(originals[name], chance))
        sources.append(Source(path, path.name))
    return sources


def test_mutants_crash_nothing(mutants: list[Source], alone: None) -> None:
    found = parse_all(mutants, Settings(parse_seconds=20))
    assert {source.name for source in mutants} <= set(found)
    for outcome in found.values():
        assert (outcome.parsed is None) != (outcome.error is None)
        if outcome.error is not None:
            assert isinstance(outcome.error, UnreadableError)
            assert not isinstance(outcome.error, TooSlowError | TooLargeError), outcome.source.name
            assert outcome.error.values.get("problem") != "crashed", outcome.error.values
            assert outcome.source.name in outcome.error.describe("fr")
        else:
            text_of(outcome).encode("utf-8")


# --- pages -----------------------------------------------------------------------------------

PDFTOTEXT: Final = shutil.which("pdftotext")
PASSAGES: Final = 50
LETTERS: Final = 60
"""Length of the runs compared, in letters: a line of print."""


def independent_page(path: Path, page: int) -> str:
    """The page's text by poppler, which shares no code with our two engines."""
    if PDFTOTEXT is None:
        pytest.skip("no pdftotext (poppler-utils) on this machine")
    done = subprocess.run(
        [PDFTOTEXT, "-f", str(page), "-l", str(page), "-raw", str(path), "-"],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", "replace")


def bare(text: str) -> str:
    """Letters and digits alone: engines differ in spaces, hyphens and ligatures."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def test_fifty_passages_stand_on_the_page_named(shared: Path) -> None:
    chance = random.Random(SEED)
    paths = sorted((shared / "corpus").rglob("*.pdf"))
    places: list[tuple[Path, int, str]] = []
    with Sandbox(Settings()) as sandbox:
        for path in paths:
            for section in sandbox.parse(path).sections:
                lines = [line for line in section.page_content.split("\n") if len(bare(line)) >= 20]
                places += [(path, section.metadata["locator"]["page"], line) for line in lines]
    wrong = [
        (path.name, page, line)
        for path, page, line in chance.sample(places, PASSAGES)
        if bare(line)[:LETTERS] not in bare(independent_page(path, page))
    ]
    assert wrong == []
