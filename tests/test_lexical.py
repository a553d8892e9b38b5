"""Full text: what an index promises, asked of SQLite and of PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import postgres
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from copassist.analysis import Phrase
from copassist.assistant import Assistant
from copassist.catalogue import Catalogue
from copassist.conversations import Conversations
from copassist.database import Database
from copassist.errors import SettingsError
from copassist.library import Library
from copassist.passages import Key, Passage
from copassist.schema import documents, passages, versions
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.pipeline import Ingestion

ENGINES = ("sqlite", "postgresql")
TEXTS = (
    "La grille d'observation est prête. La grille sera envoyée aux familles.",
    "Le budget du papier ligné est adopté : deux cents dollars.",
    "L'École assurera l'accessibilité; l'aujourd'hui n'est pas l'hier.",
    "Café, crème brûlée et pâte d'amandes au menu de la rencontre.",
    "It's agreed: O'Brien keeps the \\ backslash, C++ and node-js notes.",
)


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database of the engine that the test is asked of."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    return postgres.new_database(request.getfixturevalue("postgresql"), "contract")


on_both = pytest.mark.parametrize("address", ENGINES, indirect=True)


def stored(catalogue: Catalogue, texts: Sequence[str], document: str = "d") -> list[int]:
    """Passages of one ready version, indexed; their catalogue keys."""
    with catalogue.transaction() as connection:
        connection.execute(
            documents.insert().values(
                id=document, community="c", path=f"{document}.md", title="Compte rendu",
                kind="minutes", language="fr", level="members", notes=[], corrections={}, added="",
            )
        )  # fmt: skip
        connection.execute(
            versions.insert().values(
                id=f"v{document}", document_id=document, sha256="s", suffix=".md", bytes=1,
                status="ready", embedded=True, passages=len(texts),
            )
        )  # fmt: skip
        keys: list[int] = []
        made = [Passage(f"v{document}", n, text, header="Titre") for n, text in enumerate(texts)]
        for one in made:
            row = passages.insert().values(
                version_id=one.version, number=one.number, text=one.text, header=one.header,
                language=one.language, locator={},
            )  # fmt: skip
            key = connection.execute(row).inserted_primary_key
            assert key is not None
            keys.append(key[0])
        catalogue.lexical.add(connection, zip(keys, made, strict=True))
    return keys


def found(catalogue: Catalogue, *phrases: Phrase, limit: int = 10) -> list[tuple[Key, float]]:
    with catalogue.transaction() as connection:
        return catalogue.lexical.search(connection, phrases, limit, [versions.c.status == "ready"])


@on_both
def test_the_rarer_and_the_more_often_said_comes_first(address: str) -> None:
    catalogue = Catalogue(address)
    stored(catalogue, TEXTS)
    assert [key for key, _ in found(catalogue, ("grill",), ("budget",), ("famil",))] == [
        ("vd", 0),
        ("vd", 1),
    ]
    assert found(catalogue) == []
    assert found(catalogue, ("licorn",)) == []
    assert len(found(catalogue, ("titr",), limit=2)) == 2
    catalogue.close()


@on_both
def test_a_phrase_is_words_that_follow_one_another(address: str) -> None:
    catalogue = Catalogue(address)
    stored(catalogue, TEXTS)
    assert [key for key, _ in found(catalogue, ("papi", "lign"))] == [("vd", 1)]
    assert found(catalogue, ("lign", "papi")) == []
    assert found(catalogue, ("titr", "grill")) == []  # from the header into the text
    catalogue.close()


@on_both
def test_terms_are_listed_counted_and_go_with_their_last_passage(address: str) -> None:
    catalogue = Catalogue(address)
    keys = stored(catalogue, TEXTS)
    assert catalogue.frequencies(["grill", "titr", "licorn"]) == {"grill": 1, "titr": len(TEXTS)}
    assert "budget" in catalogue.terms_from("b")
    assert "cafe" not in catalogue.terms_from("b")
    with catalogue.transaction() as connection:
        catalogue.lexical.discard(connection, keys[:2])
        lacking, stray = catalogue.lexical.out_of_step(connection)
        assert (lacking, stray) == (["vd"], [])
    assert "budget" not in catalogue.terms_from("b")
    assert catalogue.frequencies(["grill", "titr"]) == {"titr": len(TEXTS) - 2}
    assert found(catalogue, ("grill",)) == []
    with catalogue.transaction() as connection:
        connection.execute(passages.delete().where(passages.c.key == keys[2]))
        assert catalogue.lexical.out_of_step(connection) == (["vd"], [keys[2]])
    catalogue.close()


words = st.sampled_from(["grille", "carte", "budget", "o'brien", "c++", "\\", "l'été", "12"])


@pytest.fixture(scope="session")
def both(
    postgresql: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Catalogue, Catalogue]]:
    folder = tmp_path_factory.mktemp("both")
    here = Catalogue(f"sqlite:///{folder / 'catalogue.sqlite'}")
    there = Catalogue(postgres.new_database(postgresql, "both"))
    yield here, there
    here.close()
    there.close()


def emptied(catalogue: Catalogue) -> None:
    with catalogue.transaction() as connection:
        catalogue.lexical.remove(connection, sa.select(passages.c.key))
        for table in (passages, versions, documents):
            connection.execute(table.delete())


@examples(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(st.lists(words, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8),
    asked=st.sets(st.sampled_from(["grill", "cart", "budget", "12"]), min_size=1),
)
def test_both_score_alike(
    both: tuple[Catalogue, Catalogue], texts: list[str], asked: set[str]
) -> None:
    scores = []
    for catalogue in both:
        emptied(catalogue)
        stored(catalogue, texts)
        scores.append(dict(found(catalogue, *((one,) for one in sorted(asked)))))
    assert scores[0].keys() == scores[1].keys()
    assert list(scores[0].values()) == pytest.approx([scores[1][key] for key in scores[0]])


@on_both
def test_a_whole_library_lives_on_it(
    address: str, tmp_path: Path, records: Callable[..., Path]
) -> None:
    settings = load_settings(library=tmp_path / "library", catalogue_url=address, llm="none")
    minutes = (
        "# Compte rendu du 12 mars 2026\n\n## Suivis\n\nFatou prête la tablette aux familles.\n"
    )
    folder = records({"2026-03-12.md": minutes, "guide.md": "# Guide\n\nLa grille se remplit.\n"})
    with Library(settings, FakeEmbeddings()) as library:
        Ingestion(library).run([folder])
        answer = Assistant(library).ask("Qui prête la tablette ?")
        assert "Fatou prête la tablette" in answer.text
        records({"guide.md": "# Guide\n\nLa grille se remplit au crayon.\n"})
        Ingestion(library).run([folder])
        assert "au crayon" in Assistant(library).ask("Comment se remplit la grille ?").text
        kept = Conversations(library.catalogue, "default")
        turn = kept.ask("anne", None, "Un")
        kept.answer(turn.id, {"answer": "…", "citations": [], "writing": True})
        kept.give_up_waiting("interrupted")
        assert (kept.turn("anne", turn.id) or turn).answer == {
            "answer": "…", "citations": [], "writing": False,
        }  # fmt: skip
        library.remove("2026-03-12.md")
        assert "tablette" not in Assistant(library).ask("Qui prête la tablette ?").text
        assert library.verify() == []
    with Library(settings, FakeEmbeddings()) as library:
        assert [one.title for one in library.documents()] == ["Guide"]


def test_another_database_is_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        Catalogue("oracle+oracledb://quelqu'un@serveur/base")
    assert "oracle" in refused.value.describe("fr")


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(SettingsError) as refused:
        Catalogue("postgresql+psycopg://anne:secret@127.0.0.1:1/base")
    said = refused.value.describe("fr")
    assert "aucune base de données ne répond" in said
    assert "secret" not in said


def test_a_server_that_goes_down_is_no_damage(postgresql: str) -> None:
    address = postgres.new_database(postgresql, "down")
    end = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")
    with closing(Catalogue(address)) as catalogue:
        with pytest.raises(SettingsError), catalogue.transaction() as connection:
            connection.execute(end)
        assert catalogue.documents() == []


def test_many_that_open_a_new_database_at_once(postgresql: str) -> None:
    """PostgreSQL fails all but one of transactions that make the same table side by side."""
    address = postgres.new_database(postgresql, "begun")
    together = threading.Barrier(6)

    def opened() -> str | None:
        together.wait()
        with closing(Database(address)) as database:
            return database.get("nothing")

    with ThreadPoolExecutor(6) as pool:
        assert [one.result() for one in [pool.submit(opened) for _ in range(6)]] == [None] * 6
