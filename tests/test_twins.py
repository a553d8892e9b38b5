"""Of two passages that say the same in two languages, the reader's own comes first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.library import Library
from copassist.models import bundled
from copassist.passages import Key
from copassist.rows import PassageFacts
from copassist.tokencodec import Floats
from copassist.twins import LIKENESS, LOOKED_AT, own_first
from ingest.pipeline import Ingestion

DAY, OTHER_DAY = "2018-10-17", "2018-11-21"
ENGLISH, FRENCH, THIRD = ("en", 0), ("fr", 0), ("fr", 1)


def leaning(cosine: float) -> Floats:
    """A unit vector with that cosine to (1, 0)."""
    return np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)


def ordered(
    facts: dict[Key, PassageFacts], vectors: dict[Key, Floats], own: str = "fr"
) -> list[Key]:
    order = [(key, float(-place)) for place, key in enumerate(facts)]
    after, _ = own_first(order, facts, own, vectors, LIKENESS[bundled.NAME])
    assert [score for _, score in after] == [score for _, score in order]
    return [key for key, _ in after]


@pytest.mark.parametrize(
    ("cosine", "day", "first"),
    [
        (0.70, DAY, FRENCH),
        (0.60, DAY, ENGLISH),  # the same session, something else
        (0.70, OTHER_DAY, ENGLISH),  # the same subject, another session
        (0.70, None, ENGLISH),
        (0.85, None, FRENCH),  # two guides, one the translation of the other
    ],
)
def test_twins_change_places(cosine: float, day: str | None, first: Key) -> None:
    facts = {
        ENGLISH: PassageFacts(DAY if day else None, "en"),
        THIRD: PassageFacts(OTHER_DAY, "fr"),
        FRENCH: PassageFacts(day, "fr"),
    }
    vectors = {ENGLISH: leaning(1), FRENCH: leaning(cosine), THIRD: leaning(0)}
    after = ordered(facts, vectors)
    assert after[0] == first
    assert after[1] == THIRD
    assert ordered(facts, vectors, own="en")[0] == ENGLISH


def test_the_closest_of_several_is_the_twin() -> None:
    facts = {key: PassageFacts(DAY, key[0]) for key in (ENGLISH, THIRD, FRENCH)}
    vectors = {ENGLISH: leaning(1), THIRD: leaning(0.7), FRENCH: leaning(0.9)}
    assert ordered(facts, vectors) == [FRENCH, THIRD, ENGLISH]


def test_a_passage_is_the_twin_of_one_only() -> None:
    second = ("en", 1)
    facts = {key: PassageFacts(DAY, key[0]) for key in (ENGLISH, second, FRENCH)}
    vectors = dict.fromkeys(facts, leaning(1))
    assert ordered(facts, vectors) == [FRENCH, second, ENGLISH]


def test_without_vectors_nothing_moves() -> None:
    facts = {key: PassageFacts(DAY, key[0]) for key in (ENGLISH, FRENCH)}
    assert ordered(facts, {}) == ordered(facts, {ENGLISH: leaning(1)}) == [ENGLISH, FRENCH]


@given(
    st.lists(
        st.tuples(st.sampled_from(["fr", "en"]), st.sampled_from([DAY, None]), st.floats(0, 1)),
        max_size=2 * LOOKED_AT,
    )
)
def test_nobody_is_lost_and_own_ones_never_fall(
    passages: list[tuple[str, str | None, float]],
) -> None:
    keys = [("v", number) for number in range(len(passages))]
    facts = {k: PassageFacts(day, one) for k, (one, day, _) in zip(keys, passages, strict=True)}
    vectors = {key: leaning(cosine) for key, (_, _, cosine) in zip(keys, passages, strict=True)}
    after = ordered(facts, vectors)
    assert sorted(after) == keys
    for key in keys:
        if facts[key].language == "fr":
            assert after.index(key) <= keys.index(key)


def test_minutes_kept_in_two_languages(
    library: Library, records: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the fake model, texts that share their words are near, whatever their language."""
    monkeypatch.setitem(LIKENESS, library.embeddings.name, LIKENESS[bundled.NAME])
    shared = "Signal, Jitsi, Nextcloud, Framapad, Zulip"
    names = {"fr": "Compte rendu", "en": "Meeting notes"}
    said = {
        "fr": f"Les outils que nous avons retenus pour nos réunions sont : {shared}.",
        "en": f"The tools that we have chosen for our meetings are: {shared}. {shared}.",
    }
    for one, title in names.items():
        text = f"# {title} - {DAY}\n\n{said[one]}\n"
        Ingestion(library).run([records({f"{one}/{DAY}.md": text})])
    best = library.search("Quels outils pour nos réunions : Jitsi, Nextcloud, Zulip ?", 2)
    assert [hit.passage.language for hit in best] == ["fr", "en"]
