"""E-mails: headers, body, and each attachment as a document of its own.

``email`` is Python's own, in its lenient old policy: the new one raises on malformed headers.
python-oxmsg: small, by the author of python-docx, reads Outlook's .msg through olefile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from langchain_core.documents import Document

from copassist.errors import ProtectedFileError
from copassist.passages import QUOTED, Locator
from ingest.cleaning import clean, decode
from ingest.parsers.base import Limits, Member, SectionParser, section, source_of, unlike
from ingest.parsers.blocks import sections_of
from ingest.parsers.html import blocks_of, parse_html
from ingest.parsers.mailthread import messages_of

if TYPE_CHECKING:
    from langchain_core.documents.base import Blob

_SHOWN: Final = ("Subject", "From", "To", "Cc", "Date")
_ENCRYPTED: Final = frozenset(
    {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_SIGNATURES: Final = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_SUFFIXES: Final = {"message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html"}
_NAME: Final = re.compile(r"[^\w .()'’-]+")
_FOLD: Final = re.compile(r"[ \t]*\n[ \t]*")
"""Where a long header goes on on the next line."""
_PARTS: Final = 500
"""Parts of a message looked at; newsletters have a few dozen."""
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file sent along: its name as written, and its bytes."""

    name: str
    data: bytes


class EmlParser(SectionParser):
    """Header lines, then the body: plain text where there is some, else the HTML."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        message = _message(blob)
        if message.get_content_type() in _ENCRYPTED:
            raise ProtectedFileError(path=source_of(blob))
        headers = {name: text for name in _SHOWN if (text := header(message, name))}
        body, html = _body(message)
        yield from mail_sections(headers, body, html, both=not _offers_plain(message))

    def expand(self, blob: Blob, scratch: Path, limits: Limits) -> Iterator[Member]:
        """Each attachment, forwarded messages included."""
        yield from stored(attachments(_message(blob)), blob, scratch, limits)


class MsgParser(SectionParser):
    """Outlook's own file of one message."""

    def sections(self, blob: Blob) -> Iterator[Document]:
        message = _outlook(blob)
        kind = message.message_class.upper()
        if "SMIME" in kind and "SIGNED" not in kind:
            raise ProtectedFileError(path=source_of(blob))
        sent = message.message_headers
        headers = {name: text for name in _SHOWN if (text := header_words(sent.get(name, "")))}
        headers.setdefault("Subject", message.subject or "")
        headers.setdefault("From", message.sender or "")
        people = ", ".join(f"{r.name} <{r.email_address}>" for r in message.recipients)
        headers.setdefault("To", people)
        if message.sent_date is not None:
            headers.setdefault("Date", message.sent_date.isoformat())
        yield from mail_sections(
            {name: text for name, text in headers.items() if text},
            message.body or "",
            message.html_body or "",
        )

    def expand(self, blob: Blob, scratch: Path, limits: Limits) -> Iterator[Member]:
        """Each attached file."""
        found = [
            Attachment(item.file_name or "", item.file_bytes)
            for item in _outlook(blob).attachments
            if item.file_bytes
        ]
        yield from stored(found, blob, scratch, limits)


def mail_sections(
    headers: dict[str, str], body: str, html: str, *, both: bool = False
) -> Iterator[Document]:
    """The header and body sections of a message, its properties on the first.

    ``both``: the plain ``body`` does not say what the HTML says.
    """
    properties = {"title": headers.get("Subject"), "date": iso_date(headers.get("Date", ""))}
    lines = "\n".join(f"{name}: {text}" for name, text in headers.items())
    yield section(lines, Locator(part="header"), properties=properties)
    if html.strip() and (both or not body.strip()):
        root = parse_html(html)
        if root is not None:
            yield from sections_of(blocks_of(root), base=Locator(part="body"))
    for message in messages_of(body):
        place = Locator(part="body")
        if message.written:
            place = Locator(part=QUOTED, headings=(message.written,))
        yield section(message.text, place)


def iso_date(written: str) -> str | None:
    """The day of a ``Date`` header in ISO 8601, or ``None`` where it is no date."""
    try:
        return parsedate_to_datetime(written).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return written[:10] if re.match(r"\d{4}-\d{2}-\d{2}", written) else None


def header(message: Message, name: str) -> str:
    """The header called ``name`` in words, empty where there is none."""
    return header_words(message.get(name, ""))


