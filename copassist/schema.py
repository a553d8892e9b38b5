"""The catalogue's tables."""

from __future__ import annotations

import sqlalchemy as sa

tables = sa.MetaData()

meta = sa.Table(
    "meta",
    tables,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
documents = sa.Table(
    "documents",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("community", sa.String, nullable=False, index=True),
    sa.Column("path", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("date", sa.String),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("level", sa.String, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("corrections", sa.JSON, nullable=False),
    sa.Column("added", sa.String, nullable=False),
    sa.UniqueConstraint("community", "path"),
)
versions = sa.Table(
    "versions",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("sha256", sa.String, nullable=False, index=True),
    sa.Column("suffix", sa.String, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("embedded", sa.Boolean, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("register", sa.JSON(none_as_null=True)),
)
aliases = sa.Table(
    "aliases",
    tables,
    sa.Column("community", sa.String, primary_key=True),
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("document_id", sa.ForeignKey("documents.id"), nullable=False, index=True),
)
passages = sa.Table(
    "passages",
    tables,
    sa.Column("key", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("version_id", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("header", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("locator", sa.JSON, nullable=False),
    sa.UniqueConstraint("version_id", "number"),
)
conversations = sa.Table(
    "conversations",
    tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String, nullable=False, index=True),
    sa.Column("community", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("updated", sa.String, nullable=False),
)
turns = sa.Table(
    "turns",
    tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "conversation_id",
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("question", sa.String, nullable=False),
    sa.Column("asked", sa.String, nullable=False),
    sa.Column("answer", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.String),
    sa.Column("verdict", sa.String),
    sa.Column("noted", sa.Boolean, nullable=False, default=False),
)
corrections = sa.Table(
    "corrections",
    tables,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("line", sa.String, primary_key=True),
    sa.Column("changes", sa.JSON, nullable=False),
    sa.Column("made", sa.String, nullable=False),
)
"""What people corrected of the register, by the line's own words: it outlives a re-ingestion."""
drafts = sa.Table(
    "drafts",
    tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String, nullable=False),
    sa.Column("person", sa.String, nullable=False, index=True),
    sa.Column("agenda", sa.String, nullable=False, index=True),
    sa.Column("saved", sa.String, nullable=False),
    sa.Column("draft", sa.JSON, nullable=False),
)
"""Every state of every draft agenda, latest last."""
proposals = sa.Table(
    "proposals",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("quote", sa.String, nullable=False),
    sa.Column("owner", sa.String),
    sa.Column("due", sa.String),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("made", sa.String, nullable=False),
)
"""Lines that a chat model proposes for the register; in it once a person accepted them."""
