"""The models themselves: fetched, kept in folders, loaded, made small, run one question at a time.

``embeddings.py``, ``rerankers.py`` and ``chatmodels.py`` choose among them by name; nothing here
knows of libraries, passages or answers.
"""
