"""The table of names of people, derived from the locales of Faker (MIT).

Run: ``python -m exports.columns.recognisers.derive`` writes the file that `exports.columns.recognisers.persons`
reads; the lists are those of Faker 40.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from exports.columns.names.words import folded
from exports.columns.recognisers.persons import TABLE

if TYPE_CHECKING:
    import pyarrow as pa

DEPRECATED = frozenset({"fr_QC"})
"""Locales that Faker warns of."""

_LISTS = re.compile(r"(?:first|last)_\w*(?:names|pairs)|\w*last_names")
"""Attributes of a locale that hold names."""

_EAST_ASIA = "\u2e80"
"""Character from which a single one is a name."""


def derived() -> pa.Table:
    """Return every name in lower case, with a bit for each locale in which it is a given name or a surname."""
    import faker.providers.person as people
    import pyarrow as pa

    found: dict[str, list[int]] = {}
    modules = sorted(one.name for one in pkgutil.iter_modules(people.__path__) if one.name not in DEPRECATED)
    for place, module in enumerate(modules):
        provider = import_module(f"faker.providers.person.{module}").Provider
        for side, stem in enumerate(("first", "last")):
            for name in _listed(provider, stem):
                found.setdefault(name, [0, 0])[side] |= 1 << place
    names = sorted(found)
    columns: dict[str, pa.Array] = {"name": pa.array(names, pa.string())}
    for side, what in enumerate(("given", "family")):
        for lane in range(2):
            bits = [found[name][side] >> (64 * lane) & (2**64 - 1) for name in names]
            columns[f"{what}_{lane}"] = pa.array(np.array(bits, np.uint64))
    return pa.table(columns)


def _listed(provider: type, stem: str) -> Iterable[str]:
    """Return the names of one kind of a locale, with and without their accents."""
    names: set[str] = set()
    for attribute in dir(provider):
        if not _LISTS.match(attribute) or stem not in attribute:
            continue
        listed = getattr(provider, attribute)
        if attribute.endswith("_pairs"):
            names.update(name for pair in listed for name in pair)
        elif isinstance(listed, dict | list | tuple | set):
            names.update(listed)
            if attribute.endswith("without_suffix"):
                names.update(f"{name}{ending}" for name in listed for ending in ("son", "dóttir"))
    lower = {name.lower().replace("-", " ").strip() for name in names}
    lower |= {part for name in lower if " " in name for part in name.split() if len(part) > 3}
    lower |= {folded(name) for name in lower if not name.isascii() and name < _EAST_ASIA}
    return {name for name in lower if len(name) > 1 or name >= _EAST_ASIA}


def main() -> None:
    """Write the file."""
    import pyarrow.parquet as pq

    pq.write_table(derived(), TABLE, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
