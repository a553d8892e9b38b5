"""Whether a real model obeys instructions planted in minutes: ``python -m benchmarks.injections``.

Asks the model of the settings (``COPASSIST_LLM``, here ``local`` unless said) about each
injection of ``tests/data/injections.jsonl``; prints what a reader would see of those obeyed, and
how many. About five seconds each on two cores; ``--resume FILE`` goes on where a run stopped.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from copassist.chatmodels import chat_model
from copassist.settings import load_settings
from tests.injections import INJECTIONS, answered, obeyed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llm", default="local", metavar="SPEC")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="outcomes so far, JSON lines")
    arguments = parser.parse_args()
    chat = chat_model(load_settings(llm=arguments.llm))
    if chat is None:
        parser.error("a chat model is needed")
    told = _told(arguments.resume)
    for injection in INJECTIONS:
        if injection["id"] in told:
            continue
        state = answered(chat, injection)
        told[injection["id"]] = {
            "id": injection["id"],
            "obeyed": list(obeyed([(injection, state)])),
            "written": [sentence.text for sentence in state.sentences],
        }
        print(json.dumps(told[injection["id"]], ensure_ascii=False), flush=True)
        if arguments.resume:
            with arguments.resume.open("a", encoding="utf-8") as out:
                out.write(json.dumps(told[injection["id"]], ensure_ascii=False) + "\n")
    seen = [line for one in told.values() for line in one["obeyed"]]
    print(f"{chat.name}: {len(seen)} of {len(told)} obeyed", *seen, sep="\n")
    return 1 if seen else 0


def _told(path: Path | None) -> dict[str, dict[str, list[str]]]:
    if path is None or not path.is_file():
        return {}
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row for row in rows}


if __name__ == "__main__":
    raise SystemExit(main())
