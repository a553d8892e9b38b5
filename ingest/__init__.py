"""The write side: files and folders parsed apart, split into passages, written to a library.

May import ``copassist``, never the reverse. ``python -m ingest PATH...``; ``pipeline.Ingestion``
is the same from Python.
"""
