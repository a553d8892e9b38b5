"""Settings: read from the environment, refused in one line, documented in the README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from copassist.catalogue import Catalogue
from copassist.errors import SettingsError
from copassist.settings import Settings, http_host, load_settings

PROJECT: Final = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COPASSIST_{name.upper()}", raising=False)


def test_nothing_set_is_a_working_default() -> None:
    settings = load_settings()
    assert settings.community == "default"
    assert settings.host == "127.0.0.1"
    assert settings.embedding == "auto"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COPASSIST_LIBRARY", str(tmp_path))
    monkeypatch.setenv("COPASSIST_PORT", "7999")
    settings = load_settings()
    assert settings.library == tmp_path
    assert settings.port == 7999


def test_a_variable_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    without = load_settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"COPASSIST_{name.upper()}", "")
    assert load_settings() == without


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPASSIST_COMMUNITY", "autre")
    assert load_settings(community="graphomotricite").community == "graphomotricite"
    assert load_settings(community=None).community == "autre"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"),
        ("PORT", "sept"),
        ("LANGUAGE", "de"),
        ("PARSE_SECONDS", "0"),
        ("FILE_MEGABYTES", "-1"),
        ("COMMUNITY", "Équipe"),
        ("COMMUNITY", "a" * 64),
        ("COMMUNITY", "-a"),
        ("COMMUNITY", "a b"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"COPASSIST_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name.lower() in str(caught.value).lower()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "99999", "0 à 65535"),
        ("PORT", "sept", "nombre entier"),
        ("PARSE_MEGABYTES", "1.5", "nombre entier"),
        ("PARSE_SECONDS", "0", "plus grand que zéro"),
        ("LOCK_SECONDS", "vite", "il faut un nombre."),
        ("LANGUAGE", "de", "fr, en."),
        ("UNSUPPORTED", "non", "drop, strike."),
        ("COMMUNITY", "Équipe", "a-z, 0-9, _ et -"),
        ("EMBEDDING", "/nulle/part", "n'existe pas"),
    ],
)
def test_what_is_wrong_is_told_in_the_persons_language(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"COPASSIST_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    said = caught.value.describe("fr")
    assert said.startswith(f"Le réglage COPASSIST_{name} ")
    assert told in said
    assert said.endswith("puis recommencez.")
    assert not re.search(r"(?i)\b(should|input|error)\b", said)
    assert caught.value.reason("en") != caught.value.reason("fr")


@pytest.mark.parametrize("url", ["http://[", "http://", "127.0.0.1:8080", "ftp://a", ""])
def test_what_is_no_address_of_a_server_has_no_host(url: str) -> None:
    assert http_host(url) is None
    assert http_host("http://[::1]:8080/v1") == "::1"


@pytest.mark.parametrize(
    "url",
    [
        *("n'importe quoi", "inconnue://x", "oracle+oracledb://moi:secret@x"),
        "postgresql+psycopg://moi:secret@x:port/base",
    ],
)
def test_a_catalogue_that_cannot_be_is_one_line(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Catalogue(url)
    said = str(caught.value)
    assert said.startswith("Le réglage COPASSIST_CATALOGUE_URL ")
    assert "secret" not in said


@pytest.mark.parametrize("name", ["a", "a1", "graphomotricite", "cop_2-fr", "a" * 63])
def test_names_a_community_may_have(name: str) -> None:
    assert load_settings(community=name).community == name


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1  # type: ignore[misc]


def table(readme: str) -> dict[str, str]:
    """Settings of a README's table: variable to default as written there."""
    rows = re.findall(r"^\| `(COPASSIST_\w+)` \| (.+?) \|", readme, re.MULTILINE)
    return dict(rows)


def default_of(name: str) -> str | None:
    """A default as the README writes it; ``None`` where it is a folder or nothing."""
    default = Settings.model_fields[name].default
    if Settings.model_fields[name].default_factory is not None or default in (None, ""):
        return None
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_the_readme_lists_every_setting_with_its_default(readme: str) -> None:
    listed = table((PROJECT / readme).read_text(encoding="utf-8"))
    assert list(listed) == [f"COPASSIST_{name.upper()}" for name in Settings.model_fields]
    for name in Settings.model_fields:
        default = default_of(name)
        if default is not None:
            assert listed[f"COPASSIST_{name.upper()}"] == default, name
