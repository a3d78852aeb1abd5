"""Nothing that can be seen of a private release depends on one person but through its noise."""

from __future__ import annotations

import hashlib
import json
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import defenses
from defenses import DpHistogram, DpKeys, IndependentMargins, NoisyMax, NoisySize, PsiSize
from defenses.dp.accountant import Step, composed_epsilon
from defenses.dp.noise import Gaussian, Laplace, discrete_laplace
from defenses.dp.selection import noisy_max
from exports import Column, Condition, CountQuery, Export, Role, Schema, Stream
from exports.errors import LabError
from exports.queries import Withheld
from reidlab.audits.canaries import pairs
from reidlab.audits.registered import SET_UPS
from reidlab.audits.whole_release import seen
from reidlab.releases.defend import defend_file

YESNO = Column(Role.SENSITIVE, domain=("no", "yes"))
QUICK = [name for name in SET_UPS if name not in {"aim", "mst"}]


@pytest.mark.parametrize("name", QUICK)
def test_one_person_more_changes_nothing_but_noisy_values(name):
    made = SET_UPS[name]
    neighbours = made.options.get("neighbours", "add-remove")
    for pair in pairs(made.schema, neighbours, 1):
        there, away = (seen(made.maker(1), one, pair) for one in (pair.there, pair.away))
        said = [
            {key: value for key, value in one.facts.items() if not key.startswith("refusal")}
            for one in (there, away)
        ]
        assert said[0] == said[1], (name, pair.name)
        assert said[0]["exception"] == ""
        exact = ("manifest.rows", "manifest.suppressed")
        assert not [key for key in there.numbers if key.startswith(exact)], name


