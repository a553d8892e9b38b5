"""Chats, pasted mails and transcripts kept as plain text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from copassist.assistant import Assistant
from copassist.library import Library
from ingest.parsers.messages import days_written
from ingest.parsers.transcripts import turns_of
from ingest.pipeline import Ingestion

TEAMS = """[copié du canal Transition]

Anne Roy 29 avr. 2026 07:52
La visite est le 28 mai.

Luc de Blois 29 avr. 2026 08:10
Bravo!

Anne Roy 30 avr. 2026 12:04
On oublie le 28 mai, visite le 2 juin.
"""
BRACKETS = """Range: 2025-11-17 to 2025-12-05
[2025-11-17 09:12] Yusuf Demir
morning!

[2025-11-17 09:14] Ann Roy
hello

[2025-11-18 10:00] Yusuf Demir
merci
"""
SLACK = """# Slack export

--- #general ---
ann.r  [2026-01-14 19:02]  Hi everyone.
dev.p  [2026-01-14 19:20]  @ann.r hooray
dev.p  [2026-01-15 08:11]  poster done
kyle.b  [2026-01-15 08:30]  thanks
"""
WHATSAPP = """12/03/2026 à 09:12 - Anne Roy: Bonjour
12/03/2026 à 09:14 - Luc: Salut
13/03/2026 à 10:02 - Anne Roy: C'est réglé
"""
MAILS = """De : Anne Roy
À : Liste
Date : mar. 26 mai 2026 10:44
Objet : 17 juin

Le local est pris.

> De : Luc Blois
> Date : mer. 27 mai 2026 12:15
> Ah non.
"""
ONE_MAIL = "De : Anne Roy\nEnvoyé : vendredi 22 mai 2026 16:12\nObjet : sous\n\nIl reste 5 $.\n"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (TEAMS, [("29 avr. 2026", 2), ("30 avr. 2026", 8)]),
        (BRACKETS, [("2025-11-17", 1), ("2025-11-18", 7)]),
        (SLACK, [("2026-01-14", 3), ("2026-01-15", 5)]),
        (WHATSAPP, [("12/03/2026", 0), ("13/03/2026", 2)]),
        (MAILS, [("26 mai 2026", 0), ("27 mai 2026", 7)]),
        (ONE_MAIL, [("22 mai 2026", 0)]),
        # a programme, minutes with one time, and prose are no conversations
        ("Mardi 12 mars 2026 13:15\nMercredi 13 mars 2026 13:15\nJeudi 14 mars 2026 9:00\n", []),
        ("Rencontre du 12 mars 2026, 13:15\nPrésents : Anne\n\nRien.\n", []),
        ("De : 18 h à 20 h\nOù : au local\n", []),
        ("Date : 12 mai 2025\nDe : 9h à 11h\nÀ : local B-204\n", []),
        ("Minutes\n\nFrom: Julie Dion\nDate: 3 avril 2025\n\nBonjour\n", []),
        (
            "Rencontre 12 mai 2025, 9:00\nRencontre 13 juin 2025, 9:00\nBilan 20 juin 2025 13:30",
            [],
        ),
        (
            "12 mai 2025 09:00 Accueil de tous\n12 mai 2025 10:00 Atelier A\n13 mai 2025 9:00 Fin",
            [],
        ),
        (
            "2025-05-12 09:12:01 INFO a\n2025-05-12 09:12:02 INFO b\n2025-05-13 09:12:03 INFO c\n",
            [],
        ),
        # exports of telephones
        (
            "\u200e[12/05/2025, 09:12:01] ~ Anne Roy: Bonjour\n[12/05/2025, 09:13:00] Luc: Salut\n"
            "[13/05/2025, 09:14:00] Luc: Et toi\n",
            [("12/05/2025", 0), ("13/05/2025", 2)],
        ),
        (
            "5/12/25, 9:12\u202fAM - Al: a\n5/13/25, 9:13 AM - Ann: b\n6/3/25, 9:13 AM - Al: c\n",
            [],
        ),
        ("", []),
    ],
)
def test_days_of_a_conversation(text: str, days: list[tuple[str, int]]) -> None:
    assert [(one.text, one.line) for one in days_written(text)[0]] == days


def test_a_message_is_cited_with_its_own_day(
    library: Library, records: Callable[..., Path]
) -> None:
    Ingestion(library).run([records({"clavardage transition.txt": TEAMS, "mails.txt": MAILS})])
    assert {one.path: (one.date, one.kind) for one in library.documents()} == {
        "clavardage transition.txt": ("2026-04-30", "other"),
        "mails.txt": ("2026-05-27", "other"),
    }
    first = Assistant(library).ask("La visite du 28 mai est-elle au 2 juin ?").citations[0]
    assert (first.document.date, first.passage.text.splitlines()[-1]) == (
        "2026-04-30",
        "On oublie le 28 mai, visite le 2 juin.",
    )


def test_a_transcript_with_a_time_and_a_name_on_each_line(
    library: Library, records: Callable[..., Path]
) -> None:
    text = (
        "Zoom auto-transcript\n\n[00:00:31] Dev Patel: can everybody hear me\n"
        "[00:02:27] Ann Roy: yes\n[00:02:57] Dev Patel: fifty from now on\nwith the stamp\n"
    )
    turns = [(one.time, one.speaker, one.text) for one in turns_of([text])]
    assert turns[1:] == [
        ("00:00:31", "Dev Patel", "can everybody hear me"),
        ("00:02:27", "Ann Roy", "yes"),
        ("00:02:57", "Dev Patel", "fifty from now on\nwith the stamp"),
    ]
    Ingestion(library).run([records({"appel.txt": text})])
    [hit, *_] = library.search("fifty", 1)
    assert "Dev Patel : fifty from now on" in hit.passage.text


@pytest.mark.parametrize(
    "text", ["9:00 Accueil: café\n9:15 Budget: Anne\n9:30 Local: Luc\n", "10:00 Ann: hi\n"]
)
def test_a_programme_is_no_transcript(text: str) -> None:
    assert turns_of([text]) == []
