import base64
import hashlib
import hmac
import secrets
from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import defenses
from defenses.events.neutral_events import NeutralEvents
from defenses.tokens.alias import Alias
from defenses.tokens.bloom import Bloom
from defenses.tokens.consent import Consent
from defenses.tokens.decoys import Decoys, Subsample, posterior
from defenses.tokens.hashing import Hash, Hmac, Salt
from defenses.tokens.minimisation import DoNotSend, Minimise
from defenses.tokens.salt_buckets import SaltBuckets
from defenses.tokens.truncate import Truncate, bucket_bits
from exports.errors import LabError
from exports.release import Export
from exports.schema import Role, Schema

ODD = 'the "mail", of. people'
SCHEMA = Schema.of(identifier=[ODD], sensitive=["in therapy"], insensitive=["agreed"])
CLIENTS = 400


def people(count, start=0):
    return pa.table(
        {
            ODD: [f"p{number}@mail.example" for number in range(start, start + count)],
            "in therapy": ["yes", "no"] * (count // 2),
            "agreed": [True, False] * (count // 2),
        }
    )


@pytest.fixture
def export():
    return Export(people(CLIENTS), SCHEMA)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("KEY", secrets.token_hex(32))


def plain_tokens(export):
    return {hashlib.sha256(mail.encode()).hexdigest() for mail in export.table[ODD].to_pylist()}


PUBLIC = [Hash(), Salt("platform"), Truncate(5, 10_000), Bloom()]
SECRET = [Hmac(key_env="KEY"), Bloom(key_env="KEY")]
OPERATED = SaltBuckets("2018-12-31", key_env="KEY")
FILTERS = [
    DoNotSend(),
    Minimise(["in therapy"]),
    Consent(column="agreed"),
    Subsample(0.5, seed=1),
    Decoys(people(1000), rate=0.2, keep=0.8, seed=1),
    Alias(0.5, seed=1),
]


@pytest.mark.parametrize(
    "defense", [*PUBLIC, *SECRET, OPERATED, *FILTERS], ids=lambda defense: repr(defense)[:40]
)
def test_every_upload_list_is_tokens_of_known_owners(defense, export):
    release = defense.transform(export)
    column = next(iter(release.schema.names(Role.TOKEN)))
    assert release.kind == "tokens"
    assert len(release.owner) == release.rows.num_rows
    assert not release.schema.names(Role.IDENTIFIER)
    tokens = release.rows[column].to_pylist()
    assert not any("@" in token for token in tokens)
    assert defenses.find(defense.name) is type(defense)
    release.as_export()


@pytest.mark.parametrize("defense", PUBLIC, ids=lambda defense: defense.name)
def test_a_public_recipe_lets_the_recipient_match_everybody(defense, export):
    assert defense.transform(export).rows == defense.recipient_tokens(export)


@pytest.mark.parametrize("defense", SECRET, ids=lambda defense: defense.name)
def test_a_secret_recipe_lets_the_recipient_match_nobody(defense, export):
    column = defense.transform(export).schema.names(Role.TOKEN)[0]
    sent = set(defense.transform(export).rows[column].to_pylist())
    assert not sent & set(defense.recipient_tokens(export)[column].to_pylist())


def test_an_operator_lets_every_participant_match_and_nobody_else(export, monkeypatch):
    sent = set(OPERATED.transform(export).rows[ODD].to_pylist())
    assert sent == set(OPERATED.recipient_tokens(export)[ODD].to_pylist())
    monkeypatch.setenv("KEY", secrets.token_hex(32))
    assert not sent & set(OPERATED.recipient_tokens(export)[ODD].to_pylist())


@pytest.mark.parametrize("defense", FILTERS, ids=lambda defense: defense.name)
def test_a_filter_leaves_plain_hashes_of_the_owners_it_names(defense, export):
    release = defense.transform(export)
    known = export.table[ODD].to_pylist()
    for token, owner in zip(release.rows[ODD].to_pylist(), release.owner, strict=True):
        if owner >= 0 and defense.name != "alias":
            assert token == hashlib.sha256(known[owner].encode()).hexdigest()
        if owner < 0:
            assert token not in plain_tokens(export)


def test_tokens_are_not_hashed_again(export):
    once = Hash().transform(export).as_export()
    assert Hash().transform(once).rows == once.table
    assert Subsample(1.0).transform(once).rows == once.table


@given(st.integers(2, 100), st.integers(200, 10**10))
def test_the_expected_bucket_is_the_smallest_power_of_two_that_is_large_enough(k, population):
    bits = bucket_bits(k, population)
    assert population / 2**bits >= k > population / 2 ** (bits + 1)


def test_truncated_tokens_are_the_first_bits_and_buckets_fill_as_expected():
    export = Export(people(20_000), SCHEMA)
    release = Truncate(k=10, population=20_000).transform(export)
    bits = release.manifest["bits"]
    expected = [
        format(int(hashlib.sha256(mail.encode()).hexdigest(), 16) >> (256 - bits), "03x")
        for mail in export.table[ODD].to_pylist()
    ]
    assert release.rows[ODD].to_pylist() == expected
    sizes = Counter(expected).values()
    assert abs(np.mean(list(sizes)) - release.manifest["expected_bucket"]) < 1


@pytest.mark.parametrize("k", [0, 1, 6000])
def test_a_bucket_that_cannot_be_is_refused(k, export):
    with pytest.raises(LabError, match="must lie between 2"):
        Truncate(k, 10_000).transform(export)


def test_salt_buckets_follow_the_steps_of_the_operator(export, monkeypatch):
    secret = b"0123456789abcdef" + secrets.token_hex(32).encode()
    monkeypatch.setenv("KEY", secret.decode())
    tokens = SaltBuckets("2018-12-31", key_env="KEY", buckets=1000).transform(export).rows[ODD].to_pylist()
    day = date(2018, 12, 31).toordinal()
    for mail, token in zip(export.table[ODD].to_pylist(), tokens, strict=True):
        zeroth = base64.b64encode(hashlib.sha256(mail.encode()).digest())
        first = hashlib.sha256(zeroth + secret.hex().encode()).digest()
        bucket = int.from_bytes(first[:4], "big") % 1000
        period = (day + bucket * 365 // 1000) // 365
        salt = hmac.digest(secret, f"{bucket}/{period}".encode(), "sha256").hex()
        wanted = hashlib.sha256(base64.b64encode(first) + salt.encode()).digest()
        assert token == base64.b64encode(wanted).decode()


def test_within_a_year_every_bucket_rotates_once(export):
    days = ["2018-01-01", "2018-07-01", "2018-12-31", "2019-01-01"]
    lists = [
        SaltBuckets(day, key_env="KEY", buckets=50).transform(export).rows[ODD].to_pylist() for day in days
    ]
    same = [sum(a == b for a, b in zip(lists[0], other, strict=True)) for other in lists]
    assert same[0] == CLIENTS
    assert 0.3 < same[1] / CLIENTS < 0.7
    assert same[2] < 0.1 * CLIENTS
    assert same[3] == 0


CONSENTS = [
    ("advertising:2018-01-02/2019-06-30;research:2017-05-01/", True),
    ("research:2017-05-01/; advertising:2018-12-31/", True),
    ("advertising:2018-01-02/2018-12-31", True),
    ("advertising:2018-01-02/2018-12-30", False),
    ("advertising:2019-01-01/", False),
    ("research:2017-05-01/", False),
    ("not advertising", False),
    ("", False),
    (None, False),
]


def test_consent_is_for_a_purpose_and_between_two_days():
    texts, agreed = zip(*CONSENTS, strict=True)
    table = pa.table({"mail": [f"p{i}@mail.example" for i in range(len(texts))], "agreed": list(texts)})
    export = Export(table, Schema.of(identifier=["mail"], insensitive=["agreed"]))
    release = Consent("advertising", "2018-12-31", "agreed").transform(export)
    assert release.owner.tolist() == [row for row, yes in enumerate(agreed) if yes]


def test_consent_that_cannot_be_read_is_refused(export):
    for options, sentence in (
        ({"column": "absent"}, "no column of consents"),
        ({"column": "agreed", "purpose": "advertising", "on": "2018-12-31"}, "of type bool"),
        ({"column": "in therapy", "purpose": "advertising", "on": "31.12.2018"}, "must be a day"),
        ({"column": "in therapy"}, "of type string"),
    ):
        with pytest.raises(LabError, match=sentence):
            Consent(**options).transform(export)


def test_nothing_is_sent_of_what_is_dropped(export):
    release = Minimise("in therapy").transform(export)
    assert release.rows.column_names == [ODD, "agreed"]
    assert set(release.schema.columns) == {ODD, "agreed"}
    assert NeutralEvents("in therapy").transform(export).rows["in therapy"].unique().to_pylist() == ["event"]
    assert DoNotSend().transform(export).rows.num_rows == 0
    for refused in (Minimise("absent"), NeutralEvents("absent")):
        with pytest.raises(LabError, match="no column 'absent'"):
            refused.transform(export)


def test_the_list_leaves_exactly_the_posterior_that_is_stated():
    population = people(20_000).select([ODD])
    export = Export(population.slice(0, 4000), Schema.of(identifier=[ODD]))
    keep, rate, prior = 0.7, 0.1, 0.2
    release = Decoys(population, rate=rate, keep=keep, seed=5).transform(export)
    clients_on = int((release.owner >= 0).sum())
    on, off = posterior(prior, keep, rate)
    listed = release.rows.num_rows
    assert abs(clients_on / listed - on) < 5 * (on * (1 - on) / listed) ** 0.5
    unlisted = 20_000 - listed
    assert abs((4000 - clients_on) / unlisted - off) < 5 * (off * (1 - off) / unlisted) ** 0.5
    assert release.guarantee.promises["epsilon"] == pytest.approx(np.log(7))
    odds = [on / (1 - on) / (prior / (1 - prior)), (prior / (1 - prior)) / (off / (1 - off))]
    assert max(odds) == pytest.approx(np.exp(release.guarantee.promises["epsilon"]))
    assert release.guarantee.neighbours == "add-remove"


def test_decoys_promise_nothing_beside_columns_that_tell_a_client_from_a_stranger():
    population = people(1000).select([ODD])
    phones = [f"+1 617 0{row:06}" for row in range(1000)]
    told = population.append_column("phone", [phones])
    identifiers = Schema.of(identifier=[ODD, "phone"])
    agreed = Decoys(told, rate=0.25, keep=0.75, seed=1)
    assert agreed.transform(Export(told.slice(0, 100), identifiers)).guarantee.promises
    others = population.append_column("phone", [phones[::-1]])
    unlike = Decoys(others, rate=0.25, keep=0.75, seed=1)
    assert repr(unlike.transform(Export(told.slice(0, 100), identifiers)).guarantee) == "none"
    spent = population.append_column("value", [list(range(1000))]).slice(0, 100)
    own = Export(spent, Schema.of(identifier=[ODD], insensitive=["value"]))
    assert repr(Decoys(population, rate=0.25, keep=0.75, seed=1).transform(own).guarantee) == "none"


@pytest.mark.parametrize(
    "decoys",
    [
        Decoys(people(200, start=10_000), rate=0.5, keep=0.5, seed=1),
        Decoys(people(1000), rate=0.5, keep=1.0, seed=1),
        Decoys(people(1000), rate=0.0, keep=0.5, seed=1),
    ],
    ids=["clients outside the pool", "every client is listed", "no stranger is listed"],
)
def test_decoys_promise_nothing_where_one_answer_is_certain(decoys, export):
    assert repr(decoys.transform(export).guarantee) == "none"


def test_decoys_without_randomness_given_differ_each_time(export):
    lists = [Decoys(people(1000), rate=0.5).transform(export) for _ in range(2)]
    assert lists[0].rows != lists[1].rows
    assert lists[0].private
    with pytest.raises(LabError, match="pool"):
        Decoys().transform(export)
    with pytest.raises(LabError, match=r"keep is 1\.5"):
        Subsample(1.5).transform(export)


def test_an_alias_hides_its_share_and_is_another_at_another_site(export):
    half = Alias(0.5, seed=1).transform(export)
    hidden = sum(token not in plain_tokens(export) for token in half.rows[ODD].to_pylist())
    assert abs(hidden / CLIENTS - 0.5) < 0.15
    assert (
        Alias(1.0, site="a", seed=1).transform(export).rows
        != Alias(1.0, site="b", seed=1).transform(export).rows
    )
    assert Alias(0.0).transform(export).rows == Alias().recipient_tokens(export)


@pytest.mark.parametrize(
    "defense",
    [Hash(), Salt("a"), SaltBuckets("2018-12-31", key_env="KEY"), Truncate(5, 1000), Bloom(), Alias(seed=1)],
    ids=lambda one: one.name,
)
def test_a_recipient_still_knows_whose_accounts_its_own_are(defense, monkeypatch):
    monkeypatch.setenv("KEY", secrets.token_hex(32))
    table = pa.table({"client": ["c-1", "c-2"], "email": ["ann@mail.example", "bob@mail.example"]})
    export = Export(table, Schema.of(person="client", identifier=["email"]))
    assert defense.recipient_tokens(export)["client"].to_pylist() == ["c-1", "c-2"]
    assert defense.transform(export).rows["client"].to_pylist() == ["client 0", "client 1"]
