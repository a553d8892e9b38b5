"""A library as a langchain retriever, for chains of other people's making.

Apart from ``retrieval.py``, because what langchain imports for it takes seconds that no command
of ours should wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

if TYPE_CHECKING:
    from copassist.library import Library


class LibraryRetriever(BaseRetriever):
    """The ``k`` best passages for a question, each with its document, place and score."""

    library: Any
    k: int = 10
    filters: Any = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (langchain's signature)
    ) -> list[Document]:
        library: Library = self.library
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "document": hit.document.to_dict(),
                    "locator": hit.passage.locator.to_dict(),
                    "score": hit.score,
                },
            )
            for hit in library.search(query, self.k, self.filters)
        ]
