"""Search on a SQuAD file: ``python -m benchmarks.squad FILE.json``.

Its articles are ingested into a library of their own, and each question asked of all of them;
the figures are those of ``python -m copassist eval`` (the answer's span is the quote).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from copassist.questions import load_squad, squad_documents


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = folder / "records"
        records.mkdir()
        for path, text in squad_documents(arguments.file).items():
            (records / path).write_text(text, encoding="utf-8")
        asked = folder / "questions.jsonl"
        rows = (json.dumps(asdict(question)) for question in load_squad(arguments.file))
        asked.write_text("\n".join(rows), encoding="utf-8")
        library = ["--library", str(folder / "library")]
        subprocess.run([sys.executable, "-m", "ingest", str(records), *library], check=True)
        command = [sys.executable, "-m", "copassist", "eval", str(asked), *library]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
