import pytest

from exports.errors import LabError
from reidlab.gate.answer import Answer
from reidlab.gate.decision import decide
from reidlab.gate.policy import load

FOUND = {
    "rows": 100, "persons": 100, "classes": 20, "k": 3, "uniques": 0,
    "l_distinct": {"illness": 2.0}, "t_equal": {"illness": 0.25},
    "reasons": {"risk.marketer": "no population"},
    "risk": {"prosecutor_max": 1 / 3, "journalist_max": None, "marketer": None},
    "columns": {
        "zip": {"role": "quasi_identifier", "zip_digits": 5},
        "mail": {"role": "token", "kind": "email", "kinds": ["email"], "opens": "sha256"},
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
    decision = decide(policy(text), FOUND, declared=True)
    verdicts = decision.verdicts
    (verdict,) = [one for one in verdicts if one.rule == rule]
    assert verdict.passed is answer
    assert decision.passed is (answer and all(one.passed for one in verdicts))
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
    ],
)
def test_a_rule_that_speaks_of_no_column_passes_in_one_line(policy, text, limit):
    columns = {"zip": {"role": "quasi_identifier"}}
    if text.startswith("allowed"):
        columns = {"em": {"role": "token"}}
    found = {**FOUND, "columns": columns, "l_distinct": {}, "t_equal": {}}
    verdicts = decide(policy(text), found, declared=True).verdicts
    assert [(one.rule, one.limit, one.passed) for one in verdicts[1:]] == [(text.split(" ")[0], limit, True)]


def test_a_measure_that_could_not_be_had_fails_and_says_why(policy):
    (verdict,) = [
        one
        for one in decide(policy("marketer = 0.5"), FOUND, declared=True).verdicts
        if one.rule == "marketer"
    ]
    assert verdict.answer is Answer.NOT_SHOWN
    assert verdict.found is None
    assert verdict.note == "no population"


def test_proposed_roles_cannot_pass(policy):
    assert decide(policy("k = 1"), FOUND, declared=True).passed
    assert not decide(policy("k = 1"), FOUND, declared=False).passed


def test_consent_passes_only_when_nobody_is_without(policy):
    text = 'required_consent = "ads"'
    for without, answer in ((0, True), (1, False)):
        found = {**FOUND, "consent": {"column": "ads", "without": without}}
        assert decide(policy(text), found, declared=True).passed is answer


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


@pytest.mark.parametrize(
    "preset", ["hipaa_safe_harbor", "edpb_pseudonymisation", "hipaa_expert", "gdpr_singling_out", "ad_upload"]
)
def test_presets_refuse_hashed_addresses_and_say_they_are_not_legal_advice(preset):
    policy = load(preset)
    assert "not legal advice" in policy.note
    assert not decide(policy, FOUND, declared=True).passed


@pytest.mark.parametrize("text", ["", "# k = 5", 'note = "x"', 'purpose = "ads"', "forbidden_tokens = false",
                                  "forbidden_kinds = []", "unassessed = true", "unmatched = 5"])  # fmt: skip
def test_a_policy_that_asks_nothing_is_refused(policy, text):
    with pytest.raises(LabError, match="asks nothing"):
        policy(text + "\n")


@pytest.mark.parametrize(("text", "named"), [('forbidden_kinds = ["e-mail"]', "'email'"), ("k = true", "whole number"),
                                             ('k = "5"', "whole number"), ('forbidden_tokens = "yes"', "true or false"),
                                             ("t = nan", "policy.toml"), ('sender = "healthy"', "'health'")])  # fmt: skip
def test_a_word_or_a_type_that_is_none_of_ours_is_refused(policy, text, named):
    with pytest.raises(LabError, match=named):
        policy(text)


@pytest.mark.parametrize("text", ["l = 2", "t = 0.3"])
def test_what_speaks_of_a_sensitive_column_is_not_shown_without_one(policy, text):
    found = {**FOUND, "l_distinct": {}, "t_equal": {}}
    assert [one.answer for one in decide(policy(text), found, declared=True).failed] == [Answer.NOT_SHOWN]


def test_people_outside_the_population_are_a_rule_of_their_own(policy):
    risk = {"prosecutor_max": 1.0, "journalist_max": 0.04, "marketer": 0.01}
    for unmatched, answer in ((0, True), (99, False)):
        found = {**FOUND, "risk": risk, "population": {"unmatched": unmatched}}
        assert decide(policy("journalist = 0.09"), found, declared=True).passed is answer
    assert decide(policy("journalist = 0.09\nunmatched = 99"), found, declared=True).passed


def test_an_estimate_without_an_interval_shows_nothing(policy):
    found = {**FOUND, "risk": {"journalist_max": 0.01}, "estimated": ["risk.journalist_max"]}
    assert [one.answer for one in decide(policy("journalist = 0.09"), found, declared=True).failed] == [
        Answer.NOT_SHOWN
    ]


def test_an_attack_that_made_no_guess_shows_nothing(policy):
    for attack, answer in (
        (None, Answer.NOT_SHOWN),
        ({"made": 0, "high": None, "knew": ""}, Answer.NOT_SHOWN),
        ({"made": 9, "high": 0.5, "knew": ""}, Answer.BREAKS),
        ({"made": 9, "high": 0.05, "knew": ""}, Answer.HOLDS),
    ):
        found = {**FOUND, "attacks": {} if attack is None else {"singling_out": attack}}
        verdicts = decide(policy("singling_out = 0.1"), found, declared=True).verdicts
        assert [one.answer for one in verdicts if one.rule == "singling_out"] == [answer]


def test_every_rule_that_a_policy_asks_is_answered():
    for preset in (
        "hipaa_safe_harbor",
        "edpb_pseudonymisation",
        "hipaa_expert",
        "gdpr_singling_out",
        "ad_upload",
    ):
        limits = load(preset)
        spoken = {one.rule.partition(".")[0] for one in decide(limits, FOUND, declared=True).verdicts}
        assert set(limits.asked) <= spoken
        assert set(limits.asked) >= set(limits.cites)
        assert limits.not_looked_at
