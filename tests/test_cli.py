"""Command lines as people type them: exit codes, JSON on standard output, one line of errors."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

import app
from copassist.assistant import Assistant
from copassist.cli.ask import ELSEWHERE
from copassist.cli.common import Command, run
from copassist.cli.main import parse as parse_copassist
from copassist.conversations import Conversations
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from copassist.words import words
from ingest.__main__ import parse as parse_ingest

Records = Callable[[dict[str, str]], Path]
Told = tuple[int, str, str]
PROGRAMS: dict[str, Callable[..., tuple[Command, object]]] = {
    "ingest": parse_ingest,
    "app": app.parse,
}
"""Those beside ``python -m copassist``, by their first word here."""

TEXTS = {
    "2024-03-12.md": "# Rencontre du 12 mars 2024\n\nLa tablette sera prêtée aux familles.\n",
    "2024-04-09.md": "# Rencontre du 9 avril 2024\n\nLe papier ligné convient mieux.\n",
}
NOBODY = 65534


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """Run a command line on a library of this test: (exit code, standard output, error)."""
    monkeypatch.setattr("copassist.library.load_embeddings", lambda *_: FakeEmbeddings())
    monkeypatch.setenv("COPASSIST_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("COPASSIST_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("COPASSIST_LLM", "none")
    monkeypatch.setenv("COPASSIST_LANGUAGE", "fr")

    def act(*words: str) -> Told:
        parse = PROGRAMS.get(words[0], parse_copassist)
        line = list(words[1:] if words[0] in PROGRAMS else words)
        monkeypatch.setattr(sys, "argv", ["program", *line])
        capsys.readouterr()
        code = run(parse)  # type: ignore[arg-type]
        told = capsys.readouterr()
        return code, told.out, told.err

    return act


@pytest.fixture
def filled(command: Callable[..., Told], records: Records) -> Callable[..., Told]:
    """The same, on a library that holds two records."""
    assert command("ingest", str(records(TEXTS)), "--json")[0] == 0
    return command


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("search tablette --json", 0),
        ("search tablette --kind minutes --since 2024-03 --until 2024 --json", 0),
        ("documents list --json", 0),
        ("documents show 2024-03-12.md --json", 0),
        ("documents edit 2024-03-12.md --title Prêt --json", 0),
        ("documents remove 2024-03-12.md --json", 0),
        ("records sessions --json", 0),
        ("records actions --open --json", 0),
        ("agenda --json", 0),
        ("agenda --date 24/09/2031 --start 13h30 --json", 0),
        ("agenda --date jamais", 2),
        ("library verify --json", 0),
        ("library repair --json", 0),
        ("library reindex --json", 0),
        ("documents show rien.md --json", 1),
        ("documents edit 2024-03-12.md --json", 2),
        ("documents remove --json", 2),
        ("ingest /nulle/part --json", 1),
        ("ingest --json", 2),
        ("search tablette --community Réseau! --json", 2),
        ("library restore /nulle/part.zip --json", 1),
        ("library mend", 2),
        ("mend", 2),
    ],
)
def test_each_command_ends_as_the_contract_says(
    filled: Callable[..., Told], line: str, code: int
) -> None:
    ended, out, err = filled(*line.split())
    assert ended == code, err
    assert "Traceback" not in err
    if code == 0:
        json.loads(out)
    else:
        assert out == ""
        assert len(err.strip().splitlines()) == 1


EVERY_COMMAND: Final = (
    *("", "app", "ingest", "search", "ask", "agenda"),
    *("records", "records actions", "records propose", "records correct", "records accept"),
    *("documents", "documents list", "documents edit"),
    *("library", "library restore", "models", "models pull", "eval"),
    *("feedback", "feedback export", "doctor"),
)


def test_a_refusal_says_where_to_look(filled: Callable[..., Told]) -> None:
    code, out, _ = filled("ask", "Combien coûte la tablette ?")
    refused, near = out.split("\n\n")
    assert (code, refused) == (0, "Les documents de la communauté ne disent rien là-dessus.")
    heading, title, where, *_ = near.splitlines()
    assert heading == "Les documents les plus proches"
    assert title == " 1. Rencontre du 12 mars 2024 (2024-03-12)"
    assert where.startswith("    2024-03-12.md, ")


def test_a_terminal_has_no_tabs(filled: Callable[..., Told]) -> None:
    asked = "Prépare un ordre du jour de 90 minutes pour le 3 décembre 2031"
    code, out, _ = filled("ask", asked)
    assert code == 0
    assert "onglet" not in out
    assert "python -m copassist agenda" in out
    for language in ("fr", "en"):
        say = words(language)
        for name in ELSEWHERE:
            assert "python -m copassist" in say(f"cli.ask.{name}")
            assert say(f"registeranswers.{name}") != say(f"cli.ask.{name}")


def test_documents_are_listed_by_title_above_the_name_that_commands_take(
    filled: Callable[..., Told],
) -> None:
    code, out, _ = filled("documents", "list")
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == "2024-03-12.md")
    assert code == 0
    assert lines[at - 1].endswith("Rencontre du 12 mars 2024")


def test_doctor_says_what_is_here_and_how_big(
    filled: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    with (models / "petit.gguf").open("wb") as model:
        model.truncate(2_000_000)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, _ = filled("doctor")
    told = {line[:38].strip(): line[39:] for line in out.splitlines()}
    assert code == 0
    assert told["modèle petit"] == "2 Mo"
    assert told["programme tesseract"] == "absent"
    assert told["bibliothèque : documents"] == "2"
    assert told["bibliothèque : indexée par"] == FakeEmbeddings().name
    assert "apt-get install" in out
    assert json.loads(filled("doctor", "--json")[1])["models"]["petit"] == 2_000_000


def test_doctor_says_that_a_server_of_vectors_does_not_answer(
    command: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPASSIST_CHROMA_URL", "http://127.0.0.1:9")
    code, out, _ = command("doctor")
    [told] = [line for line in out.splitlines() if line.startswith("bibliothèque : vecteurs")]
    assert code == 0
    assert "aucun serveur Chroma ne répond" in told


def test_reindexing_counts_from_the_first_passage_done(filled: Callable[..., Told]) -> None:
    code, _, err = filled("library", "reindex")
    assert code == 0
    assert err.splitlines() == ["Passages refaits : 2"]


def test_a_refused_sync_gives_its_report_then_why(
    filled: Callable[..., Told], tmp_path: Path
) -> None:
    emptied = tmp_path / "ailleurs"
    emptied.mkdir()
    (emptied / "c.md").write_text("Le pupitre incliné repose le poignet.\n", encoding="utf-8")
    code, out, err = filled("ingest", str(emptied), "--sync", "--json")
    told = json.loads(out)
    assert (code, told["added"], told["removed"]) == (1, ["c.md"], [])
    assert err.strip() == f"{told['refused']['reason']} {told['refused']['hint']}"


def test_a_batch_tells_json(filled: Callable[..., Told], tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions.write_text('{"id": "1", "question": "Qui prête la tablette ?"}\n', encoding="utf-8")
    code, out, _ = filled("ask", "--batch", str(questions), "--out", str(answers), "--json")
    assert (code, json.loads(out)) == (0, {"answers": 1, "file": str(answers)})
    assert json.loads(answers.read_text(encoding="utf-8"))["id"] == "1"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("line", EVERY_COMMAND)
def test_each_command_has_help_in_the_persons_language(
    command: Callable[..., Told],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    language: str,
) -> None:
    monkeypatch.setenv("COPASSIST_LANGUAGE", language)
    with pytest.raises(SystemExit) as ended:
        command(*line.split(), "--help")
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert told.startswith("utilisation : " if language == "fr" else "usage: ")
    assert ("show this help message" in told, "afficher cette aide" in told) == (
        False,
        language == "fr",
    )
    assert "%%" not in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("documents edit a.md --kind procès", "« procès » n'est pas un choix pour --kind"),
        ("documents edit 2024-03-12.md --title=", "Un titre est nécessaire"),
        ("search tablette -k dix", "« dix » n'est pas un nombre de 1 ou plus"),
        ("search tablette -k 0", "« 0 » n'est pas un nombre de 1 ou plus"),
        ("search tablette --since demain", "« demain » n'est pas une date"),
        ("records actions --until 2024-13", "« 2024-13 » n'est pas une date"),
        ("records actions --csv", "--csv demande une valeur"),
        ("search", "il manque text"),
        ("records", "sessions, decisions, actions, topics"),
        ("documents", "list, show, remove, edit"),
        ("library", "verify, repair"),
        ("ask qui prête la tablette", 'entre guillemets, comme "prête la tablette"'),
        ("search tablette --vite", "options inconnues : --vite"),
        ("ingest", "il manque PATH"),
        ("ingest --again un.md", "sans chemin"),
        ("ingest --again --sync", "sans chemin"),
        ("ingest un --watch --json", "--watch ne finit pas"),
        ("ask --batch {questions} --out /nulle/part.jsonl --history {questions}", "sans --batch"),
        ("app --port 7861", "options inconnues : --port 7861"),
        ("app --community Une/Autre", "--community"),
        ("records actions --csv /nulle/part.csv", "Impossible d'écrire le fichier"),
        ("library backup /nulle/part.zip", "Impossible d'écrire le fichier"),
        ("library restore /nulle/part.zip", "/nulle/part.zip n'existe pas"),
        ("ask --batch {questions} --out /nulle/part.jsonl", "Impossible d'écrire le fichier"),
        ("ask --batch / --out /nulle/part.jsonl", "son contenu est invalide"),
        ("ask --batch {latin1} --out /nulle/part.jsonl", "son contenu est invalide"),
        ("ask --batch {numbers} --out /nulle/part.jsonl", "ligne 1 : ce n'est pas un objet JSON"),
        ("eval {questions} --answers --compare {questions}", "sans --answers"),
        ("eval {questions} --save /nulle/part.json", "Impossible d'écrire le fichier"),
        ("eval {questions} --answers --save /nulle/part.jsonl", "Impossible d'écrire le fichier"),
    ],
)
def test_what_is_wrong_is_one_french_line(
    command: Callable[..., Told], tmp_path: Path, line: str, told: str
) -> None:
    files = {
        "questions": b'{"id": "1", "question": "Qui ?", "answerable": false}\n',
        "latin1": '{"question": "Où ?"}\n'.encode("latin-1"),
        "numbers": b'{"question": 5}\n',
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    code, _, err = command(*line.format(**{name: tmp_path / name for name in files}).split())
    assert code in (1, 2)
    assert told in err
    assert len(err.splitlines()) == 1


def test_a_file_that_is_no_backup_leaves_the_library_alone(
    filled: Callable[..., Told], tmp_path: Path
) -> None:
    other = tmp_path / "autre.zip"
    other.write_text("ce n'est pas une sauvegarde")
    code, _, err = filled("library", "restore", str(other))
    assert code == 1
    assert "rien n'a été touché" in err
    assert len(json.loads(filled("documents", "list", "--json")[1])["documents"]) == len(TEXTS)


def test_a_terminal_reads_words_and_not_codes(filled: Callable[..., Told]) -> None:
    assert "Tout concorde." in filled("library", "verify")[2]
    assert "compte rendu" in filled("documents", "list")[1]
    assert "Aucune ligne" in filled("records", "actions")[2]
    assert "absent : python -m copassist models pull" in filled("models", "list")[1]


def test_a_date_is_taken_away_by_hand(filled: Callable[..., Told]) -> None:
    code, out, _ = filled("documents", "edit", "2024-03-12.md", "--date", "", "--json")
    assert code == 0
    assert json.loads(out)["document"]["date"] is None


def test_what_cannot_be_read_is_listed_and_the_exit_code_says_so(
    command: Callable[..., Told], records: Records
) -> None:
    code, out, err = command("ingest", str(records(TEXTS | {"vide.md": ""})), "--json")
    assert code == 3
    told = json.loads(out)
    assert [one["path"] for one in told["failed"]] == ["vide.md"]
    assert told["added"] == sorted(TEXTS)
    assert err == ""


def test_a_lost_original_is_told_and_cannot_be_mended(
    filled: Callable[..., Told], tmp_path: Path
) -> None:
    [first, _] = sorted((tmp_path / "library" / "originals").glob("*/*"))
    first.unlink()
    code, out, _ = filled("library", "verify")
    assert (code, len(out.splitlines())) == (1, 1)
    code, out, err = filled("library", "repair", "--json")
    assert code == 1
    assert [one["problem"] for one in json.loads(out)["disagreements"]] == ["original_missing"]
    assert "ingest" in err


@pytest.mark.parametrize("damage", ["no database", "cut", "empty"])
def test_a_damaged_catalogue_is_one_line(
    filled: Callable[..., Told], tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "library" / "catalogue.sqlite"
    sqlite3.connect(file).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    data = file.read_bytes()
    file.write_bytes(
        {"no database": b"%PDF-1.7" * 999, "cut": data[: len(data) // 2], "empty": b""}[damage]
    )
    for line in (("search", "tablette"), ("documents", "list"), ("library", "verify")):
        code, out, err = filled(*line, "--json")
        if damage == "empty":  # an empty file is an empty catalogue, and the stores disagree
            assert code in (0, 1)
            json.loads(out)
            continue
        assert code == 1, (line, out)
        assert out == ""
        assert len(err.strip().splitlines()) == 1, err
        assert "catalogue.sqlite" in err


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of root's, seen by someone who may not write to it."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no users here")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize(
    "line",
    ["search tablette", "documents list", "documents remove 2024-03-12.md", "ingest {folder}"],
)
def test_a_folder_that_cannot_be_written_is_one_line(
    unprivileged: Path, command: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    library = unprivileged / "library"
    records = unprivileged / "records"
    records.mkdir()
    (records / "2024-03-12.md").write_text(TEXTS["2024-03-12.md"])
    monkeypatch.setenv("COPASSIST_LIBRARY", str(library))
    assert command("ingest", str(records), "--json")[0] == 0
    for path in library.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    library.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        code, out, err = command(*line.format(folder=records).split(), "--json")
    finally:
        if root:
            os.seteuid(0)
        for path in [library, *library.rglob("*")]:
            path.chmod(0o755)
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert str(library) in err


def test_feedback_is_exported_without_anybodys_name(
    filled: Callable[..., Told], tmp_path: Path
) -> None:
    settings = load_settings(library=tmp_path / "library", llm="none")
    with Library(settings, FakeEmbeddings()) as library:
        kept = Conversations(library.catalogue, "default")
        answer = Assistant(library).ask("Qui prête la tablette ?")
        turn = kept.ask("anne-7f3a", None, "=Qui prête la tablette ?")
        kept.answer(turn.id, answer.to_dict() | {"comment": "Très clair"})
        kept.judge("anne-7f3a", turn.id, "down")
    code, out, _ = filled("feedback", "export", "--json")
    [row] = json.loads(out)["feedback"]
    assert (code, row["verdict"], row["comment"]) == (0, "down", "Très clair")
    assert row["answer"] == answer.text
    assert "anne" not in out
    code, out, _ = filled("feedback", "export")
    [line] = csv.DictReader(io.StringIO(out))
    assert (code, line["verdict"], line["question"]) == (0, "down", "'=Qui prête la tablette ?")
    assert line["answer"] == answer.text


def test_eval_judges_answers(filled: Callable[..., Told], tmp_path: Path) -> None:
    questions = [
        {
            "id": "fr-1",
            "question": "Que prête-t-on aux familles, la tablette ?",
            "gold_files": ["2024-03-12.md"],
            "gold_quote": "La tablette sera prêtée aux familles.",
            "reference_answer": "La tablette.",
        },
        {"id": "fr-2", "question": "Qui a gagné le concours en 1987 ?", "answerable": False},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    code, out, err = filled("eval", str(file), "--answers", "--json")
    assert code == 0, err
    [made] = json.loads(out)["reports"]
    figures = made["groups"]["all"]
    assert made["model"] == "none"
    assert figures["citation_recall"]["value"] == figures["verbatim"]["value"] == 1.0
    assert figures["abstention_recall"]["value"] == 1.0
    code, out, _ = filled("eval", str(file), "--answers")
    assert "Citations : précision" in out


def test_eval_compares_two_runs_in_words(filled: Callable[..., Told], tmp_path: Path) -> None:
    questions, run = tmp_path / "questions.jsonl", tmp_path / "run.json"
    asked = {"id": "fr-1", "question": "Que prête-t-on | aux familles ?"}
    right = {"gold_files": ["2024-03-12.md"], "gold_quote": "La tablette sera prêtée aux familles."}
    questions.write_text(json.dumps(asked | right), encoding="utf-8")
    assert filled("eval", str(questions), "--save", str(run))[0] == 0
    saved = json.loads(run.read_text(encoding="utf-8"))
    saved["outcomes"][0]["passage"] = None
    run.write_text(json.dumps(saved), encoding="utf-8")
    code, out, err = filled("eval", str(questions), "--compare", str(run))
    assert (code, err) == (0, "")
    assert "| mieux | – | 1 | Que prête-t-on \\| aux familles ? |" in out
    assert "Sans changement : 0." in out
    code, out, _ = filled("eval", str(questions), "--compare", str(run), "--json")
    [better] = json.loads(out)["compared"]["better"]
    assert (better["id"], better["before"], better["after"]) == ("fr-1", None, 1)


def test_a_conversation_is_continued_from_a_file(
    filled: Callable[..., Told], tmp_path: Path
) -> None:
    history = tmp_path / "history.jsonl"
    before = {"question": "Qui prête la tablette aux familles ?", "answer": "« Le\u2028prêt. »"}
    history.write_text(json.dumps(before, ensure_ascii=False) + "\n", encoding="utf-8")
    code, out, err = filled("ask", "Et en mars 2024 ?", "--history", str(history), "--json")
    assert code == 0, err
    assert json.loads(out)["understood"] == "Qui prête la tablette aux familles en mars 2024 ?"


def test_a_backup_and_its_return_tell_json(filled: Callable[..., Told], tmp_path: Path) -> None:
    file = tmp_path / "sauvegarde.zip"
    told = json.loads(filled("library", "backup", str(file), "--json")[1])
    assert told == {"documents": len(TEXTS), "file": str(file)}
    back = json.loads(filled("library", "restore", str(file), "--replace", "--json")[1])
    assert back == {"restored": str(file)}


def test_a_backup_and_a_library_are_replaced_only_if_told(
    filled: Callable[..., Told], tmp_path: Path
) -> None:
    file = str(tmp_path / "sauvegarde.zip")
    assert filled("library", "backup", file)[0] == 0
    for action in ("backup", "restore"):
        code, _, err = filled("library", action, file)
        assert code == 1
        assert "existe déjà" in err
        assert filled("library", action, file, "--replace")[0] == 0
