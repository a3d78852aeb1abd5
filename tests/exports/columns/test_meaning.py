"""What a column is does not hang on its spelling, its place, its neighbours or the language of its name."""

import hashlib
import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from faker import Faker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from exports.columns.detection import detect, detect_all
from exports.columns.proposal import propose, schema_of, toml_of
from exports.columns.recognisers.derive import derived
from exports.columns.recognisers.persons import TABLE, names_of
from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.reading.read import read
from exports.schema import Role, Schema
from reidlab.assessment.assess import assess
from reidlab.cli import app
from reidlab.gate.decision import decide
from reidlab.gate.policy import load

LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def mail(i):
    return f"a{i}@mail.example"


def iban(i):
    account = f"{37040044:08d}{i:010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def card(i):
    digits = f"40000000{i:07d}"
    doubled = [int(c) * (2 if place % 2 == 0 else 1) for place, c in enumerate(reversed(digits))]
    return digits + str(-sum(d - 9 * (d > 9) for d in doubled) % 10)


def fours(text):
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


SPELLINGS = {
    "email": [mail, lambda i: mail(i).upper(), lambda i: f"ä.{mail(i)}", lambda i: mail(i).replace("@", "%40")],
    "phone": [lambda i: f"+1 212 010 {i:04d}", lambda i: f"+1-212-010-{i:04d}", lambda i: f"(212) 010-{i:04d}"],
    "ipv4": [lambda i: f"240.0.{i % 9}.{i}", lambda i: f"240.0.0.{i}:443", lambda i: f"240.0.{i}.0/24"],
    "ipv6": [lambda i: f"2001:db8::{i + 1:x}", lambda i: f"2001:db8:0:0:0:0:0:{i + 1:x}"],
    "account": [iban, lambda i: fours(iban(i)), lambda i: iban(i).lower()],
    "card": [card, lambda i: fours(card(i)), lambda i: fours(card(i)).replace(" ", "-")],
    "token": [sha, lambda i: sha(i).upper(), lambda i: hashlib.md5(i.encode()).hexdigest()],
    "uuid": [lambda i: f"{i:08x}-0000-4000-8000-0123456789ab"],
    "mac": [lambda i: f"02:00:00:00:00:{i:02x}", lambda i: f"02-00-00-00-00-{i:02x}"],
    "ssn": [lambda i: f"000-{i % 90 + 10}-0000"],
}  # fmt: skip
WRAPPERS = [
    lambda x: x,
    lambda x: f"  {x} ",
    lambda x: f"Ann <{x}>",
    lambda x: f"{x}, {x}",
    lambda x: json.dumps({"m": x}),
    lambda x: f"see {x} (old)",
    lambda x: f"they said {x} yesterday.",
    lambda x: f"/r?a={x}&b=1",
]
NAMES = ["x", "spalte 3", "info", "разное", "備考", "ملاحظة", "valeur", ""]
FILLERS = [
    lambda _: None,
    lambda i: f"user{i % 7}",
    str,
    lambda i: f"{i}.5",
    lambda i: "ab"[i % 2],
    lambda i: f"ORD-{i}",
]


@st.composite
def planted(draw):
    kind = draw(st.sampled_from(sorted(SPELLINGS)))
    spelling = draw(st.sampled_from(SPELLINGS[kind]))
    wrapper = draw(st.sampled_from(WRAPPERS))
    filler = draw(st.sampled_from(FILLERS))
    share = draw(st.sampled_from([1, 2, 5, 60]))
    make = (lambda i: spelling(str(i))) if kind == "token" else spelling
    cells = [wrapper(make(i)) if i % share == 0 else filler(i) for i in range(60)]
    random.Random(draw(st.integers(0, 99))).shuffle(cells)
    return draw(st.sampled_from(NAMES)), cells, kind


@LAW
@given(planted())
def test_a_kind_is_found_in_every_spelling_wrapper_and_share_under_any_name(case):
    name, cells, kind = case
    found = detect(name, pa.array(cells, pa.string()))
    assert kind in found.kinds, (kind, found)
    assert found.role in (Role.IDENTIFIER, Role.TOKEN, Role.UNASSESSED)


