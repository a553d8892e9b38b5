"""The exception tree: one line for the person, in their language, also across processes."""

from __future__ import annotations

import pickle
import re

import pytest
from test_words import error_classes, placeholders

from copassist import errors
from copassist.errors import (
    CopassistError,
    TooLargeError,
    TooSlowError,
    UnreadableError,
    UsageError,
)
from copassist.words import LANGUAGES, words

KINDS = tuple(error_classes(CopassistError))


def example(kind: type[CopassistError]) -> CopassistError:
    """An instance with a value for everything its words want."""
    told = " ".join(words("fr").below(f"errors.{kind.key}").values())
    return kind(**{name: f"<{name}>" for name in placeholders(told)})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_one_line_ending_in_what_to_do(
    kind: type[CopassistError], language: str
) -> None:
    told = example(kind).describe(language)
    assert "\n" not in told
    assert told.endswith(tuple(".!?")), told
    assert told.endswith(example(kind).hint(language))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_travels_between_processes(kind: type[CopassistError]) -> None:
    error = example(kind)
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert back.values == error.values
    assert str(back) == str(error)


def test_exit_codes_are_those_of_the_contract() -> None:
    assert {kind.exit_code for kind in KINDS if not issubclass(kind, UsageError)} == {1}
    assert UsageError.exit_code == 2


def test_the_default_language_is_french() -> None:
    error = TooSlowError(path="a.pdf", seconds=120)
    assert str(error) == error.describe("fr")
    assert "120" in error.reason("en")


@pytest.mark.parametrize(
    ("language", "limit", "most", "told"),
    [
        ("fr", "megabytes", 200, "la limite : 200 Mo."),
        ("en", "megabytes", 200, "the limit: 200 MB."),
        ("fr", "pixels", 60, "la limite : 60 millions de pixels."),
        ("en", "files", 2000, "the limit: 2000 files in an archive."),
        ("en", "documents", 3, "the limit: 3 documents inside one another."),
        ("fr", "memory", None, "la lecture (COPASSIST_PARSE_MEGABYTES)."),
    ],
)
def test_a_limit_is_told_in_the_readers_words(
    language: str, limit: str, most: int | None, told: str
) -> None:
    reason = TooLargeError(path="a.zip", limit=limit, most=most).reason(language)
    assert reason.endswith(told)


def test_the_drawing_shows_the_whole_tree() -> None:
    drawn = re.findall(r"^ +[│ ]*(?:[├└]── )?(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    assert drawn == [kind.__name__ for kind in KINDS]


def test_what_is_wrong_with_one_file_is_told_from_the_rest() -> None:
    assert issubclass(TooSlowError, UnreadableError)
    assert not issubclass(UsageError, UnreadableError)
