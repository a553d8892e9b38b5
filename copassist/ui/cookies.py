"""The cookies that the page keeps in a browser."""

from __future__ import annotations

from typing import Final

LANGUAGE: Final = "copassist_language"
"""A language chosen by hand."""
PERSON: Final = "copassist_person"
"""A person's number: whose conversations and draft these are."""
YEAR: Final = 365 * 24 * 3600
"""Seconds that they are kept."""
