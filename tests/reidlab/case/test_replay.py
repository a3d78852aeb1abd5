from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import simulate.execution.blocks
import simulate.replay
from exports.errors import LabError
from reidlab.case.replay import ReplayRun, run
from simulate.case import load_case

pytestmark = pytest.mark.statistical

PEOPLE = 150_000


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> ReplayRun:
    return run(
        load_case("betterhelp"), tmp_path_factory.mktemp("replay") / "out", people=PEOPLE, seed=3, swept=True
    )


def test_the_match_with_the_surveyed_reuse_is_near_the_published_one(done: ReplayRun) -> None:
    fit = done.replay.calibration
    assert fit is not None
    assert 0.53 <= fit.expected_at_surveyed <= 0.60
    assert 0.65 <= fit.address_reuse <= 0.9


def test_the_fitted_replay_meets_its_target(done: ReplayRun) -> None:
    match = done.replay.matches["facebook"]
    assert match.people == PEOPLE < match.received
    assert match.matched / match.received == pytest.approx(4 / 7, abs=0.005)


def test_every_list_is_accounted_for_and_scaled(done: ReplayRun) -> None:
    result = json.loads(json.dumps(done.to_json(), allow_nan=False))
    assert result["calibrated"]["target"] == pytest.approx(4 / 7)
    for name, transfer in done.replay.transfers.items():
        platform = result["platforms"][name]
        assert platform["people"] == round(transfer.count * PEOPLE / 7_000_000)
        told = platform["invalid"] + platform["duplicates"] + platform["matched"]
        assert platform["received"] == told + sum(platform["lost"].values())
        assert list(platform["lost"]) == ["no_account", "other_address", "typo", "normalisation"]
        assert platform["low"] <= platform["share"] <= platform["high"]


def test_what_is_written_is_what_is_told(done: ReplayRun) -> None:
    told = json.loads((done.folder / "run.json").read_text())["result"]
    for name, table in told["tables"].items():
        rows = sum(pq.ParquetFile(file).metadata.num_rows for file in (done.folder / name).glob("*.parquet"))
        assert rows == table["rows"]
    assert (done.folder / told["figure"]["file"]).read_bytes().startswith(b"\x89PNG")
    assert not (done.folder / ".partial").exists()


def test_the_sweep_covers_the_outcome_and_conditioning_narrows_it(done: ReplayRun) -> None:
    facebook = next(found for found in done.ranges if found.platform == "facebook")
    assert facebook.low < 4 / 7 < facebook.high
    assert facebook.conditioned is not None
    assert facebook.low <= facebook.conditioned[0] <= facebook.conditioned[2] <= facebook.high
    assert next(iter(facebook.drivers)) == "address_reuse"


def test_one_or_two_workers_write_the_same_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, tables = load_case("betterhelp"), []
    for workers in (1, 2):
        done = run(case, tmp_path / str(workers), people=70_000, seed=5, workers=workers)
        tables.append({name: table.sha256 for name, table in done.replay.tables.items()})
        for module in (simulate.execution.blocks, simulate.replay):
            monkeypatch.setattr(module, "BLOCKS_PER_FILE", 1)
    assert len(list((tmp_path / "2" / "visitors").iterdir())) == 2
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"people": -3}, "--people is -3 but must lie between 1 and"),
        ({"people": 10**10}, "--people is 10,000,000,000 but must lie"),
        ({"accounts": -1}, "--accounts is -1"),
        ({"workers": 0}, "--workers is 0"),
        ({"memory": 600_000_000}, "--memory is 0.6GB but 7,000,000 people need at least"),
    ],
)
def test_absurd_numbers_are_refused_with_their_bounds(
    tmp_path: Path, arguments: dict[str, int], sentence: str
) -> None:
    with pytest.raises(LabError) as caught:
        run(load_case("betterhelp"), tmp_path / "out", **arguments)
    assert sentence in str(caught.value)
    assert not (tmp_path / "out").exists()
