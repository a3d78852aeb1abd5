import pytest

from exports.errors import LabError
from reidlab.gate.policy import check, load, passed

FOUND = {
    "rows": 100, "persons": 100, "classes": 20, "k": 3, "uniques": 0,
    "l_distinct": {"illness": 2.0}, "t_equal": {"illness": 0.25},
    "reasons": {"risk.marketer": "no population"},
    "risk": {"prosecutor_max": 1 / 3, "journalist_max": None, "marketer": None},
    "columns": {
        "zip": {"role": "quasi_identifier", "zip_digits": 5},
        "mail": {"role": "token", "kind": "email", "opens": "sha256"},
        "age": {"role": "quasi_identifier", "oldest_age": 91}, "illness": {"role": "sensitive"},
    },
}  # fmt: skip


@pytest.fixture
def policy(tmp_path):
    def made(text):
        path = tmp_path / "policy.toml"
        path.write_text(text)
        return load(path)

    return made


@pytest.mark.parametrize(
    ("text", "rule", "answer"),
    [
        ("k = 3", "k", True),
        ("k = 4", "k", False),
        ("uniqueness = 0.0", "uniqueness", True),
        ("l = 2", "l.illness", True),
        ("l = 3", "l.illness", False),
        ("t = 0.25", "t.illness", True),
        ("t = 0.2", "t.illness", False),
        ("prosecutor = 0.3", "prosecutor", False),
        ("marketer = 0.9", "marketer", False),
        ('allowed_roles = ["sensitive", "quasi_identifier"]', "allowed_roles.mail", False),
        ('forbidden_kinds = ["email"]', "forbidden_kinds.mail", False),
        ("forbidden_tokens = true", "forbidden_tokens.mail", False),
        ("opening_tokens = true", "opening_tokens.mail", False),
        ("zip_digits = 3", "zip_digits.zip", False),
        ("oldest_age = 95", "oldest_age.age", True),
        ('required_consent = "consent_ads"', "required_consent.consent_ads", False),
    ],
)
def test_each_limit_has_a_verdict_with_what_was_found(policy, text, rule, answer):
    verdicts = check(policy(text), FOUND, declared=True)
    (verdict,) = [one for one in verdicts if one.rule == rule]
    assert verdict.passed is answer
    assert passed(verdicts) is (answer and all(one.passed for one in verdicts))
    assert text.split(" ")[0] == rule or not [one for one in verdicts if one.rule == text.split(" ")[0]]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ('allowed_roles = ["token", "sensitive", "quasi_identifier"]', "token, sensitive, quasi_identifier"),
        ('forbidden_kinds = ["phone"]', "phone"),
        ("forbidden_tokens = true", "none"),
        ("opening_tokens = true", "none"),
        ("zip_digits = 3", 3),
        ("oldest_age = 89", 89),
        ("l = 3", 3),
        ("t = 0.2", 0.2),
    ],
)
def test_a_rule_that_speaks_of_no_column_passes_in_one_line(policy, text, limit):
    columns = {"zip": {"role": "quasi_identifier"}}
    if text.startswith("allowed"):
        columns = {"em": {"role": "token"}}
    verdicts = check(
        policy(text), {**FOUND, "columns": columns, "l_distinct": {}, "t_equal": {}}, declared=True
    )
    assert [(one.rule, one.limit, one.passed) for one in verdicts[1:]] == [(text.split(" ")[0], limit, True)]


def test_a_measure_that_could_not_be_had_fails_and_says_why(policy):
    (verdict,) = [
        one for one in check(policy("marketer = 0.5"), FOUND, declared=True) if one.rule == "marketer"
    ]
    assert verdict.found is None
    assert verdict.note == "no population"


def test_proposed_roles_cannot_pass(policy):
    assert passed(check(policy("k = 1"), FOUND, declared=True))
    assert not passed(check(policy("k = 1"), FOUND, declared=False))


def test_consent_passes_only_when_nobody_is_without(policy):
    text = 'required_consent = "ads"'
    for without, answer in ((0, True), (1, False)):
        found = {**FOUND, "consent": {"column": "ads", "without": without}}
        assert passed(check(policy(text), found, declared=True)) is answer


@pytest.mark.parametrize(
    ("text", "named"),
    [("kk = 3", "kk"), ("k = 0", "k"), ("t = 2", "t"), ("k = ", "TOML"), ('allowed_roles=["x"]', "role")],
)
def test_a_wrong_entry_names_file_and_key(policy, text, named):
    with pytest.raises(LabError, match=named) as caught:
        policy(text)
    assert "policy.toml" in str(caught.value)


def test_an_unknown_preset_is_answered_with_the_nearest():
    with pytest.raises(LabError, match="hipaa_safe_harbor"):
        load("hipaa")


@pytest.mark.parametrize("preset", ["hipaa_safe_harbor", "edpb_pseudonymisation"])
def test_presets_refuse_hashed_addresses_and_say_they_are_not_legal_advice(preset):
    policy = load(preset)
    assert "not legal advice" in policy.note
    assert not passed(check(policy, FOUND, declared=True))
