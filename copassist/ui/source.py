"""Sources beside an answer: the cards, and the viewer that opens one where the words stand."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote as in_address

from copassist.citations import shown
from copassist.conversations import COMMENT_CHARACTERS, Turn
from copassist.pdfpages import Box
from copassist.sourceview import Part, SourceView
from copassist.ui.markup import busy, button, day, link, notice, source_line
from copassist.ui.media import READ_HERE
from copassist.ui.prose import prose
from copassist.ui.talk import error_text, excerpt, letter_text
from copassist.words import words

QUOTE_SHOWN: Final = 180
"""Characters of a quote on a card, three lines: the whole stands in the answer and in its place."""
_THUMB: Final = (
    '<svg class="cop-thumb cop-{verdict}" viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M7 11v10H3V11z'
    'M7 11l4-8a2.5 2.5 0 0 1 2.6 2.9L13 9h6.5a2 2 0 0 1 2 2.4l-1.6 8A2 2 0 0 1 18 21H7"/></svg>'
)


def empty_panel(language: str) -> str:
    """What the panel teaches before the first question."""
    say = words(language)
    lines = "".join(f"<li>{escape(say(f'ui.source.teach_{n}'))}</li>" for n in (1, 2, 3))
    heading = f"<h2>{escape(say('ui.source.title'))}</h2>"
    return f'<section class="cop-empty">{heading}<ul>{lines}</ul></section>'


def waiting_panel(language: str) -> str:
    """While the answer is made."""
    return busy(words(language)("ui.ask.searching"))


def cards(turn: Turn, language: str) -> str:
    """The sources of an answer, or what is near where there is none."""
    say = words(language)
    answer = turn.answer
    if turn.error is not None:
        return notice(error_text(turn.error, language), "problem", language)
    if answer is None:
        return waiting_panel(language)
    if answer.get("withdrawn"):
        return notice(say("ui.ask.withdrawn"), "info", language)
    if answer["abstained"]:
        return _nothing(turn, answer, language)
    sources = "".join(_card(turn.id, one, language) for one in answer["citations"])
    return (
        f'<section class="cop-sources">{_to_agenda(answer, language)}'
        f"<h2>{escape(say('ui.source.title'))}</h2>{sources}"
        f"{_after(turn, answer, language)}</section>"
    )


def _to_agenda(answer: Mapping[str, Any], language: str) -> str:
    """The way from a draft in a conversation to the tab where it can be changed."""
    if not (answer.get("agenda") or {}).get("draft"):
        return ""
    opens = button("tab", words(language)("ui.agenda.open_tab"), "strong", tab="agenda")
    return f'<p class="cop-after">{opens}</p>'


def _card(turn: int, citation: Mapping[str, Any], language: str) -> str:
    say = words(language)
    document = citation["document"]
    label = citation["label"]
    quote = excerpt(citation.get("focus") or citation["quote"], QUOTE_SHOWN)
    named = {"aria-label": say("ui.source.open_label", label=label)}
    opens = button("open", say("ui.source.open"), "plain", named, turn=turn, label=label)
    return (
        '<article class="cop-card">'
        f'<h3><span class="cop-label">{label}</span> {escape(document["title"])}</h3>'
        f'<p class="cop-where">{source_line(document, citation["locator"], language)}</p>'
        f"<blockquote>{escape(quote)}</blockquote>{_revised(citation, language)}{opens}</article>"
    )


def _revised(citation: Mapping[str, Any], language: str) -> str:
    """That the decision quoted was changed since, and which source says so."""
    revision = citation.get("revision")
    if not revision:
        return ""
    said = f"{words(language)(revision['status'])} {shown(revision['label'])}"
    return f'<p class="cop-where">{escape(said)}</p>'


def _nothing(turn: Turn, answer: Mapping[str, Any], language: str) -> str:
    """ "Nothing found" leads somewhere: keeping the question, asking a person, what is near."""
    say = words(language)
    near = "".join(
        '<article class="cop-card cop-near">'
        f"<h3>{escape(one['document']['title'])}</h3>"
        f'<p class="cop-where">{source_line(one["document"], one["locator"], language)}</p>'
        f"<blockquote>{escape(excerpt(one['quote'], QUOTE_SHOWN))}</blockquote>"
        f"{button('near', say('ui.source.open'), 'plain', turn=turn.id, label=number)}</article>"
        for number, one in enumerate(answer.get("near", ()))
    )
    noted = (
        notice(say("ui.ask.noted"), "done", language)
        if turn.noted
        else button("note", say("ui.ask.note"), "strong", turn=turn.id)
    )
    heading = f"<h3>{escape(say('answer.near'))}</h3>" if near else ""
    return (
        f'<section class="cop-sources"><h2>{escape(say("ui.source.nothing"))}</h2>'
        f"<p>{escape(say('ui.source.nothing_help'))}</p>"
        f'<div class="cop-actions">{noted}{_by_mail(turn.question, language)}</div>'
        f"{heading}{near}</section>"
    )


def _by_mail(question: str, language: str) -> str:
    """The question as a letter in the person's own mail program: nothing is sent from here."""
    say = words(language)
    subject = in_address(say("ui.ask.mail_subject"), safe="")
    body = in_address(say("ui.ask.mail_body", question=question), safe="")
    return link(f"mailto:?subject={subject}&body={body}", say("ui.ask.mail"), "plain")


