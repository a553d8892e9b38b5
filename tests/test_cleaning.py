"""Bytes to text, and text that can be kept."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import clean, decode, is_text

FRENCH = (
    "Compte rendu de la rencontre : l’équipe a décidé d’envoyer les vidéos à Noël, «\u00a0dès que "
    "possible\u00a0». Où ça ? Au collège, près de l’hôtel. "
)
ANY_TEXT = st.text(alphabet=st.characters() | st.sampled_from("aé \u00ad\u200c\u200d\u0301\u212a"))


@given(ANY_TEXT)
def test_clean_is_idempotent_and_can_be_encoded(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\ud83d", "a"),
        ("\ud83d\ude00", "😀"),
        ("e\u0301te\u0301", "été"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00b\x07", "ab"),
        ("con\u00adver\u200bsion", "conversion"),
        ("«\u00a0mot\u202f»", "«\u00a0mot\u202f»"),
        ("👩\u200d🏫", "👩\u200d🏫"),
        ("\u202eabc", "abc"),
    ],
)
def test_what_clean_keeps(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252",
        "mac_roman", "cp850",
    ],
)  # fmt: skip
def test_french_is_decoded(encoding: str) -> None:
    text = FRENCH.replace("’", "'") if encoding == "cp850" else FRENCH
    assert decode(text.encode(encoding)).lstrip("\ufeff") == text


@given(ANY_TEXT.filter(lambda text: "\x00" not in text and not text.startswith("\ufeff")))
def test_utf8_round_trips(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    assert decode(data) == data.decode("utf-8")


@given(st.binary(max_size=300))
def test_decode_never_fails(data: bytes) -> None:
    clean(decode(data)).encode("utf-8")


def test_a_character_cut_at_the_end_is_dropped() -> None:
    assert decode("été".encode()[:-1]) == "ét"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("charset/sample-french.txt", "MOLIÈRE"),
        ("charset/sample-french-1.txt", "MOLIÈRE"),
        ("charset/sample-spanish.txt", "La creación"),
        ("charset/sample-polish.txt", "URZĄDZENIE"),
        ("charset/sample-greek.txt", "ελληνική"),
        ("unstructured/fake-html-cp1252.html", "très chaud"),
        ("unstructured/umlauts-non-utf8.md", "können"),
        ("unstructured/fake-text-utf-16-le.txt", "Doylestown"),
        ("unstructured/fake-text-utf-16-be.txt", "Doylestown"),
        ("unstructured/fake-text-utf-32.txt", "Doylestown"),
    ],
)
def test_odd_encodings_of_files_found(shared: Path, name: str, words: str) -> None:
    assert words in decode((shared / "bad_inputs" / name).read_bytes())


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "La réunion a été reportée : « l'œuvre » n'était pas prête à être présentée."),
        ("latin-1", "L'élève préfère écrire très lentement, où qu'il soit, à la rentrée."),
        ("mac_roman", "L'élève préfère écrire très lentement, où qu'il soit, à la rentrée."),
        ("cp1250", "Zażółć gęślą jaźń, mówił uczeń, który pisał wolniej niż inni."),
        ("iso8859-7", "Η συνάντηση αναβλήθηκε επειδή οι μαθητές δεν ήταν έτοιμοι."),
        ("utf-8-sig", "La réunion a été reportée."),
        ("utf-16", "La réunion a été reportée."),
        ("utf-16-le", "La réunion a été reportée."),
        ("utf-16-be", "La réunion a été reportée."),
        ("utf-32", "La réunion a été reportée."),
    ],
)
def test_odd_encodings(encoding: str, words: str) -> None:
    text = f"{words}\n" * 5
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", False),
        (bytes(range(256)), False),
        (FRENCH.encode("cp1252"), True),
        (FRENCH.encode("utf-16"), True),
        (FRENCH.encode("utf-16-le"), True),
    ],
)
def test_text_is_told_from_binary(data: bytes, text: bool) -> None:
    assert is_text(data) is text
