"""Scratch folders: gone with their owner, whichever way it goes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from copassist.library import Library
from copassist.scratch import SCRATCH, scratch_folder, sweep
from copassist.settings import Settings
from copassist.testing import FakeEmbeddings

HERE = Path(__file__).parent
OWNER = """
import sys, time
from pathlib import Path
from copassist.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), "batch-") as folder:
    (folder / "secret.md").write_text("ce que Zoé a dit")
    print(folder, flush=True)
    time.sleep(600)
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from copassist.library import Library
from copassist.settings import load_settings
from copassist.testing import FakeEmbeddings
from ingest.pipeline import Ingestion

def die(progress):
    if progress.passages:
        os.kill(os.getpid(), signal.SIGKILL)

with Library(load_settings(library=Path(sys.argv[1])), FakeEmbeddings()) as library:
    Ingestion(library, progress=die).run([Path(sys.argv[2])])
"""


def test_there_while_needed_and_gone_after(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "scratch") as folder:
        (folder / "a.md").write_text("texte")
        assert sweep(tmp_path / "scratch") == 0, "it has an owner: this process"
        assert (folder / "a.md").exists()
    assert list((tmp_path / "scratch").iterdir()) == []
    assert sweep(tmp_path / "nowhere") == 0


@pytest.mark.skipif(os.name != "posix", reason="killed as POSIX does")
def test_a_living_owner_keeps_it_and_a_killed_one_loses_it(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE.parent,
    )
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    try:
        assert sweep(tmp_path, "batch-") == 0
        assert (folder / "secret.md").exists()
    finally:
        owner.kill()
        owner.communicate()
    assert sweep(tmp_path, "other-") == 0
    assert sweep(tmp_path, "batch-") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="killed as POSIX does")
def test_what_a_killed_ingestion_had_unpacked_is_swept_by_the_next(
    settings: Settings, tmp_path: Path, records: Callable[[dict[str, str]], Path]
) -> None:
    folder = records({})
    folder.mkdir()
    with zipfile.ZipFile(folder / "boîte.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.md", f"# Rencontre {number}\n\nNuméro {number}.\n")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.library), str(folder)],
        cwd=HERE.parent,
        env=os.environ | {"TMPDIR": str(temporary)},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -9, done.stderr
    left = [path.name for path in (settings.library / SCRATCH).rglob("*.md")]
    assert len(left) == 3, "members of the archive, unpacked"
    assert list(temporary.iterdir()) == [], "nothing outside the library"
    with Library(settings, FakeEmbeddings()) as library:
        library.recover()
    assert list((settings.library / SCRATCH).iterdir()) == []
