"""Loading models by name: off the network where none is needed, foreign errors made ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from copassist.errors import ModelError, first_line


@contextmanager
def hub_switched_off() -> Iterator[None]:
    """No hub is asked while a model that needs no network is loaded.

    The environment's ``HF_HUB_OFFLINE`` is read once, into this constant: set there, it would keep
    a reranker named by the person from being fetched later on.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


@contextmanager
def fetching(name: str) -> Iterator[None]:
    """To load a model in: what the libraries say becomes :class:`ModelError`."""
    from huggingface_hub.errors import HfHubHTTPError
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # its own
    try:
        yield
    except (OSError, ValueError, HfHubHTTPError, SafetensorError) as error:
        raise ModelError(name=name, problem=first_line(error)) from error


def is_folder(name: str) -> bool:
    """Whether a model's name is that of a folder on this machine: then nothing is fetched."""
    return Path(name).is_dir()


def all_cores() -> None:
    """Let this thread compute on all cores; ``embeddings.py`` leaves one to each of its passes."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)


def one_core() -> None:
    """Let this thread compute on one core, beside as many others as there are cores."""
    import torch

    torch.set_num_threads(1)
