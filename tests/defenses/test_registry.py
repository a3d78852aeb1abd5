import secrets

import pyarrow as pa
import pytest

import defenses
from defenses.conformance import example_export

MINE = {
    "alias": {"seed": 1},
    "bloom": {"key_env": "KEY"},
    "consent": {"column": "agreed"},
    "decoys": {"pool": pa.table({"mail": ["stranger@mail.example"]}), "seed": 1},
    "do-not-send": {},
    "dp-histogram": {"columns": "diagnosis", "epsilon": 1, "seed": 1},
    "dp-keys": {"column": "zip", "epsilon": 1, "delta": 0.01, "seed": 1},
    "dp-margins": {"columns": "diagnosis,age", "epsilon": 1, "seed": 1},
    "hash": {},
    "hmac": {"key_env": "KEY"},
    "minimise": {"drop": "diagnosis"},
    "minimum-size": {},
    "neutral-events": {"columns": "diagnosis"},
    "noisy-size": {"epsilon": 1, "budget": 1, "seed": 1},
    "psi-size": {},
    "randomised-response": {"column": "diagnosis", "epsilon": 1, "seed": 1},
    "rounded-size": {},
    "salt": {"salt": "platform"},
    "salt-buckets": {"on": "2018-12-31", "key_env": "KEY"},
    "subsample": {"keep": 0.5, "seed": 1},
    "truncate": {"k": 5, "population": 1000},
    "unary-encoding": {"column": "diagnosis", "epsilon": 1, "seed": 1},
    "undeduplicated-size": {},
}


@pytest.mark.parametrize("name", MINE)
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