def _after(turn: Turn, answer: Mapping[str, Any], language: str) -> str:
    """Copying with sources, and "did this help?"; once judged, a comment for who has one."""
    say = words(language)
    thumbs = "".join(
        button(
            "judge",
            say(f"ui.ask.verdict_{verdict}"),
            "plain",
            {"aria-pressed": str(turn.verdict == verdict).lower()},
            _THUMB.format(verdict=verdict),
            turn=turn.id,
            verdict=verdict,
        )
        for verdict in ("up", "down")
    )
    copied = copy_text(turn, answer, language)
    copy = button("copy", say("ui.ask.copy"), "plain", copied=copied, done=say("ui.ask.copied"))
    return (
        f'<div class="cop-after">{copy}'
        f'<span class="cop-thumbs"><span>{escape(say("ui.ask.helped"))}</span>{thumbs}</span></div>'
        f"{_comment(turn, answer, language) if turn.verdict else ''}"
    )


def _comment(turn: Turn, answer: Mapping[str, Any], language: str) -> str:
    say = words(language)
    kept = answer.get("comment")
    if kept:
        return notice(say("ui.ask.comment_kept", text=kept), "done", language)
    field = f"comment-{turn.id}"
    send = button("comment", say("ui.ask.comment_send"), "plain", turn=turn.id, reads=field)
    return (
        f'<p class="cop-comment"><label for="{field}">{escape(say("ui.ask.comment"))}</label>'
        f'<span><input id="{field}" type="text" maxlength="{COMMENT_CHARACTERS}">{send}</span></p>'
    )


def copy_text(turn: Turn, answer: Mapping[str, Any], language: str) -> str:
    """The answer with its sources, each once, as plain text for a letter or a chat."""
    say = words(language)
    doubt = [say("answer.doubtful"), ""] if answer.get("doubtful") else []
    told = letter_text(answer["answer"], language)
    labels: dict[str, str] = {}
    for one in answer["citations"]:
        line = _letter_line(one, language)
        labels[line] = f"{labels.get(line, '')}[{one['label']}]"
    sources = [f"{label} {line}" for line, label in labels.items()]
    return "\n".join([turn.question, "", *doubt, told, "", say("ui.source.title"), *sources])


def _letter_line(citation: Mapping[str, Any], language: str) -> str:
    """A source on a line: its title, its day where the title does not tell it, and the place."""
    document = citation["document"]
    title: str = document["title"]
    when = day(document["date"], language) if document["date"] else ""
    place = citation["locator"].replace(f"{title} › ", "")
    return ", ".join(piece for piece in (title, "" if when in title else when, place) if piece)


# --- the viewer ------------------------------------------------------------------------------


def viewer(
    view: SourceView, language: str, turn: int | None = None, label: int = 0, count: int = 0
) -> str:
    """A document opened where the words stand.

    ``turn``, ``label`` (from 1) and ``count`` place it among an answer's sources; without them
    it is a preview.
    """
    say = words(language)
    document = view.document
    back = (
        button("back", say("ui.source.back"), "plain", turn=turn)
        if turn is not None
        else button("close", say("ui.source.close"), "plain")
    )
    head = (
        f'<div class="cop-viewer-bar">{back}{_occurrences(turn, label, count, language)}</div>'
        f'<h2 tabindex="-1">{escape(document.title)}</h2>'
        f'<p class="cop-where">{_where(view, language)}</p>'
        f'<p class="cop-actions">{_original(view, language)}</p>'
    )
    body = _page(view, language, turn, label) if view.page is not None else _text(view, language)
    return (
        f'<section class="cop-viewer" aria-label="{escape(document.title)}">{head}{body}</section>'
    )


