"""The words shown to people: the same in both languages, and there for every key in use."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from copassist import errors
from copassist.words import DEFAULT_LANGUAGE, LANGUAGES, Words, flatten, unbroken, words

PROJECT: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = (
    PROJECT / "app.py",
    *sorted((PROJECT / "copassist").rglob("*.py")),
    *sorted((PROJECT / "ingest").rglob("*.py")),
    PROJECT / "scripts" / "run.py",
)
SPEAKERS: Final = frozenset({"say", "words", "_say", "speak", "_words"})
"""Names under which the code holds a :class:`Words`; a literal given to one is a key."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def error_classes(kind: type[errors.CopassistError]) -> Iterator[type[errors.CopassistError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from error_classes(below)


def literal_keys(path: Path) -> Iterator[tuple[str, int]]:
    """Keys written out in calls such as ``say("a.b")`` and ``words(language)("a.b")``; an
    f-string such as ``say(f"a.{x}.help")`` gives ``a.*.help``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args and _speaks(node.func)):
            continue
        key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, node.lineno
        elif isinstance(key, ast.JoinedStr):
            parts = (
                str(part.value) if isinstance(part, ast.Constant) else "*" for part in key.values
            )
            yield "".join(parts), node.lineno


def _speaks(called: ast.expr) -> bool:
    if isinstance(called, ast.Call):
        name = called.func
        return isinstance(name, ast.Name) and name.id in ("words", "cli_words")
    if isinstance(called, ast.Attribute):
        return called.attr in SPEAKERS - {"words"}
    return isinstance(called, ast.Name) and called.id in SPEAKERS - {"words"}


def test_both_languages_have_the_same_keys() -> None:
    assert set(words("fr").texts) ^ set(words("en").texts) == set()


def test_both_languages_have_the_same_placeholders() -> None:
    french, english = words("fr").texts, words("en").texts
    differing = [
        key for key in french if placeholders(french[key]) != placeholders(english.get(key, ""))
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in words(language).texts.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_what_and_what_to_do(language: str) -> None:
    say = words(language)
    for kind in error_classes(errors.CopassistError):
        for part in ("reason", "hint"):
            assert say.texts.get(f"errors.{kind.key}.{part}"), f"{kind.__name__}: {part}"


def test_errors_say_which_values_they_want() -> None:
    """A placeholder of the words is one that the class's docstring promises."""
    for kind in error_classes(errors.CopassistError):
        told = " ".join(words(DEFAULT_LANGUAGE).below(f"errors.{kind.key}").values())
        promised = set(re.findall(r"``(\w+)``", kind.__doc__ or ""))
        assert placeholders(told) <= promised, kind.__name__


def test_every_error_section_belongs_to_a_class() -> None:
    keys = {kind.key for kind in error_classes(errors.CopassistError)}
    sections = {key.split(".")[0] for key in words("fr").below("errors")}
    assert sections == keys


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_key_in_the_code_exists(path: Path) -> None:
    known = words("fr").texts
    missing = [
        f"{key}, line {line}"
        for key, line in literal_keys(path)
        if not any(re.fullmatch(re.escape(key).replace(r"\*", ".+"), one) for one in known)
    ]
    assert missing == []


def test_keys_are_found_in_the_code() -> None:
    """The test above would pass if it found nothing."""
    found = {key for path in SOURCES for key, _ in literal_keys(path)}
    assert {"locator.page", "answer.nothing", "run.samples"} <= found


def test_french_is_that_of_quebec() -> None:
    for key, text in words("fr").texts.items():
        assert not re.search(r"\w·\w", text), f"{key}: point médian"
        assert not re.search(r"(?i)\b(varia|second(?:er|ée?|e))\b par|\bvaria\b", text), key
        assert not re.search(r"(?i)\b(e-mail|mail|chat|cloud|anonymis\w+)\b", text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_value_is_a_sentence(language: str) -> None:
    """It stands after « Attention. » on the page, and alone at the command line."""
    texts = words(language).texts
    told = ("agenda.problems.", "corrections.", "dates.")
    said = [text for key, text in texts.items() if key.startswith(told)]
    said += [texts["ui.ask.empty_question"], texts["ui.documents.title_needed"]]
    assert [text for text in said if text[0].islower()] == []


def test_an_unknown_language_gets_the_default_one() -> None:
    assert words("de") is words("dx") is words(DEFAULT_LANGUAGE)
    assert words("en-CA") is words("en")


def test_a_missing_value_is_a_defect() -> None:
    with pytest.raises(KeyError):
        words("fr")("locator.page")
    with pytest.raises(KeyError):
        words("fr")("no.such.key")


def test_below_gives_what_stands_under_a_prefix() -> None:
    say = Words("fr", {"a.b.c": "1", "a.bc": "2", "a.b.d.e": "3"})
    assert say.below("a.b") == {"c": "1", "d.e": "3"}


def test_flatten() -> None:
    assert flatten({"a": {"b": "x", "c": {"d": 1}}, "e": "y"}) == {
        "a.b": "x",
        "a.c.d": "1",
        "e": "y",
    }


def test_no_line_of_the_page_ends_before_a_colon_or_inside_guillemets() -> None:
    assert unbroken("« Oui » : 30 % ?") == "«\u00a0Oui\u00a0»\u00a0: 30\u00a0%\u00a0?"
    assert words("fr")("ui.documents.sort", name="Date") == "Trier par\u00a0: Date"
    assert not [text for text in words("fr").texts.values() if re.search(r" [?!;]", text)]
