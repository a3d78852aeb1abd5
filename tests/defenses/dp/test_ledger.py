import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from fractions import Fraction

import pytest

from defenses.dp.budget import Budget, Cost, exact
from defenses.dp.ledger import Ledger
from exports.errors import LabError

HALF = Cost.pure(Fraction(1, 2))


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.open("data", Budget(Fraction(1)))
    return ledger


def never():
    raise AssertionError("nothing may be drawn")


def test_ten_tenths_are_exactly_one(ledger):
    tenth = Cost.pure(exact(0.1))
    for number in range(10):
        ledger.answer("data", {"number": number}, tenth, lambda: 1)
    assert ledger.left("data") == 0
    with pytest.raises(LabError, match=r"needed epsilon 0\.1, left 0\."):
        ledger.answer("data", {"number": 10}, tenth, never)


def test_a_refusal_comes_before_the_draw_and_changes_nothing(ledger):
    ledger.answer("data", {"q": 1}, Cost.pure(exact(0.8)), lambda: 1)
    before = ledger.path.read_bytes()
    with pytest.raises(LabError, match=r"needed epsilon 0\.5, left 0\.2\."):
        ledger.answer("data", {"q": 2}, HALF, never)
    assert ledger.path.read_bytes() == before


def test_a_stored_answer_is_free_and_the_same_even_when_the_budget_is_spent(ledger):
    draws = iter(range(100))
    answers = [ledger.answer("data", {"q": 1}, HALF, lambda: next(draws)) for _ in range(5)]
    ledger.answer("data", {"q": 2}, HALF, lambda: next(draws))
    assert answers == [0] * 5
    assert ledger.answer("data", {"q": 1}, HALF, never) == 0
    assert ledger.left("data") == 0


def test_data_sets_have_budgets_of_their_own(ledger):
    ledger.open("other", Budget(Fraction(2)))
    ledger.answer("data", {"q": 1}, HALF, lambda: 1)
    assert (ledger.left("data"), ledger.left("other")) == (Fraction(1, 2), 2)


def test_a_draw_that_fails_costs_nothing(ledger):
    with pytest.raises(AssertionError):
        ledger.answer("data", {"q": 1}, HALF, never)
    assert ledger.left("data") == 1


def test_a_budget_is_set_once(ledger):
    ledger.open("data", Budget(Fraction(1)))
    for other in (
        Budget(Fraction(2)),
        Budget(Fraction(1), neighbours="replace"),
        Budget(Fraction(1), simulated=True),
    ):
        with pytest.raises(LabError, match="set once"):
            ledger.open("data", other)


def test_rows_can_neither_be_changed_nor_removed(ledger):
    ledger.answer("data", {"q": 1}, HALF, lambda: 1)
    con = sqlite3.connect(ledger.path)
    for change in ("DELETE FROM entries", "UPDATE entries SET body = '{}'"):
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            con.execute(change)
    con.close()


def test_gaussian_noise_needs_a_ledger_in_rho(ledger, tmp_path):
    gaussian = Cost(None, Fraction(1, 10))
    with pytest.raises(LabError, match="Gaussian"):
        ledger.answer("data", {"q": 1}, gaussian, never)
    concentrated = Ledger(tmp_path / "rho.sqlite")
    concentrated.open("data", Budget(Fraction(1), currency="rho"))
    concentrated.answer("data", {"q": 1}, gaussian, lambda: 1)
    concentrated.answer("data", {"q": 2}, HALF, lambda: 1)
    assert concentrated.left("data") == 1 - Fraction(1, 10) - Fraction(1, 8)


def test_delta_is_a_budget_too(ledger):
    with pytest.raises(LabError, match=r"needed delta 1e-09, left 0\."):
        ledger.answer("data", {"q": 1}, Cost.pure(Fraction(1, 2), exact("1e-9")), never)


@pytest.mark.parametrize("content", [b"this is no database at all, only text" * 100, None])
def test_an_unusable_ledger_is_one_sentence_that_charges_nothing(tmp_path, content):
    path = tmp_path / "ledger.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(LabError, match="nothing charged"):
        Ledger(path).open("data", Budget(Fraction(1)))
    assert content is None or path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    for number, table in enumerate(("CREATE TABLE places (url)", "CREATE TABLE budgets (month, total)")):
        path = tmp_path / f"other{number}.sqlite"
        with closing(sqlite3.connect(path)) as con:
            con.execute(table)
        before = path.read_bytes()
        for asked in (
            lambda path=path: Ledger(path).open("data", Budget(Fraction(1))),
            lambda path=path: Ledger(path).answer("data", {"q": 1}, HALF, never, Budget(Fraction(1))),
            lambda path=path: Ledger(path).left("data"),
        ):
            with pytest.raises(LabError, match=r"a database of something else\): nothing was answered"):
                asked()
        assert path.read_bytes() == before


