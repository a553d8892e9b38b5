"""A parsing process whose parser does what the name of the file says: hang, die, reach out."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from copassist.passages import Locator
from ingest import worker
from ingest.parsers.base import SectionParser, section, source_of


class HostileParser(SectionParser):
    """Misbehaves by name."""

    def sections(self, blob: Blob) -> Iterator[Document]:  # noqa: PLR0912
        match Path(source_of(blob)).stem:
            case "hang":
                time.sleep(1000)
            case "spin":
                while True:
                    pass
            case "spent":
                os.kill(os.getpid(), signal.SIGXCPU)
            case "child":
                subprocess.run(["sleep", "1000"], check=False)
            case "abort":
                os.abort()
            case "exit":
                os._exit(3)
            case "segfault":
                ctypes.string_at(0)
            case "eat":
                yield section(str(len(bytearray(8_000_000_000))), Locator())
            case "defect":
                raise StopAsyncIteration
            case "print":
                print("noise on standard output", flush=True)
                yield section("bruyant", Locator())
            case "socket":
                socket.create_connection(("127.0.0.1", 9), timeout=1)
            case "outside":
                Path(blob.path or "").with_name("stolen").write_text("x", encoding="utf-8")
            case "remove":
                Path(blob.path or "").unlink()
            case "scratch":
                kept = Path(str(blob.metadata["scratch"])) / "note"
                kept.write_text("dedans", encoding="utf-8")
                yield section(kept.read_text(encoding="utf-8"), Locator())
            case _:
                yield section("bonjour", Locator(page=1), properties={"title": "Essai"})


worker.load_parser = lambda _: HostileParser()  # type: ignore[assignment]

if __name__ == "__main__":
    worker.main(int(sys.argv[1]))