@LAW
@given(planted(), st.integers(0, 99))
def test_neither_the_order_of_the_rows_nor_the_chunks_matter(case, seed):
    name, cells, _ = case
    other = list(cells)
    random.Random(seed).shuffle(other)
    whole = detect(name, pa.array(cells, pa.string()))
    assert detect(name, pa.chunked_array([other[:17], other[17:]], pa.string())) == whole
    assert detect(name, pa.array(other, pa.string()).dictionary_encode()) == whole


@pytest.mark.parametrize("kind", sorted(SPELLINGS))
def test_one_value_in_the_last_of_many_rows_is_found(kind, monkeypatch):
    monkeypatch.setattr("exports.columns.scanning.MOST_VALUES", 500)
    cells = [f"user{i}" for i in range(3000)]
    cells.append(SPELLINGS[kind][0]("7" if kind == "token" else 7))
    with DuckDBEngine() as engine:
        guess = propose(read(pa.table({"x": cells})), engine)["x"]
    assert guess.kind == kind
    assert "all 3,001 rows looked at" in guess.evidence


MANY = {
    "email": ["E-Mail-Adresse", "correo_electronico", "courriel", "posta_elettronica", "e-posta", "sähköposti",
              "メールアドレス", "电子邮件", "이메일", "البريد الإلكتروني", "электронная почта"],
    "phone": ["Telefonnummer", "Handy", "teléfono", "telefone", "téléphone", "telefoon", "numer_telefonu", "телефон",
              "電話番号", "cellulare", "전화번호", "هاتف", "cep_telefonu"],
    "date_of_birth": ["Geburtsdatum", "fecha_nacimiento", "date_naissance", "data_di_nascita", "geboortedatum",
                      "data_urodzenia", "doğum_tarihi", "дата_рождения", "生年月日", "출생일", "fødselsdato", "birthday"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in MANY.items() for name in names])
def test_names_of_columns_are_understood_and_doubted_in_many_languages(kind, name):
    local = {
        "email": [mail(i) for i in range(30)],
        "phone": [f"0151/23456{i:02d}" for i in range(30)],
        "date_of_birth": [f"{i + 1:02d}.03.{1950 + i}" for i in range(28)],
    }[kind]
    assert detect(name, pa.array(local)).kind == kind
    doubtful = detect(name, pa.array([f"siehe Akte {'abcdefgh'[i % 8]}" for i in range(30)]))
    assert doubtful.role == Role.UNASSESSED


@pytest.mark.parametrize(
    "name",
    ["Einkommen", "Krankheit", "ingresos", "salaire", "zarobki", "maladie", "gelir", "доход", "病名", "malattia", "ziekte"],
)  # fmt: skip
def test_sensitive_names_are_understood_in_many_languages(name):
    with DuckDBEngine() as engine:
        assert propose(read(pa.table({name: ["a", "b", "a"]})), engine)[name].role == Role.SENSITIVE


@pytest.mark.parametrize(
    "locale", ["de_DE", "pl_PL", "tr_TR", "es_ES", "ru_RU", "ja_JP", "ko_KR", "fi_FI", "el_GR"]
)
@pytest.mark.parametrize("name", ["Kunde", "x"])
def test_names_of_people_are_found_in_many_languages(locale, name):
    faker = Faker(locale)
    faker.seed_instance(3)
    people = [f"{faker.first_name()} {faker.last_name()}" for _ in range(12)]
    found = detect(name, pa.array([people[i % 12] for i in range(40)]))
    assert (found.kind, found.role) == ("name", Role.IDENTIFIER)


