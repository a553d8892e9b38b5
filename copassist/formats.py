"""Activity formats for sessions: steps with bounds in minutes, group sizes, what may be minuted.

The data is ``data/formats.json`` (French, with English names) and ``data/formats.en.json``
(purposes, online variants, minuting rules and materials in English). Totals of public sources
are often wrong, so a total is checked against the sum of its steps on load and then forgotten:
every length here is a sum.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from copassist.errors import FormatsError

MODES: Final = ("in-person", "online", "hybrid")
TIMING_BASES: Final = ("source", "adapted", "proposed")
"""Where the minutes come from: a publication as is, adapted from one, or a proposal of ours."""
_BREAK: Final = "Break"
"""English title of a step that is a pause of the format's own."""

Bounds = tuple[int, int, int]
"""Fewest, usual and most minutes."""


@dataclass(frozen=True, slots=True)
class FormatStep:
    """One step; ``least <= minutes <= most``."""

    title_fr: str
    title_en: str
    minutes: int
    least: int
    most: int

    @property
    def pause(self) -> bool:
        return self.title_en == _BREAK

    @property
    def bounds(self) -> Bounds:
        return self.least, self.minutes, self.most

    def title(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_fr


@dataclass(frozen=True, slots=True)
class Format:
    """A way of spending time together. Texts are pairs: French, English."""

    id: str
    name_fr: str
    name_en: str
    purposes: tuple[str, str]
    group: tuple[int, int]
    """Fewest and most people, all sub-groups together."""
    steps: tuple[FormatStep, ...]
    roles: tuple[str, ...]
    materials: tuple[tuple[str, ...], tuple[str, ...]]
    online_ok: bool
    online_variants: tuple[str, str]
    source: str
    timing_basis: str
    tags: tuple[str, ...]
    """What it serves, as in ``purpose_tags``."""
    confidential: bool
    records: tuple[str, str]
    """What may be minuted."""

    @property
    def bounds(self) -> Bounds:
        """Fewest, usual and most minutes: sums over the steps."""
        return (
            sum(step.least for step in self.steps),
            sum(step.minutes for step in self.steps),
            sum(step.most for step in self.steps),
        )

    @property
    def has_pause(self) -> bool:
        return any(step.pause for step in self.steps)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_fr

    def purpose(self, language: str) -> str:
        return self.purposes[language == "en"]

    def record(self, language: str) -> str:
        """What may be written in the minutes."""
        return self.records[language == "en"]

    def online_variant(self, language: str) -> str:
        return self.online_variants[language == "en"]

    def material(self, language: str) -> tuple[str, ...]:
        return self.materials[language == "en"]


@cache
def load_formats() -> tuple[Format, ...]:
    """The formats of the package, checked once.

    Raises :class:`FormatsError` naming the format and what is wrong with it.
    """
    data = resources.files("copassist").joinpath("data")
    french = json.loads(data.joinpath("formats.json").read_text(encoding="utf-8"))
    english = json.loads(data.joinpath("formats.en.json").read_text(encoding="utf-8"))
    return parse_formats(french, english)


def parse_formats(entries: Any, english: Any) -> tuple[Format, ...]:
    """Formats from the JSON of ``formats.json`` and ``formats.en.json``, each entry checked.

    Raises :class:`FormatsError`.
    """
    if not isinstance(entries, list) or not isinstance(english, Mapping):
        raise FormatsError(format="*", problem="list, object")
    formats = tuple(_parse(entry, english) for entry in entries)
    ids = [known.id for known in formats]
    for name in ids:
        if ids.count(name) > 1:
            raise FormatsError(format=name, problem="id × 2")
    return formats


def find_format(formats: Iterable[Format], name: str) -> Format | None:
    """The format with this id, or with this name in either language, whatever its accents."""
    wanted = _folded(name)
    for known in formats:
        if wanted in (_folded(known.id), _folded(known.name_fr), _folded(known.name_en)):
            return known
    return None


def suitable(
    formats: Iterable[Format],
    people: int | None,
    minutes: int,
    mode: str | None = None,
    purpose: Collection[str] = (),
) -> tuple[Format, ...]:
    """Formats that can be held, best first.

    ``people`` must lie within the group size (``None``: unknown, any size), ``minutes`` must
    suffice for the steps at their fewest, and a screen needs ``online_ok``. With ``purpose``
    (tags), only formats that serve one of them, those that serve more first; then those whose
    usual length is nearest to ``minutes``.
    """
    fitting = [known for known in formats if fits(known, people, minutes, mode)]
    if purpose:
        fitting = [known for known in fitting if set(known.tags) & set(purpose)]

    def rank(known: Format) -> tuple[int, int, str]:
        return -len(set(known.tags) & set(purpose)), abs(known.bounds[1] - minutes), known.id

    return tuple(sorted(fitting, key=rank))


def fits(known: Format, people: int | None, minutes: int, mode: str | None = None) -> bool:
    """Whether this many people can hold ``known`` in ``minutes`` or less, in this mode."""
    least, most = known.group
    return (
        (people is None or least <= people <= most)
        and known.bounds[0] <= minutes
        and (known.online_ok or mode not in ("online", "hybrid"))
    )


def scale(known: Format, minutes: int) -> tuple[int, ...]:
    """Whole minutes for each step, within its bounds, adding up to ``minutes`` exactly.

    Raises ``ValueError`` where ``minutes`` is outside ``known.bounds``: callers look first.
    """
    return spread([step.bounds for step in known.steps], minutes)


def stretch(known: Format, minutes: int) -> tuple[int, ...]:
    """Whole minutes for each step where a person wants other ``minutes`` than the format's own:
    as :func:`scale` within its bounds, beyond them in proportion to the steps."""
    least, _, most = known.bounds
    if least <= minutes <= most:
        return scale(known, minutes)
    edges = [step.least if minutes < least else step.most for step in known.steps]
    return spread([(0, edge, edge + edge * minutes) for edge in edges], minutes)


def spread(bounds: Sequence[Bounds], total: int) -> tuple[int, ...]:
    """Share ``total`` out within ``bounds``: all move from fewest to usual, then to most.

    Each part takes the same fraction of its own room; remainders go to the largest fractions
    (Hamilton's method of apportionment), so the sum is exact. Raises ``ValueError`` where the
    total cannot be reached.
    """
    least, usual, most = (sum(bound[level] for bound in bounds) for level in range(3))
    if not least <= total <= most:
        raise ValueError(f"{total} is not within {least} and {most}")
    low, high, extra = (0, 1, total - least) if total <= usual else (1, 2, total - usual)
    rooms = [bound[high] - bound[low] for bound in bounds]
    room = sum(rooms)
    if room == 0:
        return tuple(bound[low] for bound in bounds)
    shares = [extra * one // room for one in rooms]
    remainders = [extra * one % room for one in rooms]
    order = sorted(range(len(bounds)), key=lambda index: (-remainders[index], index))
    for index in order[: extra - sum(shares)]:
        shares[index] += 1
    return tuple(bound[low] + share for bound, share in zip(bounds, shares, strict=True))


def _parse(entry: Any, english: Mapping[str, Any]) -> Format:
    name = str(entry.get("id", "?")) if isinstance(entry, Mapping) else "?"
    try:
        found = _read(entry, english[name])
    except KeyError as error:
        raise FormatsError(format=name, problem=f"{error.args[0]} ?") from error
    except (TypeError, ValueError) as error:
        raise FormatsError(format=name, problem=str(error)) from error
    for problem in _problems(found, entry):
        raise FormatsError(format=name, problem=problem)
    return found


def _read(entry: Mapping[str, Any], english: Mapping[str, Any]) -> Format:
    return Format(
        id=entry["id"],
        name_fr=entry["name_fr"],
        name_en=entry["name_en"],
        purposes=(entry["purpose_fr"], english["purpose"]),
        group=(int(entry["group_size_min"]), int(entry["group_size_max"])),
        steps=tuple(_step(step) for step in entry["steps"]),
        roles=tuple(entry["roles"]),
        materials=(tuple(entry["materials"]), tuple(english["materials"])),
        online_ok=bool(entry["online_ok"]),
        online_variants=(entry["online_variant_fr"], english["online_variant"]),
        source=entry["source"],
        timing_basis=entry["timing_basis"],
        tags=tuple(entry["purpose_tags"]),
        confidential=bool(entry["confidential_by_default"]),
        records=(entry["record_fr"], english["record"]),
    )


def _step(step: Mapping[str, Any]) -> FormatStep:
    return FormatStep(
        step["title_fr"],
        step["title_en"],
        int(step["minutes"]),
        int(step["minutes_min"]),
        int(step["minutes_max"]),
    )


def _problems(found: Format, entry: Mapping[str, Any]) -> Iterable[str]:
    least, _, most = found.bounds
    if not found.steps:
        yield "steps = []"
    for step in found.steps:
        if not 0 <= step.least <= step.minutes <= step.most:
            yield f"{step.title_fr}: {step.least} <= {step.minutes} <= {step.most} ?"
        if not (step.title_fr and step.title_en):
            yield "title_fr, title_en ?"
    for key, summed in (("total_minutes_min", least), ("total_minutes_max", most)):
        if entry[key] != summed:
            yield f"{key} = {entry[key]}, sum(steps) = {summed}"
    if not 1 <= found.group[0] <= found.group[1]:
        yield f"group_size: {found.group[0]} <= {found.group[1]} ?"
    if found.timing_basis not in TIMING_BASES:
        yield f"timing_basis = {found.timing_basis}"
    if found.confidential and not all(found.records):
        yield "record_fr ?"


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in plain if character.isalnum())
