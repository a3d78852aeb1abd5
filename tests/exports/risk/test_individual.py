import numpy as np
import pandas as pd
import pytest

from exports.risk.individual import individual_risk


@pytest.mark.parametrize(
    ("table", "oracle", "keys", "weight", "risk"),
    [
        (
            "sdcmicro_testdata.csv.gz",
            "testdata_7keys_individual_risk.csv",
            ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"],
            "sampling_weight",
            "risk",
        ),
        ("sdcmicro_francdat.csv", "francdat_fk_Fk_rk.csv", ["Key1", "Key2", "Key3", "Key4"], "w", "rk"),
    ],
)
def test_individual_risks_equal_those_of_sdcmicro(shared, table, oracle, keys, weight, risk):
    survey = pd.read_csv(shared / "data/microdata" / table)
    wanted = pd.read_csv(shared / "data/oracles" / oracle)
    groups = survey.groupby(keys)[weight]
    found = individual_risk(groups.transform("size").to_numpy(float), groups.transform("sum").to_numpy(float))
    np.testing.assert_allclose(found, wanted[risk], rtol=1e-12)


def test_a_row_that_stands_for_itself_alone_is_found_for_certain():
    assert individual_risk(np.array([1.0, 2.0]), np.array([1.0, 2.0])).tolist() == [1.0, 0.5]