def test_the_table_of_names_is_that_of_the_locales():
    kept, now = pq.ParquetFile(TABLE).read(), derived()
    shared = set(kept["name"].to_pylist()) & set(now["name"].to_pylist())
    assert len(shared) > 0.95 * max(len(kept), len(now))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("order", lambda i: f"ORD-2024-{100000 + i * 7}"),
        ("order_no", lambda i: str(4711000000 + i * 977)),
        ("version", lambda i: f"1.2.{i}.4"),
        ("release", lambda i: f"v{i % 4}.{i}.3"),
        ("build", lambda i: f"8.{i}.0.1"),
        ("time", lambda i: f"12:{i:02d}:45"),
        ("ratio", lambda i: f"{i}:{i + 3}"),
        ("month", lambda i: ["January", "February", "March", "April", "May", "June", "July", "August"][i % 8]),
        ("place", lambda i: ["Springfield", "New Haven", "San Antonio", "Austin", "Paris", "Saint Paul"][i % 6]),
        ("color", lambda i: ["white, blue", "green", "brown", "grey, green", "black", "red, white"][i % 6]),
        ("icd10", lambda i: f"F{i % 40:02d}.{i % 9}"),
        ("price", lambda i: f"${i * 1000:,}.00"),
        ("betrag", lambda i: f"{1000 + i * 17.37:.2f}"),
        ("share", lambda i: f"{i},5 %"),
        ("range", lambda i: f"[{i * 10}, {i * 10 + 10})"),
        ("answers", lambda i: ["{never, often}", "{rarely, often}", "*"][i % 3]),
        ("sku", lambda i: f"AB-{i:03d}-X"),
        ("isbn", lambda i: f"978-3-16-{148410 + i}-0"),
        ("coordinates", lambda i: f"48.{200000 + i}, 16.{370000 + i}"),
        ("package", lambda i: f"react@18.{i}.0"),
    ],
)  # fmt: skip
def test_what_names_nobody_raises_no_alarm(name, make):
    found = detect(name, pa.array([make(i) for i in range(40)]))
    assert found.role not in (Role.IDENTIFIER, Role.TOKEN), found


@LAW
@given(
    st.text("abcxyz _-", min_size=1, max_size=12),
    st.lists(st.text(max_size=80) | st.none(), min_size=1, max_size=30),
)
def test_nothing_is_insensitive_but_what_is_constant(name, cells):
    with DuckDBEngine() as engine:
        guess = propose(read(pa.table({name: pa.array(cells, pa.string())})), engine)[name]
    values = {None if cell is None or not cell.strip() else cell for cell in cells}
    if guess.role == Role.INSENSITIVE and guess.part is None:
        assert len(values) == 1


BORN = ("{}-03-08", "08.03.{}", "March 8, {}")
DOUBTFUL = {
    "note": pa.array([f"call Jane Doe, she is depressed and moved out {i}" for i in range(40)]),
    "who": pa.array([[{"mail": f"user{i}"}] for i in range(40)]),
    "tags": pa.array([[f"t{i}"] for i in range(40)]),
    "js": pa.array([json.dumps({"a": i, "b": [i]}) for i in range(40)]),
    "birthday": pa.array([BORN[i % 3].format(1950 + i) for i in range(40)]),
    "email": pa.array([f"user{i}" for i in range(40)]),
    "visit date": pa.array([f"week of {'abcdef'[i % 6]}" for i in range(40)]),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(DOUBTFUL))
@pytest.mark.parametrize("policy", ["hipaa_safe_harbor", "edpb_pseudonymisation", "own"])
def test_no_policy_passes_while_a_column_is_unassessed(tmp_path, name, policy):
    (tmp_path / "own.toml").write_text("k = 1\n")
    table = pa.table({name: DOUBTFUL[name], "region": ["a"] * 40})
    with DuckDBEngine() as engine:
        guesses = propose(read(table), engine)
    (doubtful,) = (guess for column, guess in guesses.items() if column.startswith(name))
    assert doubtful.role == Role.UNASSESSED
    limits = load(tmp_path / "own.toml" if policy == "own" else policy)
    found = assess(table, schema_of(guesses)).to_json()
    assert not decide(limits, found, declared=True).passed
    if policy == "own":
        (tmp_path / "open.toml").write_text("k = 1\nunassessed = true\n")
        assert decide(load(tmp_path / "open.toml"), found, declared=True).passed


