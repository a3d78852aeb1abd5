import io
import json
import secrets

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import defenses
from defenses.conformance import example_export
from defenses.pipeline import Pipeline
from defenses.records.mondrian import Mondrian
from defenses.records.optimal_k_anonymity import OptimalKAnonymity
from defenses.records.perturbation import Noise, Pram
from defenses.synthetic.sequential_trees import SequentialTrees
from defenses.tokens.decoys import Subsample
from defenses.tokens.hashing import Hmac
from defenses.tokens.minimisation import Minimise
from defenses.tokens.truncate import Truncate
from exports.release import Export
from exports.schema import Column, Role, Schema

MINE = {
    "aim": {"epsilon": 1, "delta": 1e-9, "columns": "age,diagnosis", "rounds": 1, "seed": 1},
    "alias": {"seed": 1},
    "bloom": {"key_env": "KEY"},
    "consent": {"column": "agreed"},
    "decoys": {"pool": pa.table({"mail": ["stranger@mail.example"]}), "seed": 1},
    "delete-afterwards": {},
    "do-not-send": {},
    "dp-histogram": {"columns": "diagnosis", "epsilon": 1, "seed": 1},
    "dp-keys": {"column": "zip", "epsilon": 1, "delta": 0.001, "seed": 1},
    "dp-margins": {"columns": "diagnosis,age", "epsilon": 1, "seed": 1},
    "gaussian-copula": {"seed": 1},
    "hash": {},
    "hmac": {"key_env": "KEY"},
    "independent-margins": {"epsilon": 1, "delta": 1e-9, "columns": "age,diagnosis", "seed": 1},
    "minimise": {"drop": "diagnosis"},
    "minimum-size": {},
    "mst": {"epsilon": 1, "delta": 1e-9, "columns": "age,diagnosis", "seed": 1},
    "neutral-events": {"columns": "diagnosis"},
    "noisy-max": {"column": "diagnosis", "epsilon": 1, "seed": 1},
    "noisy-size": {"epsilon": 1, "budget": 1, "seed": 1},
    "privbayes": {"epsilon": 1, "delta": 1e-9, "columns": "age,diagnosis", "seed": 1},
    "psi-size": {},
    "randomised-response": {"column": "diagnosis", "epsilon": 1, "seed": 1},
    "rounded-size": {},
    "salt": {"salt": "platform"},
    "salt-buckets": {"on": "2018-12-31", "key_env": "KEY"},
    "sequential-trees": {"seed": 1},
    "subsample": {"keep": 0.5, "seed": 1},
    "truncate": {"k": 5, "population": 1000},
    "unary-encoding": {"column": "diagnosis", "epsilon": 1, "seed": 1},
    "undeduplicated-size": {},
}


EXTRAS = {"aim": "synth", "mst": "synth", "psi-size": "psi"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.extra(EXTRAS[n])) if n in EXTRAS else n for n in MINE]
)
def test_defences_on_lists_counts_and_answers_keep_the_rules_of_the_bench(name, monkeypatch):
    monkeypatch.setenv("KEY", secrets.token_hex(32))
    export = None
    if name == "consent":
        from dataclasses import replace

        from exports.release import Export
        from exports.schema import Column, Role

        plain = example_export()
        columns = {**plain.schema.columns, "agreed": Column(Role.INSENSITIVE)}
        table = plain.table.append_column("agreed", pa.array([True] * plain.table.num_rows))
        export = Export(table, replace(plain.schema, columns=columns))
    defenses.check_defense(defenses.find(name)(**MINE[name]), export)


