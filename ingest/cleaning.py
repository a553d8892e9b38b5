"""Text is cleaned once, here, at the boundary: bytes to text, and text to text that can be kept.

Pure functions. What a reader would see is left alone: French no-break spaces, curly quotes and
dashes stay, so that a citation is the document's own words.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_CANDIDATES: Final = (
    "cp1252",
    "mac_roman",
    "cp850",
    "cp1250",
    "iso8859_2",
    "cp1251",
    "koi8_r",
    "cp1253",
    "iso8859_7",
    "cp1255",
    "cp1256",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
)
"""What charset-normalizer may answer: encodings of office files of the last thirty years. Given
all of its hundred it answers rare EBCDIC pages for short French texts."""
_WESTERN: Final = ("cp1252", "mac_roman", "cp850")
"""Western pages told apart; latin-1 is cp1252 without the quotes, and so needs no place here."""
_COMMON: Final = frozenset("éèêëàâäçîïôöùûüœæÉÈÊÀÂÇÎÔ’‘“”«»–—…•°€\u00a0ñáíóúßÄÖÜåøãõòìÅØ¿¡§")
"""Characters above 0x7F that French, English and their neighbours really use."""
_LIKENESS: Final = 0.8
_ACCENTS: Final = 0.25
"""Accented letters of Western texts are under a tenth; Greek and Cyrillic are nearly all high."""
_GUESS_BYTES: Final = 64 * 1024
"""Enough for a guess: charset-normalizer's time grows with what it is shown."""
_SHORT: Final = 64
"""Below this many bytes a statistical guess is a coin toss: cp1252, the commonest, is taken."""
_WIDE_NULS: Final = 0.2
"""Share of NUL bytes from which a text without a mark is UTF-16 or 32 (Latin letters: .5, .75)."""

_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters; tab and newline stay
    "\u00ad"  # soft hyphen
    "\u200b\u2060\ufeff"  # zero-width space, word joiner, stray byte order mark
    "\u202a-\u202e\u2066-\u2069"  # direction overrides: they show one text and hold another
    "\ufff9-\ufffb\ufffe\uffff]"  # interlinear marks, non-characters
)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
# Joiners mean something between letters of some scripts and in emoji; elsewhere they are litter.
_STRAY_JOINER: Final = re.compile(
    "(?<=[\\s\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\\s\x00-\x7f]|$)"
)


def clean(text: str) -> str:
    """``text`` in NFC, newlines as ``\\n``, without what no reader sees.

    Out go lone surrogates (pypdf yields them and tokenizers raise on them; pairs are joined),
    control characters, zero-width litter and soft hyphens inside words. Idempotent.
    """
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _NEWLINES.sub("\n", text)
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    if _STRAY_JOINER.search(
        text
    ):  # after NFC, which makes ASCII of some signs; then new pairs meet
        text = unicodedata.normalize("NFC", _STRAY_JOINER.sub("", text))
    return text


def decode(data: bytes) -> str:
    """The text of ``data``: by its mark, as UTF-8, as unmarked UTF-16/32, else by a guess.

    Never fails: bytes that no encoding explains become U+FFFD. Not cleaned.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data.count(0) >= _WIDE_NULS * len(data) > 0:
        wide = _decode_wide(data)
        if wide is not None:
            return wide
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.start >= len(data) - 3 and error.reason == "unexpected end of data"
        if cut and not data[: error.start].isascii():  # else "André" in another encoding
            return data.decode("utf-8", "ignore")  # cut in the middle of the last character
    return data.decode(_guess(data), "replace")


def is_text(data: bytes) -> bool:
    """Whether ``data`` (the start of a file) reads as text rather than as some binary format."""
    if any(data.startswith(mark) for mark, _ in _BOMS):
        return True
    if data.count(0) >= _WIDE_NULS * len(data) > 0 and _decode_wide(data) is not None:
        return True
    controls = sum(byte < 9 or 13 < byte < 32 for byte in data)
    return controls <= len(data) // 200


def _decode_wide(data: bytes) -> str | None:
    """``data`` as the UTF-16 or 32 that gives the most plausible text, if any does."""
    best: tuple[float, str] | None = None
    for encoding in _WIDE:
        whole = data[: len(data) - len(data) % (4 if "32" in encoding else 2)]
        try:
            text = whole.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text:
            continue
        sample = text[:2000]
        seen = sum(c.isprintable() or c in "\t\r\n" for c in sample)
        latin = sum(c < "\u0250" for c in sample)
        score = (seen + latin) / len(sample)
        if best is None or score > best[0]:
            best = (score, text)
    return best[1] if best and best[0] > 1.5 else None


def _guess(data: bytes) -> str:
    """The encoding of ``data``, which is no UTF: Western unless its letters say otherwise.

    charset-normalizer alone takes short French texts for Polish (cp1250), so a text that makes
    sense in a Western page is taken as such; those differ by what they make of bytes above 0x7F.
    """
    from charset_normalizer import from_bytes

    sample = data[:_GUESS_BYTES]
    western = max(_WESTERN, key=lambda name: _likeness(sample, name))
    high = sum(byte > 0x7F for byte in sample)
    if len(data) < _SHORT or (
        high < _ACCENTS * len(sample) and _likeness(sample, western) >= _LIKENESS
    ):
        return western
    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    return western if best is None or best.encoding in _WESTERN else best.encoding


def _likeness(sample: bytes, encoding: str) -> float:
    """Share of the bytes above 0x7F that ``encoding`` makes into common Western characters."""
    high = bytes(byte for byte in sample if byte > 0x7F).decode(encoding, "replace")
    return sum(c in _COMMON for c in high) / max(len(high), 1)