def test_a_proposal_prints_what_is_doubtful_first_and_can_be_read_back(tmp_path):
    table = pa.table(
        {"age": [31, 32, 31], "note": [f"she said that she had moved out again {i}" for i in range(3)]}
    )
    with DuckDBEngine() as engine:
        text = toml_of(propose(read(table), engine))
    assert text.index("columns") > text.index("# 1 column(s) were not understood")
    assert text.index('"note"') < text.index('"age"')
    (tmp_path / "s.toml").write_text(text)
    assert Schema.load(tmp_path / "s.toml").role("note") == Role.UNASSESSED


def test_a_defence_drops_what_is_unassessed_and_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("age,note\n31,secret words\n31,other words\n")
    (tmp_path / "s.toml").write_text(
        '[columns.age]\nrole="quasi_identifier"\n[columns.note]\nrole="unassessed"\n'
    )
    out = tmp_path / "o.csv"
    run = CliRunner().invoke(
        app,
        [
            *("defend", "mondrian", str(tmp_path / "a.csv"), "--schema", str(tmp_path / "s.toml")),
            *("--out", str(out), "--set", "k=2"),
        ],
    )
    assert run.exit_code == 0, run.output
    assert "dropped: note" in run.output
    assert "note" not in out.read_text()
    assert json.loads((tmp_path / "o.csv.manifest.json").read_text())["dropped_unassessed"] == ["note"]


def test_person_household_weight_time_and_consent_are_proposed():
    visits = pa.table(
        {
            "patient_id": [f"P{i % 100}" for i in range(500)],
            "visit_date": [f"2024-{i % 12 + 1:02d}-{i % 28 + 1:02d}" for i in range(500)],
            "marketing_consent": [["ja", "nein"][i % 2] for i in range(500)],
            "household_id": [i % 60 for i in range(500)],
            "sampling_weight": [1.5 + i % 7 for i in range(500)],
            "age": [20 + i % 50 for i in range(500)],
        }
    )
    with DuckDBEngine() as engine:
        guesses = propose(read(visits), engine)
        schema = schema_of(guesses)
    assert schema.person == "patient_id"
    assert schema.time == "visit_date"
    assert schema.consent == "marketing_consent"
    assert schema.household == "household_id"
    assert schema.weight == "sampling_weight"
    assert toml_of(guesses).startswith('consent = "marketing_consent"  # ')
    found = assess(visits, schema)
    assert found.persons == 100
    assert found.consent == {"column": "marketing_consent", "without": 250}


def test_a_header_that_is_data_is_refused_and_not_shown(tmp_path):
    for line in (
        "ann.b@mail.example,31,flu",
        f"{sha('x')},1",
        "240.0.0.7,x",
        "+1 212 010 0000,x",
        "sep=;",
        "a\x01b",
    ):
        (tmp_path / "a.csv").write_text(f"{line}\nx,y\n" if "," in line else f"{line}\nx\n")
        run = CliRunner().invoke(app, ["schema", str(tmp_path / "a.csv")])
        assert isinstance(run.exception, LabError)
        assert line.split(",")[0] not in str(run.exception) or line == "sep=;"


def test_different_decimals_are_a_measurement_in_every_format():
    values = [1000 + i * 17.37 for i in range(200)]
    tables = [
        pa.table({"betrag": [f"{value:.2f}" for value in values]}),
        pa.table({"betrag": values}),
        pa.table({"betrag": pa.array([f"{value:.2f}" for value in values]).cast(pa.decimal128(12, 2))}),
    ]
    with DuckDBEngine() as engine:
        roles = [propose(read(table), engine)["betrag"].role for table in tables]
    assert roles == [Role.QUASI_IDENTIFIER] * 3


def test_late_and_rare_addresses_are_found():
    late = pa.array([None] * 20001 + [mail(i) for i in range(4999)], pa.string())
    mixed = pa.array([str(i) for i in range(12000)] + [mail(i) for i in range(3000)])
    few = pa.array([mail(i) for i in range(80)] + [f"user{i}" for i in range(20)])
    for found in detect_all({"contact": late, "m": mixed, "f": few}).values():
        assert (found.kind, found.role) == ("email", Role.IDENTIFIER)
    assert "1 in 5 cells" in detect("m", mixed).evidence


