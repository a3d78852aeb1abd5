import pyarrow as pa
import pytest

from reidlab.bench.frontier import dominated, points, worst


def _row(defense, probe, seed, hits, base=50, of=100, role="attack", status="done", utility=None):
    return {
        "defense": defense, "family": defense, "guarantee": "none", "role": role, "probe": probe,
        "probe_settings": "{}", "seed": seed, "status": status, "attack_count": hits, "attack_of": of,
        "control_count": None, "control_of": None, "baseline_count": base, "baseline_of": of,
        "is_difference": 0,
        "advantage": None if hits is None or base == of else 1 - (1 - hits / of) / (1 - base / of),
        "utility": utility,
    }  # fmt: skip


def _table(*rows):
    return pa.Table.from_pylist(list(rows))


def test_a_point_pools_the_people_of_all_seeds():
    (point,) = points(_table(_row("hash", "match", 1, 80), _row("hash", "match", 2, 60)))
    assert point.advantage.value == pytest.approx(1 - (1 - 0.7) / 0.5)
    assert point.between_seeds == pytest.approx((0.6 - 0.2) / 2**0.5)
    assert point.seeds == 2


def test_a_cell_that_failed_is_not_a_point_and_hides_no_other():
    table = _table(_row("hash", "match", 1, 80), _row("hash", "reverse", 1, None, status="failed"))
    assert [point.attack for point in points(table)] == ["match"]


def test_the_worst_attack_is_judged_on_seeds_that_did_not_choose_it():
    rows = [_row("hash", "lucky", seed, hits) for seed, hits in ((1, 90), (2, 50), (3, 90), (4, 50))]
    rows += [_row("hash", "steady", seed, 70) for seed in (1, 2, 3, 4)]
    (found,) = worst(_table(*rows))
    assert (found.attack, found.method) == ("lucky", "holdout")
    assert found.advantage.value == pytest.approx(0.0)
    assert found.covers == ("lucky", "steady")


def test_with_one_seed_the_interval_of_the_worst_pays_for_the_choice():
    alone = worst(_table(_row("hash", "a", 1, 80)))[0]
    among = worst(_table(_row("hash", "a", 1, 80), _row("hash", "b", 1, 60)))[0]
    assert among.method == "bonferroni"
    assert among.advantage.low < alone.advantage.low


def test_a_defence_is_dominated_only_by_one_at_least_as_good_in_both():
    rows = []
    for name, hits, error in (("none", 90, 0.0), ("bad", 80, 0.5), ("good", 60, 0.4), ("dear", 55, 0.9)):
        rows += [_row(name, "match", 1, hits), _row(name, "error", 1, None, role="utility", utility=error)]
    found = points(_table(*rows))
    assert dominated(found, "error", lower_is_better=True) == {"bad": "good"}


def test_a_defence_without_an_advantage_to_tell_beats_no_other():
    rows = [_row("hash", "match", 1, 90), _row("cut", "match", 1, 90, base=100)]
    rows += [_row(name, "kept", 1, None, role="utility", utility=1.0) for name in ("hash", "cut")]
    assert dominated(points(_table(*rows)), "kept", lower_is_better=False) == {}


def test_the_advantage_of_membership_over_all_seeds_is_a_difference_of_rates():
    rows = [_row("mst", "membership", seed, 30, base=10) | {"is_difference": 1} for seed in (1, 2)]
    (point,) = points(_table(*rows))
    assert point.advantage.value == pytest.approx(0.2)


def test_adding_an_attack_is_named_among_those_that_the_worst_covers():
    rows = [_row("hash", "a", 1, 80)]
    assert worst(_table(*rows))[0].covers == ("a",)
    more = worst(_table(*rows, _row("hash", "b", 1, 90)))[0]
    assert (more.covers, more.attack, more.method) == (("a", "b"), "b", "bonferroni")
