"""How long a draft agenda takes, warm and without a model: ``python -m benchmarks.agenda DIR``.

``DIR`` is a library. Drafts are made for every length from 30 to 240 minutes by 30, in both
styles, as of today, after one that is not counted. Prints one JSON object: seconds by the wall,
median and most, and processor seconds for one; so that a machine with other work to do shows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from datetime import date, timedelta
from pathlib import Path

from copassist.agendas import AgendaRequest
from copassist.agendas.drafting import draft_from
from copassist.agendas.items import LONGEST, SHORTEST, STYLES
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("library", type=Path)
    given = parser.parse_args()
    today = date.today()
    day = (today + timedelta(days=14)).isoformat()
    requests = [
        AgendaRequest(day, minutes, 8, style=style)
        for minutes in range(SHORTEST, LONGEST + 1, 30)
        for style in STYLES
    ]
    # a draft reads the register alone: no embedding model is loaded
    with Library(load_settings(library=given.library), FakeEmbeddings()) as library:
        register, documents = library.register(today)
        draft_from(library, requests[0], today)
        walls, begun = [], time.process_time()
        for request in requests:
            start = time.perf_counter()
            agenda = draft_from(library, request, today)
            walls.append(time.perf_counter() - start)
            assert sum(item.minutes for item in agenda.items) == request.minutes
        processor = (time.process_time() - begun) / len(requests)
    told = {
        "records": len(documents),
        "actions": len(register.actions),
        "drafts": len(requests),
        "median_seconds": round(statistics.median(walls), 3),
        "most_seconds": round(max(walls), 3),
        "processor_seconds_each": round(processor, 3),
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
