"""Transcripts with times: WebVTT, SubRip, and the Word files Teams makes of a meeting.

No library: cues are three lines of text, and the ones there are drop the speaker or the cue
settings of Teams and Zoom.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.passages import Locator
from ingest.cleaning import clean, decode
from ingest.parsers.base import SectionParser, section

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

SECTION_CHARACTERS: Final = 1_200
"""Turns are gathered up to about this much (one to two minutes of speech), so that a place in a
recording is found within a minute and a passage still holds an exchange."""
_CUE: Final = re.compile(
    r"^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}.*$"
)
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z0-9:.][^<>]*>")
_NAMED: Final = re.compile(r"^([^\W\d_][\w.'’ -]{1,40}?)\s?:\s+(?=\S)")
_SKIPPED: Final = re.compile(r"^(?:NOTE|STYLE|REGION|WEBVTT)\b")
_TEAMS_HEADER: Final = re.compile(r"^\s*(\S.{0,60}?)\s{2,}((?:\d{1,2}:)?\d{1,2}:\d{2})\s*$")
_TIMED_LINE: Final = re.compile(
    r"^\s*(?:\[((?:\d{1,2}:)?\d{1,2}:\d{2})\]|(\d{1,2}:\d{2}:\d{2}))\s+"
    r"([^\W\d_][\w.'’ -]{1,40}?)\s?:\s+(\S.*)$"
)
"""« [00:12:04] Ann Roy: let's begin », as Zoom and others write it; « 9:00 Accueil : café » is the
line of a programme."""
_TEAMS_RANGE: Final = re.compile(r"^\s*(\d+:\d+:\d+(?:\.\d+)?)\s*-->\s*\d+:\d+:\d+(?:\.\d+)?\s*$")
_TEAMS_TURNS: Final = 3
"""Fewer headers than this are a chance likeness, not a transcript."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said from ``time`` (hh:mm:ss) on."""

    time: str
    speaker: str | None
    text: str


class VttParser(SectionParser):
    """WebVTT: voices (``<v Name>``), cue settings, notes and styles."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        yield from transcript_sections(cues(clean(decode(blob.as_bytes()))))


class SrtParser(VttParser):
    """SubRip: the same cues, numbered, with a comma before the milliseconds."""


def cues(text: str) -> list[Turn]:
    """The cues of a WebVTT or SubRip text; cues of one speaker in a row are not joined here."""
    turns: list[Turn] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line for line in block.split("\n") if line.strip()]
        at = next((n for n, line in enumerate(lines) if _CUE.match(line)), None)
        if at is None:
            if lines and not turns and not _SKIPPED.match(lines[0]) and not lines[0].isdigit():
                turns.append(Turn("00:00:00", None, "\n".join(lines)))
            continue
        match = _CUE.match(lines[at])
        said = "\n".join(lines[at + 1 :])
        if match and said:
            turns.append(_turn(match[1], said))
    return turns


def _turn(time: str, said: str) -> Turn:
    voice = _VOICE.search(said)
    speaker = voice[1].strip() if voice else None
    words = html.unescape(_TAG.sub("", said)).strip()
    if speaker is None and (named := _NAMED.match(words)):
        speaker, words = named[1], words[named.end() :]
    return Turn(clock(time), speaker, words)


def clock(time: str) -> str:
    """``1:02``, ``00:01:02.5`` or ``0:1:2,500`` as ``00:01:02``."""
    parts = [int(float(part.replace(",", "."))) for part in time.split(":")]
    hours, minutes, seconds = [0] * (3 - len(parts)) + parts
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def turns_of(paragraphs: Sequence[str]) -> list[Turn]:
    """The turns of a transcript, or nothing where ``paragraphs`` are not one.

    Three layouts: "Name   0:12" above the words, "0:0:1.2 --> 0:0:3.4", name, words (both Teams),
    and "[0:00:12] Name: words".
    """
    lines = [line.strip() for text in paragraphs for line in text.split("\n") if line.strip()]
    if timed := _timed(lines):
        return timed
    ranged = any(_TEAMS_RANGE.match(line) for line in lines)
    return _teams(lines, ranged=ranged) if ranged or _is_spoken(lines) else []


def _is_spoken(lines: Sequence[str]) -> bool:
    """Whether the lines "Name   0:12" are those of a transcript. An agenda has "Accueil   9:00" and
    "Budget   9:15", but nobody speaks again."""
    headers = [_TEAMS_HEADER.match(line) for line in lines]
    speakers = [header[1] for header in headers if header]
    if len(speakers) < max(_TEAMS_TURNS, len(lines) // 20):
        return False
    followed = sum(bool(header) and not after for header, after in pairwise(headers))
    return 2 * followed > len(speakers) > len(set(speakers))


def _teams(lines: Sequence[str], *, ranged: bool) -> list[Turn]:
    """Turns under "Name   0:12" or, where ``ranged``, under a time span and a name below it."""
    found: list[Turn] = []
    time, speaker, said = "00:00:00", None, list[str]()
    for line in lines:
        header, span = _TEAMS_HEADER.match(line), _TEAMS_RANGE.match(line)
        if header or span:
            if said:
                found.append(Turn(time, speaker, "\n".join(said)))
            said = []
            time = clock(header[2] if header else span[1] if span else "")
            speaker = header[1] if header else None
        elif ranged and speaker is None and not said:
            speaker = line
        else:
            said.append(line)
    if said:
        found.append(Turn(time, speaker, "\n".join(said)))
    return found


def _timed(lines: Sequence[str]) -> list[Turn]:
    """The turns of a transcript with a time and a name on each line; none where it is no such."""
    matches = [_TIMED_LINE.match(line) for line in lines]
    spoken = sum(match is not None for match in matches)
    speakers = {match[3] for match in matches if match}
    if spoken < max(_TEAMS_TURNS, len(lines) // 2) or len(speakers) == spoken:
        return []
    found: list[Turn] = []
    for line, match in zip(lines, matches, strict=True):
        if match:
            found.append(Turn(clock(match[1] or match[2]), match[3], match[4]))
        elif found and found[-1].speaker:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line}")
        else:
            found.append(Turn("00:00:00", None, line))
    return found


def transcript_sections(
    turns: Sequence[Turn], properties: Mapping[str, Any] | None = None
) -> Iterator[Document]:
    """Turns gathered in order; a speaker is named where the voice changes."""
    held: list[str] = []
    start = ""
    voice: str | None = None
    first = dict(properties or {})
    for turn in turns:
        if held and sum(map(len, held)) + len(turn.text) > SECTION_CHARACTERS:
            yield section("\n".join(held), Locator(time=start), "transcript", properties=first)
            held, voice, first = [], None, {}
        start = start if held else turn.time
        changed = turn.speaker is not None and turn.speaker != voice
        held.append(f"{turn.speaker} : {turn.text}" if changed else turn.text)
        voice = turn.speaker
    if held:
        yield section("\n".join(held), Locator(time=start), "transcript", properties=first)
