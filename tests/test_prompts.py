"""Prompts are data, checked when loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.errors import PromptError
from copassist.prompts import load_prompts, parse, prompt, prompts
from copassist.words import LANGUAGES

GOOD = """---
name: greet
version: 2
variables: [who, what]
---
<!-- system -->
Say {{what}}.
<!-- human -->
To {{who}}: {{what}}!
<!-- ai -->
Done.
"""


def test_a_prompt_is_filled() -> None:
    read = parse(GOOD, "greet.en.md", "en")
    assert read.id == "greet@2"
    assert read.messages(who="Ana", what="hello") == (
        ("system", "Say hello."),
        ("human", "To Ana: hello!"),
        ("ai", "Done."),
    )


@given(st.text(), st.text())
def test_values_are_put_in_once(who: str, what: str) -> None:
    (_, _), (_, human), _ = parse(GOOD, "greet.en.md", "en").messages(who=who, what=what)
    assert human == f"To {who}: {what}!"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (("name: greet\n", "name: greet\nmodel: gpt\n"), "model"),
        (("version: 2\n", ""), "version"),
        (("version: 2", "version: two"), "version"),
        (("[who, what]", "[who, [what]]"), "variables"),
        (("[who, what]", "[who]"), "what"),
        (("[who, what]", "[who, what, when]"), "when"),
        (("---\nname", "name"), "---"),
        (("<!-- system -->\n", "Hello\n<!-- system -->\n"), "<!-- system -->"),
    ],
)
def test_what_is_wrong_is_named(change: tuple[str, str], names: str) -> None:
    with pytest.raises(PromptError) as caught:
        parse(GOOD.replace(*change), "greet.en.md", "en")
    assert names in str(caught.value.values["problem"])


def test_a_file_is_utf8_with_or_without_its_mark(tmp_path: Path) -> None:
    file = tmp_path / "greet.en.md"
    file.write_text(GOOD, encoding="utf-8-sig")
    assert load_prompts(tmp_path)["greet", "en"] == parse(GOOD, "greet.en.md", "en")
    file.write_text(GOOD.replace("hello", "été").replace("Done", "Terminé"), encoding="latin-1")
    with pytest.raises(PromptError, match="UTF-8"):
        load_prompts(tmp_path)


def test_values_must_be_those_declared() -> None:
    read = parse(GOOD, "greet.en.md", "en")
    with pytest.raises(PromptError, match="what"):
        read.messages(who="Ana")
    with pytest.raises(PromptError, match="when"):
        read.messages(who="Ana", what="hello", when="now")


def test_a_translation_must_agree(tmp_path: Path) -> None:
    (tmp_path / "greet.fr.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "greet.en.md").write_text(
        GOOD.replace("version: 2", "version: 1"), encoding="utf-8"
    )
    with pytest.raises(PromptError, match="greet"):
        load_prompts(tmp_path)


def test_a_file_is_named_after_its_prompt(tmp_path: Path) -> None:
    (tmp_path / "other.fr.md").write_text(GOOD, encoding="utf-8")
    with pytest.raises(PromptError):
        load_prompts(tmp_path)


def test_our_own_prompts_load_in_every_language() -> None:
    names = {name for name, _ in prompts()}
    assert names
    assert {(name, language) for name in names for language in LANGUAGES} == set(prompts())
    with pytest.raises(PromptError):
        prompt("absent")