SEVEN = ["18", "19", "20"] * 30
STRANGE = {"half": "18.5", "word": "unknown", "missing": "", "huge": "1" * 40, "zeros": "0018"}
SETTINGS = {
    "dp-histogram": ["columns=age", "epsilon=1"],
    "noisy-max": ["column=age", "epsilon=1"],
    "noisy-size": ["by=age", "epsilon=1", "budget=9"],
    "independent-margins": ["epsilon=1", "delta=1e-6"],
    "dp-margins": ["columns=age,smoker", "epsilon=1"],
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("declared", ["bounds=[18,20]", "intervals=[18,19,20]", 'domain=["18","19.0","20"]'])
def test_the_files_of_a_release_are_alike_whatever_one_more_person_says(name, declared, tmp_path):
    smoker = '[columns.smoker]\nrole="sensitive"\ndomain=["Yes","No"]\n'
    (tmp_path / "s.toml").write_text(f'[columns.age]\nrole="quasi_identifier"\n{declared}\n{smoker}')
    told = {}
    for case, more in {"usual": None, "alone": None, "none": None, **STRANGE}.items():
        rows = {"alone": ["18"], "none": []}.get(case, SEVEN + ([] if more is None else [more]))
        lines = ["age,smoker", *(f"{age},Yes" for age in rows)]
        (tmp_path / f"{case}.csv").write_text("\n".join(lines) + "\n")
        out = tmp_path / f"o-{case}" / "o.parquet"
        out.parent.mkdir()
        done = defend_file(
            name,
            str(tmp_path / f"{case}.csv"),
            out,
            schema=tmp_path / "s.toml",
            settings=[*SETTINGS[name], "seed=1"],
        )
        manifest = json.loads(Path(f"{out}.manifest.json").read_text())
        # The digest of the noisy values tells what they tell, and nothing beyond the file it names.
        assert manifest["files"].pop(out.name) == hashlib.sha256(out.read_bytes()).hexdigest()
        kinds = pq.read_schema(out).remove_metadata()
        told[case] = (done["rows_in"], manifest, str(kinds), Path(f"{out}.schema.toml").read_text())
    assert all(one == told["usual"] for one in told.values())


def persons() -> pa.Table:
    families = ["f0"] * 200 + [f"f{row}" for row in range(1, 201)]
    return pa.table(
        {"who": [f"p{row}" for row in range(400)], "fam": families, "a": ["yes"] * 300 + ["no"] * 100}
    )


def test_one_person_columns_answer_is_never_anothers():
    columns = {"who": Column(Role.IDENTIFIER), "fam": Column(Role.IDENTIFIER), "a": YESNO}
    defense = DpHistogram("a", epsilon=50, seed=1)
    counts = [
        defense.transform(Export(persons(), Schema(columns, person=person))).rows["count"].to_pylist()
        for person in ("who", "fam", None)
    ]
    assert counts == [[100, 300], [100, 101], [100, 300]]


def test_edges_neighbours_and_bounds_tell_questions_apart():
    table = pa.table({"a": [1234567] * 60 + [1234568] * 40 + [1234569] * 5})
    defense = DpHistogram("a", epsilon=50, seed=1)
    found = []
    for low in (1234567, 1234568):
        column = Column(Role.QUASI_IDENTIFIER, intervals=(low, low + 1, low + 2))
        found.append(defense.transform(Export(table, Schema({"a": column}))).rows)
    assert [one["count"].to_pylist() for one in found] == [[60, 45], [40, 5]]
    assert len({name for one in found for name in one["a"].to_pylist()}) == 4
    two = Export(pa.table({"a": ["yes", "no"] * 200, "b": ["no"] * 400}), Schema({"a": YESNO, "b": YESNO}))
    margins = IndependentMargins(1, "1e-6", seed=1)
    first = margins.transform(two).rows
    margins.set_params(neighbours="replace")
    assert margins.transform(two).rows != first


def shuffled(number: int) -> pa.Table:
    ages = [18 + row % 3 for row in range(501)]
    random.Random(number).shuffle(ages)
    return pa.table({"age": ages})


@pytest.mark.parametrize("change", ["order", "rows", "columns", "types"])
def test_every_version_of_a_data_set_is_charged_to_its_name(change, tmp_path):
    answered = 0
    for number in range(12):
        table, columns = shuffled(0), {"age": Column(Role.QUASI_IDENTIFIER, bounds=(18, 20))}
        if change == "order":
            table = shuffled(number)
        elif change == "rows":
            table = table.slice(number)
        elif change == "columns":
            table = table.append_column("other", [[number] * 501])
            columns["other"] = Column(Role.INSENSITIVE)
        elif number % 2:
            table = table.cast(pa.schema([("age", pa.int32() if number % 4 == 1 else pa.string())]))
        made = DpHistogram("age", "0.1", ledger=tmp_path / "l", dataset="intake", budget="0.3", seed=1)
        with suppress(Withheld):
            made.transform(Export(table, Schema(columns)))
            answered += 1
    assert answered == 3 if change != "types" else answered == 12


def test_eight_threads_never_spend_a_budget_twice():
    export = Export(pa.table({"x": list(range(20_000))}), Schema({"x": Column(Role.QUASI_IDENTIFIER)}))
    for seed in range(3):
        ask = NoisySize(epsilon=1, budget=1, seed=seed).transform(export).ask

        def asked(value, ask=ask):
            try:
                return ask(CountQuery((Condition("x", [value]),)))
            except LabError:
                return None

        with ThreadPoolExecutor(8) as pool:
            assert sum(one is not None for one in pool.map(asked, range(8))) == 1
    histogram = DpHistogram("a", epsilon=1, budget=1, seed=1)
    same = Export(persons().select(["a"]), Schema({"a": YESNO}))
    with ThreadPoolExecutor(8) as pool:
        tables = [one.rows["count"].to_pylist() for one in pool.map(histogram.transform, [same] * 8)]
    assert all(one == tables[0] for one in tables)


@pytest.mark.parametrize("epsilon", [1.0986122886681098, "0.69314718055994530941", 1 / 3, 2**0.5, "1e-5", 1])
def test_a_choice_is_never_made_against_overwhelming_counts(epsilon):
    scores = np.array([0, 100, 60_000_000])
    for seed in range(20):
        assert noisy_max(scores, Fraction(str(epsilon)), Stream(seed, "defence", "max")) == 2


@pytest.mark.parametrize("epsilon", [0.006931471805599453, 0.0010986122886681098, "1/300", "0." + "3" * 400])
def test_seeded_noise_has_the_tails_of_its_distribution_for_every_epsilon(epsilon):
    noise = Laplace(1 / Fraction(epsilon if isinstance(epsilon, str) else str(epsilon)))
    drawn = np.abs(discrete_laplace(Stream(1, "defence", "tails"), 100_000, noise.scale))
    for scales in (1, 3, 6, 8):
        least, ratio = int(scales * noise.scale) + 1, np.exp(-1 / float(noise.scale))
        expected = 200_000 * ratio**least / (1 + ratio)
        assert abs((drawn >= least).sum() - expected) < 6 * np.sqrt(expected) + 3
    assert noise.scale >= 1 / Fraction(epsilon if isinstance(epsilon, str) else str(epsilon))


@pytest.mark.parametrize("epsilon", ["1e999999999", "1" * 400, "1e-400", "nan", "0.0", "-1", ""])
def test_an_epsilon_out_of_reach_is_one_sentence(epsilon):
    export = Export(pa.table({"a": ["yes"]}), Schema({"a": YESNO}))
    for made in (DpHistogram("a", epsilon, seed=1), NoisyMax("a", epsilon, seed=1)):
        if epsilon == "1e-400" and isinstance(made, NoisyMax):
            continue
        with pytest.raises(LabError) as refusal:
            made.transform(export)
        assert str(refusal.value).count(". ") == 0


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ([1.0, 2.0, 2.5], Column(Role.SENSITIVE, domain=("1.0", "2.0", "2.5"))),
        ([True, False, True], Column(Role.SENSITIVE, domain=("True", "False"))),
        (pa.array(["1", "2", "1"]).cast(pa.decimal128(38, 2)), Column(Role.SENSITIVE, bounds=(1, 2))),
    ],
)
def test_a_declared_value_counts_however_it_is_spelled(cells, column):
    release = DpHistogram("x", 50, seed=1).transform(Export(pa.table({"x": cells}), Schema({"x": column})))
    assert sum(release.rows["count"].to_pylist()) == 3


