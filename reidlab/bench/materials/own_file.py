"""Somebody's own export as the material of an experiment."""

from __future__ import annotations

from exports.randomness import Stream
from exports.reading.loading import load_export
from exports.release import Export, Truth
from exports.schema import Schema
from reidlab.bench.experiment import Material
from reidlab.bench.materials.prepared import Prepared

HELD_OUT = 0.5
"""Share of a real export that no defence sees: the control."""


def own_file(material: Material, seed: int) -> Prepared:
    """Return a real export of which a part is held out before any defence sees it."""
    assert material.file is not None
    assert material.schema is not None
    schema = Schema.load(material.schema)
    found, _ = load_export(material.file, schema)
    whole, schema = found.table, found.schema
    order = Stream(seed, "bench", "held out").permutation(whole.num_rows)
    kept = round(whole.num_rows * (1 - HELD_OUT))
    export = Export(whole.take(order[:kept]), schema)
    return Prepared(export, Truth(export.table, whole.take(order[kept:])), {"population": whole})
