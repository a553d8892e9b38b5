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
    "latin_1",
    "iso8859_15",
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
_WESTERN: Final = frozenset({"cp1252", "latin_1", "iso8859_15", "mac_roman", "cp850"})
_GUESS_BYTES: Final = 64 * 1024
"""Enough for a guess: charset-normalizer's time grows with what it is shown."""
_SHORT: Final = 64
"""Below this many bytes a statistical guess is a coin toss: cp1252, the commonest, is taken."""
_WIDE_NULS: Final = 0.2
"""Share of NUL bytes from which a text without a mark is UTF-16 or 32 (Latin letters: .5, .75)."""

_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters; tab and newline stay
    "\u200b\u2060\ufeff"  # zero-width space, word joiner, stray byte order mark
    "\u202a-\u202e\u2066-\u2069"  # direction overrides: they show one text and hold another
    "\ufff9-\ufffb\ufffe\uffff]"  # interlinear marks, non-characters
)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
# Joiners mean something between letters of some scripts and in emoji; elsewhere they are litter.
_STRAY_JOINER: Final = re.compile(
    "(?<=[\\s\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\\s\x00-\x7f]|$)"
)


def clean(text: str) -> str:
    """``text`` in NFC, newlines as ``\\n``, without what no reader sees.

    Out go lone surrogates (pypdf yields them and tokenizers raise on them; pairs are joined),
    control characters, zero-width litter and soft hyphens inside words. Idempotent.
    """
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _NEWLINES.sub("\n", text)
    text = _UNWANTED.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    text = text.replace("\u00ad", "")
    return unicodedata.normalize("NFC", text)


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
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
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
    from charset_normalizer import from_bytes

    if len(data) < _SHORT:
        return "cp1252"
    sample = data[:_GUESS_BYTES]
    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if best is None:
        return "cp1252"
    # The Western pages differ in a handful of characters; what tells them apart is what they
    # make of the bytes above 0x7f: letters in a French text, and rarely signs.
    if best.encoding in _WESTERN:
        return max(("cp1252", "mac_roman", "cp850"), key=lambda name: _french(sample, name))
    return best.encoding


_COMMON: Final = frozenset("éèêëàâäçîïôöùûüœæÉÈÊÀÂÇÎÔ’‘“”«»–—…•°€\u00a0ñáíóúßÄÖÜ")


def _french(sample: bytes, encoding: str) -> float:
    """Balance of common against uncommon characters that ``encoding`` makes of the high bytes."""
    high = bytes(byte for byte in sample if byte > 0x7F).decode(encoding, "replace")
    return sum(1.0 if c in _COMMON else -1.0 for c in high)
