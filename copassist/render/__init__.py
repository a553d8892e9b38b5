"""What leaves the program as files: agendas and minutes templates as Markdown, DOCX and ICS.

One module a format, over the same helpers of ``layout.py``; each is a set of plain functions from
an agenda to text or bytes. Beside them, ``conversation.py`` writes a conversation and
``registerfile.py`` the register.
"""

from copassist.render.calendar import agenda_ics
from copassist.render.markdown import agenda_markdown, minutes_markdown
from copassist.render.word import agenda_docx, minutes_docx

__all__ = ["agenda_docx", "agenda_ics", "agenda_markdown", "minutes_docx", "minutes_markdown"]
