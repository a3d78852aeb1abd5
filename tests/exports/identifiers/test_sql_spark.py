"""The same expressions on Spark: the tricky values become what the Python rules make of them."""

import os
import sys

import pyarrow as pa
import pytest

from exports.engines.texts import SPARK_TEXTS
from exports.identifiers import PROFILES, Rejected
from exports.identifiers.sql import digest_sql, normalise_sql

pytestmark = [pytest.mark.extra("spark"), pytest.mark.slow]

QUIET = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[1]").appName("reidlab-tests")
    for key, value in {**QUIET, "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark"))}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    yield spark
    spark.stop()


def made(rule, value, part):
    try:
        return None if value is None else getattr(rule.apply(value), part)
    except Rejected:
        return None


def test_tricky_values_become_the_same_on_spark_for_every_rule(session, tricky):
    given = pa.table({"i": range(len(tricky)), "x": pa.array(tricky, pa.string())})
    session.createDataFrame(given).createOrReplaceTempView("given")
    kinds = ("email", "phone", "gender", "state")
    rules = {rule.steps: rule for p in PROFILES for kind, rule in p.rules.items() if kind in kinds}
    wrong = []
    for rule in rules.values():
        for write, part in ((normalise_sql, "normalised"), (digest_sql, "digest")):
            query = f"select {write(rule, 'x', SPARK_TEXTS)} as y from given order by i"
            found = session.sql(query).toArrow()["y"].to_pylist()
            wanted = [made(rule, value, part) for value in tricky]
            wrong += [(v, f, w) for v, f, w in zip(tricky, found, wanted, strict=True) if f != w]
    assert wrong == []
