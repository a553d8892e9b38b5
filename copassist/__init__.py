"""A private knowledge assistant for communities of practice.

Answers from a community's own records, with the sentence and its place; sessions, decisions and
actions read out of minutes; agendas drafted from them. This package is the read side and the
domain; ``ingest`` is the write side. ``docs/architecture.md`` has the picture.
"""

from typing import Final

__version__: Final = "0.1.0"
