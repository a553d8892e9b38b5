"""A parser that hangs, dies, eats memory or reaches out costs its own file and nothing else."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
import recordfiles as files

from copassist.errors import (
    CopassistError,
    DamagedFileError,
    EmptyFileError,
    LibraryUnwritableError,
    MissingFileError,
    ProtectedFileError,
    TooLargeError,
    TooSlowError,
    UnreadableError,
)
from copassist.settings import Settings
from ingest import sandbox
from ingest.sandbox import LOOK_AHEAD, Sandbox, Source, receive

HERE = Path(__file__).parent


PROGRAM = f"import sys; sys.path[:0] = [{str(HERE)!r}]; import hostile_worker as h; "
HOSTILE = (sys.executable, "-c", PROGRAM + "h.worker.main(int(sys.argv[1]))")


@pytest.fixture(autouse=True)
def library_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scratch folders are inside the library: not in the person's own."""
    monkeypatch.setenv("COPASSIST_LIBRARY", str(tmp_path / "library"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox whose workers hold a parser that misbehaves by the name of the file."""
    settings = Settings(
        library=tmp_path_factory.mktemp("library"), parse_seconds=1.5, parse_megabytes=600
    )
    with Sandbox(settings, command=HOSTILE) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("hang", TooSlowError),
        ("spin", TooSlowError),
        ("spent", TooSlowError),
        ("abort", UnreadableError),
        ("exit", DamagedFileError),
        ("segfault", DamagedFileError),
        ("eat", TooLargeError),
        ("defect", DamagedFileError),
        ("socket", DamagedFileError),
        ("outside", DamagedFileError),
        ("remove", DamagedFileError),
        ("child", DamagedFileError),
    ],
)
def test_only_that_file_fails(
    name: str, error: type[UnreadableError], hostile: Sandbox, tmp_path: Path
) -> None:
    bad, good = tmp_path / f"{name}.md", tmp_path / "good.md"
    for path in (bad, good):
        path.write_text("texte", encoding="utf-8")
    with pytest.raises(error) as raised:
        hostile.parse(bad)
    assert bad.name in raised.value.describe("fr")
    assert hostile.parse(good).sections[0].page_content == "bonjour"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([bad.name, "good.md"])


def test_a_worker_killed_as_it_answers_costs_the_next_file_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files.write("cr.md", tmp_path)
    with Sandbox(Settings(parse_seconds=1)) as parser:
        [worker] = parser._workers
        worker._started()

        def slowly(stream: IO[bytes]) -> object:
            told = receive(stream)
            time.sleep(1.5)
            return told

        with monkeypatch.context() as patched:
            patched.setattr(sandbox, "receive", slowly)
            assert parser.parse(path).sections
        assert parser.parse(path).sections


def test_noise_and_scratch_do_no_harm(hostile: Sandbox, tmp_path: Path) -> None:
    for name, words in (("print", "bruyant"), ("scratch", "dedans")):
        path = tmp_path / f"{name}.md"
        path.write_text("texte", encoding="utf-8")
        parsed = hostile.parse(path)
        assert parsed.sections[0].page_content == words
    assert list(hostile._scratch.iterdir()) == []


def test_parse_gives_sections_properties_and_members(tmp_path: Path) -> None:
    with Sandbox(Settings()) as sandbox:
        parsed = sandbox.parse(files.write("cr.md", tmp_path), "dossier/cr.md")
        assert parsed.source.name == "dossier/cr.md"
        assert parsed.properties["title"] == "Rencontre d’avril"
        assert [d.metadata["unit"] for d in parsed.sections] == ["prose", "prose"]

        mail = sandbox.parse(files.write("cr.eml", tmp_path))
        assert [member.name for member in mail.members] == ["cr.eml/cr.md"]
        (member,) = mail.members
        assert member.depth == 1
        inner = sandbox.parse(member.path, member.name, member.depth)
        assert inner.properties == parsed.properties
        scratch = sandbox._scratch
    assert not scratch.exists()


def test_members_are_read_from_a_library_named_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = files.write("cr.eml", tmp_path)
    monkeypatch.chdir(tmp_path)
    with Sandbox(Settings(library=Path("library"))) as sandbox:
        (member,) = sandbox.parse(mail).members
        assert sandbox.parse(member.path, member.name, member.depth).sections


@pytest.mark.parametrize("name", ["scan.png", "scan.pdf"])
def test_text_recognition_works_inside(name: str, tmp_path: Path) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("no tesseract on this machine")
    with Sandbox(Settings()) as sandbox:
        (section,) = sandbox.parse(files.write(name, tmp_path)).sections
    assert "Bonjour" in section.page_content


def test_old_formats_are_converted_inside(shared: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("no LibreOffice on this machine")
    with Sandbox(Settings()) as sandbox:
        parsed = sandbox.parse(shared / "bad_inputs/unstructured/duplicate-paragraphs.doc")
    assert parsed.sections
    assert not parsed.members


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.txt", b"", EmptyFileError),
        ("a.eml", b"\n\n", EmptyFileError),
        ("a.zip", files.zipped({}), EmptyFileError),
        ("b.zip", files.zipped({"__MACOSX/x": b"x"}), EmptyFileError),
        ("locked.pdf", files.pdf_locked(), ProtectedFileError),
    ],
)
def test_errors_travel_with_the_name_people_know(
    name: str, data: bytes, error: type[UnreadableError], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with Sandbox(Settings()) as sandbox, pytest.raises(error) as raised:
        sandbox.parse(path, f"dossier/{name}")
    assert raised.value.values["path"] == f"dossier/{name}"


def test_limits_of_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 1_000_001)
    with Sandbox(Settings(file_megabytes=1)) as sandbox:
        with pytest.raises(TooLargeError):
            sandbox.parse(path)
        with pytest.raises(MissingFileError):
            sandbox.parse(tmp_path / "absent.txt")


def test_workers_that_cannot_start_end_the_run(tmp_path: Path) -> None:
    source = Source(files.write("cr.md", tmp_path), "cr.md")
    command = (sys.executable, "-c", "raise SystemExit(3)")
    with Sandbox(Settings(), command=command) as sandbox, pytest.raises(CopassistError) as raised:
        list(sandbox.parse_many([source]))
    assert not isinstance(raised.value, UnreadableError)


def test_a_library_without_room_ends_the_run_in_words(tmp_path: Path) -> None:
    source = Source(files.write("cr.md", tmp_path), "cr.md")
    with Sandbox(Settings()) as parser:
        parser._scratch = tmp_path / "gone"
        with pytest.raises(LibraryUnwritableError):
            list(parser.parse_many([source]))


@pytest.mark.parametrize("workers", [1, 2])
def test_parse_many_gives_one_outcome_a_source(workers: int, tmp_path: Path) -> None:
    sources = []
    for number in range(30):
        path = tmp_path / f"{number}.md"
        path.write_text("" if number % 5 == 0 else f"texte {number}", encoding="utf-8")
        sources.append(Source(path, f"n{number}"))
    with Sandbox(Settings(), workers) as sandbox:
        outcomes = {o.source.name: o for o in sandbox.parse_many(sources)}
    assert set(outcomes) == {source.name for source in sources}
    for number in range(30):
        outcome = outcomes[f"n{number}"]
        if number % 5 == 0:
            assert isinstance(outcome.error, EmptyFileError)
        else:
            assert outcome.parsed is not None
            assert outcome.parsed.sections[0].page_content == f"texte {number}"


def test_parse_many_is_never_far_ahead_and_can_be_abandoned(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("texte", encoding="utf-8")
    drawn = 0

    def endless() -> Iterator[Source]:
        nonlocal drawn
        while True:
            drawn += 1
            yield Source(path, f"{drawn}")

    with Sandbox(Settings()) as sandbox:
        outcomes = sandbox.parse_many(endless())
        next(outcomes)
        time.sleep(1)
        assert drawn <= LOOK_AHEAD + 3
        outcomes.close()
        assert threading.active_count() < 10
        assert sandbox.parse(path).sections


def test_a_source_that_cannot_be_listed_is_the_callers_trouble(tmp_path: Path) -> None:
    def broken() -> Iterator[Source]:
        yield Source(tmp_path / "absent", "absent")
        raise RuntimeError("folder gone")

    with Sandbox(Settings()) as sandbox, pytest.raises(RuntimeError, match="folder gone"):
        list(sandbox.parse_many(broken()))


def test_workers_do_not_load_what_parsing_does_not_need(tmp_path: Path) -> None:
    import subprocess

    code = "import sys, ingest.worker; print({'torch', 'gradio', 'chromadb'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent
    )
    assert done.stdout.strip() == "set()"


def test_a_large_process_keeps_its_workers(tmp_path: Path) -> None:
    """One that holds a model, as the page does: a worker is not large because it is."""
    ballast = bytearray(b"x") * 700_000_000
    with Sandbox(Settings()) as sandbox:
        for number in range(2):
            path = tmp_path / f"{number}.md"
            path.write_text("texte", encoding="utf-8")
            sandbox.parse(path)
        [worker] = sandbox._workers
        assert worker._files == 2
    del ballast
