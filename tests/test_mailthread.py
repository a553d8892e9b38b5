"""One mail holds several messages: each is told apart, with who wrote it and when."""

from __future__ import annotations

from langchain_core.documents.base import Blob

from ingest.metadata import guess_metadata
from ingest.parsers.mail import EmlParser
from ingest.parsers.mailthread import messages_of

REPLY = """Bonjour,

Je tranche : on prend les deux.

Le mer. 20 août 2025 à 11:03, Marie-Ève Roy
<mroy@exemple.test> a écrit :
> Ça prend l'étui renforcé.
>
> M-È
>
> On Tue, Aug 19, 2025 at 9:30 AM Sylvain Côté <s@exemple.test> wrote:
>> Pas de iPad svp.
> Et qui paie?
"""
OUTLOOK = """See below.

-----Original Message-----
From: Owen Hale <owen@example.test>
Sent: Thursday, September 11, 2025 8:02 AM
To: Makers
Subject: quotes

I'm ordering ten.
"""


def told(body: str) -> list[tuple[str, str]]:
    return [(one.written, " ".join(one.text.split())) for one in messages_of(body)]


def test_a_reply_is_told_from_what_it_answers() -> None:
    marie = "Le mer. 20 août 2025 à 11:03, Marie-Ève Roy"
    assert told(REPLY) == [
        ("", "Bonjour, Je tranche : on prend les deux."),
        (marie, "Ça prend l'étui renforcé. M-È"),
        ("On Tue, Aug 19, 2025 at 9:30 AM Sylvain Côté", "Pas de iPad svp."),
        (marie, "Et qui paie?"),
    ]


def test_the_header_block_of_outlook_begins_a_message() -> None:
    assert told(OUTLOOK) == [
        ("", "See below."),
        ("Owen Hale, Thursday, September 11, 2025 8:02 AM", "I'm ordering ten."),
    ]


def test_a_reply_between_the_lines_is_its_writer_s() -> None:
    body = "Oui.\n\nOn Mon, May 5, 2025, Ana wrote:\n> Two or three?\nThree.\n> When?\nIn June."
    ana = "On Mon, May 5, 2025, Ana"
    assert told(body) == [
        ("", "Oui."),
        (ana, "Two or three?"),
        ("", "Three."),
        (ana, "When?"),
        ("", "In June."),
    ]


def test_a_text_without_replies_is_one_message() -> None:
    body = "Le 12 mai, nous avons écrit au conseil.\n\nOn verra : 3 > 2."
    assert told(body) == [("", " ".join(body.split()))]
    assert messages_of("") == ()


def test_what_only_looks_like_a_reply_loses_nothing() -> None:
    for body in (
        "On a reçu 3 lettres.\nLa première vient du maire.\nSylvain a écrit :\nbonjour",
        "Le comité a décidé en 2024 de relancer.\nVoici ce que le maire a écrit :\nTexte",
        "Voici :\nDe : 18 h à 20 h\nDate : 12 juin 2025\nObjet : budget\n\nMerci",
        "-" * 20_000 + "x",
        "bonjour\n" * 100_000,  # 6 s where every line copied those after it
    ):
        assert told(body) == [("", " ".join(body.split()))]


def test_sections_of_a_mail_name_who_wrote_them() -> None:
    headers = "Subject: RE: prix\nFrom: a@exemple.test\nContent-Type: text/plain; charset=utf-8"
    mail = f"{headers}\n\n{REPLY}"
    found = list(EmlParser().lazy_parse(Blob.from_data(mail.encode(), path="prix.eml")))
    places = [part.metadata["locator"].get("headings", ()) for part in found]
    assert places[:3] == [(), (), ("Le mer. 20 août 2025 à 11:03, Marie-Ève Roy",)]
    parts = [part.metadata["locator"]["part"] for part in found]
    assert parts[:3] == ["header", "body", "quoted"]
    assert not any(">" in part.page_content for part in found)


def test_a_mail_is_not_of_the_days_that_it_quotes() -> None:
    headers = "Subject: RE: prix\nDate: Fri, 22 Aug 2025 13:26:05 -0400"
    mail = f"{headers}\nContent-Type: text/plain; charset=utf-8\n\n{REPLY}"
    sections = list(EmlParser().lazy_parse(Blob.from_data(mail.encode(), path="prix.eml")))
    found = guess_metadata("prix.eml", sections, sections[0].metadata["properties"])
    assert (found.title, found.date) == ("RE: prix", "2025-08-22")
