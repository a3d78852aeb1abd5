import secrets

import pyarrow as pa
import pytest

import defenses
from defenses.conformance import example_export

MINE = {
    "aim": {"epsilon": 1, "delta": 1e-9, "columns": "age,diagnosis", "rounds": 1, "seed": 1},
    "alias": {"seed": 1},
    "bloom": {"key_env": "KEY"},
    "consent": {"column": "agreed"},
    "decoys": {"pool": pa.table({"mail": ["stranger@mail.example"]}), "seed": 1},
    "delete-afterwards": {},
    "do-not-send": {},
    "dp-histogram": {"columns": "diagnosis", "epsilon": 1, "seed": 1},
    "dp-keys": {"column": "zip", "epsilon": 1, "delta": 0.01, "seed": 1},
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
