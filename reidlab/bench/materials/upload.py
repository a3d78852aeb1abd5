"""The case's upload as the material of an experiment: addresses, and the accounts of one platform."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from exports.release import Export, Truth
from exports.schema import Schema
from reidlab.bench.experiment import Material
from reidlab.bench.materials.prepared import Prepared
from simulate.case import Case, load_case
from simulate.people.tables import address_keys, blocks, number_addresses
from simulate.upload.collection import collection
from simulate.world import load_world

UPLOAD = Schema.of(
    person="person_id",
    identifier=["email"],
    quasi_identifier=["zcta", "sex", "age"],
    sensitive=["sub_brand"],
    insensitive=["visited_on", "consent"],
)
UPLOAD = replace(UPLOAD, time="visited_on", consent="consent")


def upload(material: Material, seed: int) -> Prepared:
    """Return addresses as the site would send them, and the accounts of one platform."""
    case = load_case(material.case)
    visitors, accounts = _collected(case, 2 * material.people, seed)
    known = accounts.filter(accounts["facebook"]).select(["owner", "address"])
    known = known.rename_columns(["person_id", "email"])
    consents = _consents(visitors[f"consent_{case.purpose}_on"], case.purpose)
    visitors = visitors.append_column("consent", consents).select(["person_id", *UPLOAD.columns])
    export = Export(visitors.slice(0, material.people), UPLOAD)
    tables = {"accounts": known, "dictionary": known.select(["email"]), "register": visitors}
    return Prepared(export, Truth(export.table, visitors.slice(material.people)), tables)


def _consents(days: pa.ChunkedArray, purpose: str) -> pa.ChunkedArray:
    """Return who agreed to a purpose from which day on, as the defence ``consent`` reads it."""
    return pc.binary_join_element_wise(f"{purpose}:", pc.cast(days, pa.string()), "/", "")


def _collected(case: Case, people: int, seed: int) -> tuple[pa.Table, pa.Table]:
    values = {name: entry.value for name, entry in case.parameters.items()}
    draft = collection(case, load_world(), values, seed=seed, people=people)
    drafted = (address_keys(seed, *part, site=draft.site) for part in blocks(people))
    numbers = dict(enumerate(number_addresses(drafted)))
    collected = replace(draft, numbers=numbers, groups=(*draft.groups, "consent"))
    made = [collected(block) for block in numbers]
    visitors, accounts = (pa.concat_tables([one[name] for one in made]) for name in ("visitors", "accounts"))
    return visitors, accounts
