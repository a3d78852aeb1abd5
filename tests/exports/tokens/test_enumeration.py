import pyarrow as pa
import pytest

from exports.identifiers.digests import hashed
from exports.tokens.enumeration import SPACES, Space, enumerate_spaces
from exports.tokens.forms import FORMS, UNKNOWN

SHA256, BASE64 = FORMS[2], FORMS[6]
BY_NAME = {space.name.split()[0]: space for space in SPACES}


def spaces(tokens, name, budget=1_000_000, form=SHA256):
    return enumerate_spaces(pa.array(tokens), form, budget, [BY_NAME[name]])[0]


@pytest.mark.parametrize(
    ("space", "texts"),
    [
        ("dates", ["19000101", "2029-12-31", "02/29/1984", "29.02.1984", "840229"]),
        ("numbers", ["0", "7", "07", "02139", "1984", "99999"]),
        ("words", ["a", "m", "ca", "zz", "usa", "zzz"]),
    ],
)
def test_every_text_of_a_small_space_is_opened(space, texts):
    found = spaces([hashed(text, "sha256") for text in texts] + ["f" * 64], space)
    assert (found.opened.count, found.opened.of) == (len(texts), len(texts) + 1)
    assert found.tried.count == found.tried.of


def test_base64_and_sha256_of_md5_are_tried_where_the_form_allows_them():
    token = hashed("02139", "sha256(md5hex)", "base64")
    assert spaces([token], "numbers", form=BASE64).opened.count == 1


def test_a_large_space_is_tried_in_part_and_the_part_tells_of_the_whole():
    small = Space("numbers of seven digits", 10_000_000, ("lpad(cast(i as varchar), 7, '0')",))
    tokens = pa.array([hashed(f"{i * 1009 % 10_000_000:07d}", "md5") for i in range(3_000)])
    (found,) = enumerate_spaces(tokens, FORMS[0], 1_000_000, [small])
    assert found.tried.count == 1_000_000
    assert 200 < found.opened.count < 400
    low, high = found.expected
    assert low <= 3_000 <= high
    assert high - low < 1_000
    assert found.whole_seconds == pytest.approx(10 * found.seconds)


@pytest.mark.parametrize(
    ("space", "first", "last"),
    [
        ("North", "12000000000", "19999999999"),
        ("US", "000000000", "999999999"),
        ("IPv4", "0.0.0.0", "255.255.255.255"),
    ],
)
def test_a_large_space_reaches_from_its_first_text_to_its_last(space, first, last):
    import duckdb

    found = BY_NAME[space]
    ends = [
        duckdb.sql(f"select {found.writings[0]} from (select {place}::bigint as i)").fetchall()[0][0]
        for place in (0, found.size - 1)
    ]
    assert ends == [first, last]


def test_nothing_is_tried_on_tokens_that_tell_no_digest():
    assert enumerate_spaces(pa.array(["x"]), UNKNOWN) == ()
    assert enumerate_spaces(pa.array([], pa.string()), SHA256) == ()