def header_words(raw: Header | str) -> str:
    """A header decoded and on one line; as it stands where it cannot be decoded."""
    try:
        parts = decode_header(raw)  # as it was sent where nobody said in what encoding
        text = str(make_header([_readable(part, charset) for part, charset in parts]))
    except (ValueError, LookupError):
        text = str(raw)
    return _FOLD.sub(" ", clean(text)).strip()


def _message(blob: Blob) -> Message:
    data = blob.as_bytes()
    if b"\x00" in data[:200] or data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        data = decode(data).lstrip("\ufeff").encode("utf-8")
    return message_from_bytes(data.lstrip())


def _outlook(blob: Blob) -> Any:
    from oxmsg import Message as OutlookMessage

    return OutlookMessage.load(blob.as_bytes())


def _walk(message: Message) -> Iterator[Message]:
    """The message and its parts in order, those of forwarded messages left out."""
    queue: list[Message] = [message]
    count = 0
    while queue and count < _PARTS:
        part = queue.pop(0)
        count += 1
        yield part
        if _is_split(part):
            queue[:0] = [item for item in part.get_payload() if isinstance(item, Message)]


def _is_split(part: Message) -> bool:
    """Whether a part holds nothing but other parts; a forwarded message is none of those."""
    return part.get_content_maintype() == "multipart" and part.is_multipart()


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a message that hold something themselves, in order."""
    return (part for part in _walk(message) if not _is_split(part))


def _is_attachment(part: Message) -> bool:
    if part.get_content_type() in _SIGNATURES:
        return False
    if part.get_content_maintype() in {"message", "application"}:
        return True
    inline_picture = part.get_content_maintype() == "image" and part.get("Content-ID") is not None
    named = part.get_filename() is not None and part.get_content_disposition() != "inline"
    return not inline_picture and (part.get_content_disposition() == "attachment" or named)


def _readable(part: bytes | str, charset: str | None) -> tuple[bytes | str, str | None]:
    if charset == "unknown-8bit" and isinstance(part, bytes):
        return decode(part), "utf-8"
    return part, charset


def _offers_plain(message: Message) -> bool:
    """Whether its plain text is the HTML again; else it may be no more than a list's footer."""
    return any(
        part.get_content_type() == "multipart/alternative"
        and any(inner.get_content_type() == "text/plain" for inner in _walk(part))
        for part in _walk(message)
    )


def _body(message: Message) -> tuple[str, str]:
    """Plain text and HTML of the body; several plain parts are joined."""
    plain: list[str] = []
    html: list[str] = []
    for part in _parts(message):
        if not _is_attachment(part):
            if part.get_content_type() == HTML:
                html.append(_text(part))
            elif part.get_content_maintype() == "text" or part.get_content_type() == "text/plain":
                plain.append(_text(part))
    return "\n\n".join(text.strip("\n") for text in plain), "\n".join(html)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset()
    if charset:
        try:
            return payload.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(payload)


def attachments(message: Message) -> list[Attachment]:
    """Files and forwarded messages sent along, in order; signatures and inline pictures not."""
    found: list[Attachment] = []
    for number, part in enumerate(_parts(message), start=1):
        if not _is_attachment(part):
            continue
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            inner = payload[0]
            if not isinstance(inner, Message):
                continue
            data = inner.as_bytes()
            name = part.get_filename() or f"{header(inner, 'Subject') or number}.eml"
        else:
            raw = part.get_payload(decode=True)
            data = raw if isinstance(raw, bytes) else b""
            name = part.get_filename() or f"{number}{_SUFFIXES.get(kind, '')}"
        if data:
            found.append(Attachment(header_words(name), data))
    return found


def stored(
    found: Sequence[Attachment], blob: Blob, scratch: Path, limits: Limits
) -> Iterator[Member]:
    """Attachments written below ``scratch`` under names made here; same names are numbered."""
    names: set[str] = set()
    for number, item in enumerate(found[: limits.members]):
        base = PurePosixPath(clean(item.name).replace("\\", "/")).name
        name = unlike(_NAME.sub("_", base).strip(" .") or f"{number + 1}", names)
        names.add(name)
        copy = scratch / f"{number:05}{PurePosixPath(name).suffix[:16]}"
        copy.write_bytes(item.data)  # smaller than the mail, which was within the limit
        yield Member(f"{source_of(blob)}/{name}", copy)