def _original(view: SourceView, language: str) -> str:
    """The viewer made wide, the original opened where a browser can, and downloaded."""
    say = words(language)
    address = original_address(view.document.id)
    widen = button("widen", say("ui.source.widen"), "quiet", {"aria-pressed": "false"})
    opens = ""
    if view.document.path.lower().endswith(tuple(READ_HERE)):
        at = f"#page={view.page}" if view.page else ""
        opens = link(f"{address}?open=1{at}", say("ui.source.open_original"), new=True)
    return f"{widen}{opens}{link(address, say('ui.source.download'), download=True)}"


def original_address(document: str) -> str:
    """Where the original file is served."""
    return f"/original/{in_address(document)}"


def page_address(view: SourceView) -> str:
    """Where the picture of the page shown is served; the version makes it cacheable for good."""
    return f"/page/{in_address(view.document.id)}/{view.page}?v={view.document.version}"


def _where(view: SourceView, language: str) -> str:
    document = view.document
    return source_line(document.to_dict(), document.path, language)


def _occurrences(turn: int | None, label: int, count: int, language: str) -> str:
    if turn is None or count < 2:
        return ""
    say = words(language)
    before, after = (
        button("open", say(f"ui.source.{key}"), "plain", named, turn=turn, label=other)
        for key, other in (("previous", (label - 2) % count + 1), ("next", label % count + 1))
        for named in [{"aria-label": say(f"ui.source.{key}_label")}]
    )
    place = escape(say("ui.source.of", number=label, count=count))
    return f'<span class="cop-turns">{before}<span>{place}</span>{after}</span>'


def _page(view: SourceView, language: str, turn: int | None, label: int) -> str:
    say = words(language)
    page = view.page or 1
    data = {"turn": "" if turn is None else turn, "label": label, "name": view.document.id}
    leaf = "".join(
        button("leaf", say(f"ui.source.page_{key}"), "plain", page=page + step, **data)
        for key, step, there in (("before", -1, page > 1), ("after", 1, page < view.pages))
        if there
    )
    of = escape(say("ui.source.page_of", page=page, pages=view.pages))
    marks = "".join(_mark(box) for box in view.boxes)
    alt = escape(say("ui.source.page_alt", page=page, title=view.document.title))
    read = "".join(_part(part) for part in view.parts)
    text = (
        f"<details><summary>{escape(say('ui.source.page_text'))}</summary>"
        f'<div class="cop-text">{read}</div></details>'
        if read
        else ""
    )
    return (
        f'<div class="cop-leaf"><span>{of}</span>{leaf}</div>'
        f'<div class="cop-page"><img src="{page_address(view)}" alt="{alt}" width="1100">{marks}'
        f"</div>{text}"
    )


def _mark(box: Box) -> str:
    return (
        '<span class="cop-box" aria-hidden="true" style="'
        f"left:{box.left:.2%};top:{box.top:.2%};width:{box.width:.2%};height:{box.height:.2%}"
        '"></span>'
    )


def _text(view: SourceView, language: str) -> str:
    say = words(language)
    first = view.parts[0].passage.number if view.parts else 0
    last = view.parts[-1].passage.number if view.parts else 0
    above = f'<p class="cop-cut">{escape(say("ui.source.cut_above"))}</p>' if first > 0 else ""
    below = (
        f'<p class="cop-cut">{escape(say("ui.source.cut_below"))}</p>' if last < view.last else ""
    )
    parts = "".join(_part(part) for part in view.parts)
    return f'<div class="cop-text" tabindex="0" role="region">{above}{parts}{below}</div>'


def _part(part: Part) -> str:
    text = part.passage.text
    titles = [title.strip("#* ") for title in part.new_headings]
    headings = "".join(f"<h3>{escape(title)}</h3>" for title in titles if title not in text)
    opened = " cop-opened" if part.opened else ""
    return f'{headings}<div class="cop-passage{opened}">{prose(text, part.mark)}</div>'
