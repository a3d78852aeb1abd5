import pytest

import attacks
import defenses
from reidlab.bench.experiment_file import load
from reidlab.bench.shipped import shipped

SMALL = {path.stem: load(path) for path in shipped()}


def _names(experiment):
    return {part.name for part in experiment.defenses}


@pytest.mark.parametrize(("experiment", "kind"), [("upload", "tokens"), ("intake", "records")])
def test_every_defence_of_its_kind_stands_in_the_experiment(experiment, kind):
    of_kind = {name for name in defenses.BUILT_IN if getattr(defenses.find(name), "produces", None) == kind}
    assert of_kind <= _names(SMALL[experiment])


def test_every_question_of_the_case_has_its_experiment():
    assert set(SMALL) == {
        "audience", "composition", "counts", "intake", "remedies", "synthetic", "upload"
    }  # fmt: skip
    epsilons = [part.settings["epsilon"] for part in SMALL["counts"].defenses if "epsilon" in part.settings]
    assert (min(epsilons), max(epsilons)) == (0.1, 10.0)
    assert {"minimum-size", "rounded-size", "noisy-size"} <= _names(SMALL["audience"])
    assert {"do-not-send", "delete-afterwards", "retain-less", "consent"} <= _names(SMALL["remedies"])


def test_the_small_suite_trains_no_shadow_models_and_fits_mst_at_most_six_times():
    fits = 0
    for experiment in SMALL.values():
        probed = [attacks.find(part.name) for part in experiment.attacks]
        assert not any("retrain" in attack.needs for attack in probed)
        twice = any("@again" in part.settings.values() for part in experiment.attacks)
        for part in experiment.defenses:
            fits += (part.name in {"mst", "aim"}) * len(experiment.seeds) * (1 + twice)
    assert fits <= 6


@pytest.mark.parametrize("name", SMALL)
def test_every_experiment_has_a_status_quo_and_a_larger_size(name):
    (path,) = (path for path in shipped() if path.stem == name)
    full = load(path, full=True)
    assert full.status_quo in {part.family for part in full.defenses}
    assert full.material.people > SMALL[name].material.people
    assert len(full.seeds) > len(SMALL[name].seeds)