@pytest.mark.extra("dp")
@pytest.mark.parametrize(("sigma", "least"), [("1/2", 26.652), ("3/4", 15.814), ("1", 10.940)])
def test_narrow_gaussian_noise_is_never_cheaper_than_four_cells_moved_by_one(sigma, least):
    assert composed_epsilon([Step(Gaussian(Fraction(sigma)), sensitivity=2)], 1e-6) >= least
    assert composed_epsilon([Step(Gaussian(Fraction(4)), sensitivity=3**0.5)], 1e-6) > 0


def test_replacing_moves_counts_by_the_root_of_two():
    export = Export(pa.table({"a": ["yes", "no"]}), Schema({"a": YESNO}))
    notes = {
        relation: DpHistogram("a", 1, delta="1e-6", mechanism="gaussian", neighbours=relation, seed=1)
        .transform(export)
        .guarantee.promises["rho"]
        for relation in ("add-remove", "replace")
    }
    assert notes["replace"] == pytest.approx(notes["add-remove"], rel=1e-2)


def test_a_noisy_oracle_refuses_on_schema_and_question_alone():
    table = pa.table({"visits": [1, 2, 3], "mail": ["a", "b", "c"]})
    schema = Schema({"visits": Column(Role.QUASI_IDENTIFIER), "mail": Column(Role.IDENTIFIER)})
    ask = NoisySize(epsilon=50, budget=400, seed=1).transform(Export(table, schema)).ask
    assert [ask(CountQuery((Condition("visits", [one]),))) for one in (True, 1, "1", "x")] == [0, 1, 1, 0]
    with pytest.raises(LabError, match="which the schema does not"):
        ask(CountQuery((Condition("absent", [1]),)))
    many = Export(pa.table({"mail": [str(row) for row in range(200_001)]}), Schema.of(identifier=["mail"]))
    noisy = PsiSize(epsilon=50, budget=50, seed=1).transform(many).ask
    assert noisy(CountQuery((Condition("mail", ["7", "nobody"]),))) == 1


def test_a_large_delta_is_warned_about():
    export = Export(pa.table({"x": ["a"] * 9}), Schema({"x": Column(Role.SENSITIVE)}))
    with pytest.warns(UserWarning, match="delta is 0.5"):
        DpKeys("x", 1, "0.5", seed=1).transform(export)


def test_every_private_defence_is_held_to_these_laws():
    claiming = {name for name in defenses.BUILT_IN if "budget" in defenses.find(name)._get_param_names()}
    assert claiming - {one.defence for one in SET_UPS.values()} == {"psi-size"}
