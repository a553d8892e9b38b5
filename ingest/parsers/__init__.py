"""Readers of files: one family of formats a file, all langchain ``BaseBlobParser``s.

The table of types is in :mod:`ingest.filetypes`.
"""