def test_what_is_refused_makes_no_ledger_and_sets_no_budget(ledger, tmp_path):
    new = Ledger(tmp_path / "new.sqlite")
    with pytest.raises(LabError, match=r"needed epsilon 0.5, left 0.1"):
        new.answer("data", {"q": 1}, HALF, never, Budget(exact("0.1")))
    with pytest.raises(LabError, match="has no budget for this data set: give budget=TOTAL"):
        new.answer("data", {"q": 1}, HALF, never)
    with pytest.raises(LabError, match="has no budget"):
        new.left("data")
    assert not new.path.exists()
    before = ledger.path.read_bytes()
    with pytest.raises(LabError, match=r"needed epsilon 0.5, left 0.1"):
        ledger.answer("other", {"q": 1}, HALF, never, Budget(exact("0.1")))
    with pytest.raises(LabError, match="a budget is set once"):
        ledger.answer("data", {"q": 1}, HALF, never, Budget(exact("0.1")))
    assert ledger.path.read_bytes() == before
    assert ledger.answer("other", {"q": 1}, HALF, lambda: 7, Budget(Fraction(1))) == 7
    assert ledger.left("other") == Fraction(1, 2)


EDITS = {
    "a cheaper charge": "UPDATE entries SET body = replace(body, '1/2', '1/9')",
    "another answer": "UPDATE entries SET body = replace(body, '7', '8') WHERE kind = 'answer'",
    "no last answer": "DELETE FROM entries WHERE number = (SELECT max(number) FROM entries)",
    "no answers": "DELETE FROM entries WHERE kind = 'answer'",
    "a larger budget": 'UPDATE entries SET body = replace(body, \'"total": "1"\', \'"total": "9"\')',
    "another data set": "UPDATE entries SET dataset = 'old' WHERE kind = 'answer'",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_noticed_before_anything_is_drawn(ledger, edit):
    for number in range(2):
        ledger.answer("data", {"q": number}, HALF, lambda: 7)
    with closing(sqlite3.connect(ledger.path)) as con, con:
        con.execute("DROP TRIGGER no_update_entries")
        con.execute("DROP TRIGGER no_delete_entries")
        assert con.execute(EDITS[edit]).rowcount > 0
    for asked in (ledger.entries, lambda: ledger.answer("data", {"q": 2}, HALF, never)):
        with pytest.raises(LabError, match=r"was changed after it was written|some were taken out"):
            asked()


def test_only_its_owner_may_read_a_ledger(ledger):
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_rows_are_kept_as_digests_that_nobody_can_test_without_the_ledger(ledger, tmp_path):
    other = Ledger(tmp_path / "other.sqlite")
    other.open("data", Budget(Fraction(1)))
    for one in (ledger, other):
        one.answer("data", {"q": 1}, HALF, lambda: 7, content="the same rows")
    told = [one.entries()[-1].body["rows"] for one in (ledger, other)]
    assert told[0] != told[1]
    assert ledger.answer("data", {"q": 1}, HALF, never, content="the same rows") == 7
    assert ledger.answer("data", {"q": 1}, HALF, lambda: 8, content="other rows") == 8
    assert ledger.left("data") == 0


def test_a_ledger_cut_in_half_is_refused_and_left_as_it_is(ledger):
    for number in range(20):
        ledger.answer("data", {"q": number, "text": "x" * 2000}, Cost.pure(Fraction(1, 100)), lambda: 1)
    half = ledger.path.read_bytes()[:9000]
    ledger.path.write_bytes(half)
    with pytest.raises(LabError, match="nothing charged"):
        ledger.answer("data", {"q": "after"}, Cost.pure(Fraction(1, 100)), never)
    assert ledger.path.read_bytes() == half


def test_without_room_for_the_charge_no_answer_leaves(ledger):
    size = ledger.path.stat().st_size
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        with pytest.raises(LabError, match="nothing was answered and nothing charged"):
            ledger.answer("data", {"q": "long" * 20_000}, HALF, lambda: 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert ledger.left("data") == 1
    assert ledger.answer("data", {"q": "short"}, HALF, lambda: 7) == 7


SPEND = """
import sys
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from defenses.dp.budget import Cost
from defenses.dp.ledger import Ledger
from exports.errors import LabError
for number in range(40):
    try:
        Ledger(Path(sys.argv[1])).answer("data", {sys.argv[2]: number}, Cost.pure(Fraction(1, 50)), lambda: 1)
    except LabError as refusal:
        sys.exit(str(refusal))
    print(number, flush=True)
"""

HANG = """
import sys, time
from fractions import Fraction
from pathlib import Path
from defenses.dp.budget import Cost
from defenses.dp.ledger import Ledger
def draw():
    print("drawing", flush=True)
    time.sleep(60)
Ledger(Path(sys.argv[1])).answer("data", {"q": "killed"}, Cost.pure(Fraction(1, 2)), draw)
"""


def start(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_cannot_spend_the_same_budget(ledger):
    workers = [start(SPEND, ledger.path, name) for name in ("one", "two")]
    results = [worker.communicate(timeout=60) for worker in workers]
    assert sum(len(answers.split()) for answers, _ in results) == 50
    assert any("needed epsilon 0.02, left 0." in refusal for _, refusal in results)
    assert ledger.left("data") == 0


def test_a_process_killed_while_drawing_leaves_the_ledger_whole(ledger):
    with start(HANG, ledger.path) as worker:
        assert worker.stdout.readline() == "drawing\n"
        worker.kill()
    assert ledger.left("data") == 1
    assert ledger.answer("data", {"q": "killed"}, HALF, lambda: 7) == 7