ROLES = [*Role, None]
SLOW = {"aim", "mst", "privbayes"}
CHAINS = {
    "records": [Pram(seed=1), Mondrian(k=3)],
    "synthetic": [OptimalKAnonymity(k=2, suppression=0.5), Noise(columns="income"), SequentialTrees()],
    "tokens": [Minimise("zip,income"), Subsample(0.5, seed=1), Hmac(key_env="KEY"), Truncate(5, 1000)],
}
COLUMNS = {
    "cell-key": {"columns": "age,zip", "seed": 1},
    "consent": {"column": "agreed"},
    "dp-logistic": {"target": "agreed", "columns": "age", "epsilon": 1, "delta": 1e-6, "seed": 1},
    "microaggregation": {"columns": "age,income"},
    "noise": {"columns": "age,income", "seed": 1},
    "rank-swapping": {"columns": "age,income", "seed": 1},
    "retain-less": {"on": "2018-12-31", "column": "seen"},
    "shuffling": {"columns": "diagnosis", "seed": 1},
    "small-cells": {"columns": "zip"},
    "top-bottom-coding": {"columns": "age,income", "share": 0.1},
    "undeduplicated-size": {"by": "diagnosis"},
}


def named_export(role: Role | None) -> Export:
    """Return the example with two rows per person and four per household, both of one role or of none."""
    plain = example_export()
    rows = range(plain.table.num_rows)
    table = plain.table.append_column("agreed", pa.array([row % 2 == 0 for row in rows]))
    table = table.append_column("seen", pa.array(["2018-12-01"] * len(rows)))
    more = {"agreed": Column(Role.INSENSITIVE, domain=("false", "true")), "seen": Column(Role.INSENSITIVE)}
    for name, size in {"who": 2, "home": 4}.items():
        values = pa.array([f"{name}-{row // size}" for row in rows]).dictionary_encode()
        table = table.append_column(name, values)
        if role is not None:
            more[name] = Column(role, domain=tuple(values.dictionary.to_pylist()))
    return Export(table, Schema({**plain.schema.columns, **more}, person="who", household="home"))


def told(release) -> str:
    """Return all that a recipient can read, the bytes of the Parquet file included."""
    opened = io.BytesIO()
    pq.write_table(release.rows, opened, compression="none")
    rows = json.dumps(release.rows.to_pylist(), default=str)
    manifest = json.dumps(release.manifest, default=str)
    return opened.getvalue().decode("latin-1") + rows + manifest + release.schema.to_toml()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "role"),
    [
        pytest.param(name, role, marks=[pytest.mark.extra(EXTRAS[name])] if name in EXTRAS else [])
        for name in [*defenses.available(), *CHAINS]
        for role in ([Role.INSENSITIVE] if name in SLOW else ROLES)
    ],
)
def test_nothing_leaves_that_names_a_person_whatever_the_role_of_the_column(name, role, monkeypatch):
    monkeypatch.setenv("KEY", secrets.token_hex(32))
    export = named_export(role)
    if name in CHAINS:
        defense = Pipeline(CHAINS[name])
    else:
        given = {**MINE.get(name, {}), **COLUMNS.get(name, {})}
        if name == "decoys":
            given["pool"] = export.table.slice(60)
        defense = defenses.find(name)(**given)
        defenses.check_defense(defense, export)
    release = defense.fit_transform(export)
    if release.table is None or release.kind in {"counts", "model"}:
        return
    text = told(release)
    meant = role is Role.TOKEN and release.kind in {"tokens", "events"}
    for column in ("mail", "who", "home"):
        values = export.table[column].cast(pa.string()).to_pylist()
        found = {value for value in values if f'"{value}"' in text or f"{value}\x00" in text}
        assert not found or (meant and column != "mail")
    if release.kind == "records":
        mine = export.table["who"].cast(pa.string()).take(pa.array(release.owner)).to_pylist()
        pairs = set(zip(mine, release.rows["who"].to_pylist(), strict=True))
        steps = release.manifest.get("steps", [release.manifest])
        anew = any("anew in every class" in step.get("person", "") for step in steps)
        known = [release.rows[column].to_pylist() for column in release.schema.quasi_identifiers if anew]
        assert len(pairs) == len({label for _, label in pairs})
        assert len(pairs) == len(set(zip(mine, *known, strict=True)))