@pytest.mark.parametrize("prefix", ["sha256:", "\\x", "SHA256=", "0x", "{SHA256}"])
def test_a_digest_with_a_prefix_is_a_token_and_opens(prefix):
    table = pa.table({"email": [mail(i) for i in range(40)], "t": [prefix + sha(mail(i)) for i in range(40)]})
    with DuckDBEngine() as engine:
        schema = schema_of(propose(read(table), engine))
    assert schema.role("t") == Role.TOKEN
    assert "(40 of 40)" in assess(table, schema).details["tokens"][0]["opens"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("000.000.001-91", "000.000.001-92"), ("00000000T", "00000000A"), ("10000000146", "10000000147")],
)
def test_national_numbers_are_told_by_their_check_digits(right, wrong):
    assert detect("x", pa.array([right])).kind == "national_id"
    assert detect("x", pa.array([wrong])).kind is None


def test_a_name_inside_sentences_is_found():
    note = pa.array([f"call Jane Doe, she has moved out of her flat {i}" for i in range(20)])
    assert set(detect("note", note).kinds) == {"free_text", "name"}


def test_a_name_that_is_found_beside_no_other_name_is_found():
    assert names_of(pa.array(["Anna Schmidt", "New Haven"])).full.tolist() == [True, False]
    assert detect("x", pa.array([*map(str, range(60)), "Anna Schmidt"])).kind == "name"


@pytest.mark.parametrize(
    ("kind", "name", "make"),
    [
        ("email", "x", lambda i: f"a{i}&#x40;mail.example"),
        ("email", "x", lambda i: f"a{i}%2540mail.example"),
        ("phone", "फ़ोन नंबर", lambda i: f"701 234 5{i:02d}"),
        ("phone", "x", lambda i: f"+٩٦٦ ٥٠ ١٢٣ ٤٥{i:02d}"),
        ("phone", "x", lambda i: f"1-212-010-0{i:03d}"),
        ("account", "x", lambda i: fours(iban(i)).replace(" ", "\u00a0")),
        ("card", "x", lambda i: fours(card(i)).replace(" ", "\u202f")),
        ("ipv4", "x", lambda i: f"::ffff:240.0.0.{i}"),
        ("ipv4", "client_ip", lambda i: str(240 * 2**24 + i)),
        ("token", "x", lambda i: sha(str(i))[:16]),
        ("token", "x", lambda i: ":".join(sha(str(i))[j : j + 2] for j in range(0, 64, 2))),
        ("date_of_birth", "जन्म तिथि", lambda i: f"{1940 + i}0{i % 9 + 1}11"),
    ],
    ids=range(12),
)
def test_a_kind_is_found_in_the_characters_of_any_script_and_program(kind, name, make):
    found = detect(name, pa.array([make(i) for i in range(40)]))
    assert kind in found.kinds
    assert found.role != Role.INSENSITIVE


def test_places_that_are_names_of_people_too_stay_places():
    counties = [
        "Madison",
        "Jefferson",
        "Franklin",
        "Marion",
        "Clay",
        "Monroe",
        "Jackson",
        "Washington",
        "Lincoln",
        "Union",
    ]
    assert detect("county", pa.array(counties * 4)).kind == "county"


def test_a_consent_in_numbers_is_a_consent():
    table = pa.table({"Einwilligung": ["1", "0"] * 20, "x": [str(i) for i in range(40)]})
    with DuckDBEngine() as engine:
        assert propose(read(table), engine)["Einwilligung"].part == "consent"


def test_people_whose_names_no_list_pairs_are_doubted():
    people = ["Ahmet Yılmaz", "Emine Yıldız", "Hatice Aydın", "Ali Öztürk"]
    assert detect("hasta", pa.array(people * 10)).role in (Role.UNASSESSED, Role.IDENTIFIER)


def test_no_schema_is_proposed_for_a_header_without_rows(tmp_path):
    (tmp_path / "t.csv").write_text("age,zip\n")
    answer = CliRunner().invoke(app, ["schema", str(tmp_path / "t.csv")])
    assert isinstance(answer.exception, LabError)
    assert "no rows" in str(answer.exception)
