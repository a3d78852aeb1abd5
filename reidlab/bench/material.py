"""Whose data an experiment is about: the export, the truth, and the tables an adversary may hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from exports.randomness import Stream
from exports.release import Export, Truth
from exports.schema import Column, Role, Schema
from reidlab.bench.experiment import Material

if TYPE_CHECKING:
    import pyarrow as pa

    from defenses.defense import Defense
    from exports.release import Release
    from simulate.collection import Collection

HELD_OUT = 0.5
"""Share of a real export that no defence sees: the control."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of one seed.

    Parameters
    ----------
    export : Export
        What every defence is given.
    truth : Truth
        Its rows, and as many people who are not among them.
    tables : mapping of str to pyarrow.Table
        What adversaries may hold; an experiment names one as ``"@name"``.
    """

    export: Export
    truth: Truth
    tables: Mapping[str, pa.Table]


def fingerprint(material: Material) -> str:
    """Return a hash of the settings, and of the bytes of the files for a real export."""
    digest = hashlib.sha256(str(sorted(asdict(material).items())).encode())
    for path in (material.file, material.schema):
        if path is not None:
            with Path(path).open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def prepare(material: Material, seed: int) -> Prepared:
    """Make or read the data of one seed.

    Parameters
    ----------
    material : Material
        Which data.
    seed : int
        Seed of the simulated people, or of the rows of a real export that are held out.

    Raises
    ------
    LabError
        When a file cannot be read or does not fit its schema.
    """
    make = {"upload": _upload, "intake": _intake, "answers": _answers, "file": _file}
    return make[material.kind](material, seed)


def as_recipient(prepared: Prepared, release: Release, defense: Defense) -> Prepared:
    """Return the data with the accounts in the tokens that a platform can make of them.

    A platform follows the recipe it is told: it hashes, salts or truncates as the sender did, but
    it does not hold the sender's secret.
    """
    accounts = prepared.tables.get("accounts")
    recipe = getattr(defense, "recipient_tokens", None)
    if accounts is None or release.kind != "tokens" or recipe is None:
        return prepared
    held = Export(accounts, Schema.of(person="person_id", identifier=["email"]))
    return replace(prepared, tables={**prepared.tables, "accounts": recipe(held)})


UPLOAD = Schema.of(
    person="person_id",
    identifier=["email"],
    quasi_identifier=["zcta", "sex", "age"],
    sensitive=["sub_brand"],
)
QUASI, SENSITIVE = Role.QUASI_IDENTIFIER, Role.SENSITIVE
INTAKE = Schema(
    {
        "zcta": Column(QUASI, prefix=True),
        "sex": Column(QUASI),
        "age": Column(QUASI, intervals=(0, 18, 25, 35, 45, 55, 65, 120)),
        "relationship": Column(QUASI),
        "religion": Column(QUASI),
        "therapy_before": Column(SENSITIVE),
        "better_off_dead": Column(SENSITIVE),
    }
)


def _upload(material: Material, seed: int) -> Prepared:
    """Return addresses as the site would send them, and the accounts of one platform."""
    collected = _collection(material, seed)
    visitors, accounts = _visitors(collected)
    known = accounts.filter(accounts["facebook"]).select(["owner", "address"])
    known = known.rename_columns(["person_id", "email"])
    columns = ["person_id", *UPLOAD.columns]
    export = Export(visitors.slice(0, material.people).select(columns), UPLOAD)
    others = visitors.slice(material.people).select(columns)
    tables = {"accounts": known, "dictionary": known.select(["email"]), "register": visitors.select(columns)}
    return Prepared(export, Truth(export.table, others), tables)


def _intake(material: Material, seed: int) -> Prepared:
    """Return intake answers with what an acquaintance may know; the register is of everybody."""
    from simulate.people import simulate_people

    groups = ("core", "home", "identity", "health", "intake")
    people = simulate_people(2 * material.people, seed=seed, groups=groups).select(list(INTAKE.columns))
    export = Export(people.slice(0, material.people), INTAKE)
    return Prepared(export, Truth(export.table, people.slice(material.people)), {"population": people})


def _answers(material: Material, seed: int) -> Prepared:
    """Return intake answers alone, each with all its possible values: what a synthesis may assume."""
    import pyarrow as pa

    from simulate.people import simulate_people

    answers = _possible_answers()
    schema = Schema({name: Column(role, domain=domain) for name, (role, domain) in answers.items()})
    people = simulate_people(
        2 * material.people, seed=seed, groups=("core", "home", "identity", "health", "intake")
    )
    text = pa.table({name: people[name].cast(pa.string()) for name in answers})
    export = Export(text.slice(0, material.people), schema)
    return Prepared(export, Truth(export.table, text.slice(material.people)), {"population": text})


def _possible_answers() -> dict[str, tuple[Role, tuple[str, ...]]]:
    from simulate.households import RELATIONSHIPS
    from simulate.identity import ORIENTATIONS, RELIGIONS
    from simulate.intake import LEVELS, REASONS

    yes_no = ("false", "true")
    return {
        "sex": (QUASI, ("female", "male")),
        "relationship": (QUASI, tuple(RELATIONSHIPS)),
        "religion": (QUASI, tuple(RELIGIONS)),
        "orientation": (QUASI, tuple(ORIENTATIONS)),
        "finances": (QUASI, tuple(LEVELS)),
        "sleep": (QUASI, tuple(LEVELS)),
        "reason_1": (QUASI, tuple(REASONS)),
        "sadness": (SENSITIVE, yes_no),
        "medication": (SENSITIVE, yes_no),
        "therapy_before": (SENSITIVE, yes_no),
        "better_off_dead": (SENSITIVE, yes_no),
    }


def _file(material: Material, seed: int) -> Prepared:
    """Return a real export of which a part is held out before any defence sees it."""
    from exports.loading import load

    assert material.file is not None
    assert material.schema is not None
    schema = Schema.load(material.schema)
    whole = load(material.file, text=schema.names(Role.IDENTIFIER, Role.TOKEN))
    order = Stream(seed, "bench", "held out").permutation(whole.num_rows)
    kept = round(whole.num_rows * (1 - HELD_OUT))
    export = Export(whole.take(order[:kept]), schema)
    return Prepared(export, Truth(export.table, whole.take(order[kept:])), {"population": whole})


def _collection(material: Material, seed: int) -> Collection:
    from simulate.case import load_case
    from simulate.collection import collection
    from simulate.people import address_keys, blocks, number_addresses
    from simulate.world import load_world

    case, people = load_case(material.case), 2 * material.people
    values = {name: entry.value for name, entry in case.parameters.items()}
    draft = collection(case, load_world(), values, seed=seed, people=people)
    drafted = (address_keys(seed, *part, site=draft.site) for part in blocks(people))
    return replace(draft, numbers=dict(enumerate(number_addresses(drafted))))


def _visitors(collected: Collection) -> tuple[pa.Table, pa.Table]:
    import pyarrow as pa

    made = [collected(block) for block in collected.numbers]
    return tuple(pa.concat_tables([one[name] for one in made]) for name in ("visitors", "accounts"))
