# %% [markdown]
# # 14 · Capstone: advise the company
#
# **Objectives.** After this lesson you can
#
# - separate what is known of a case from what is believed,
# - measure what three planned disclosures give away, and change each so that it meets a stated limit,
# - write a memo that a board can decide on, and that claims no more than you measured.
#
# **Prerequisites.** Lessons 00 to 13; above all 03, 07, 08 and 12. About 45 minutes.
#
# The question: *what may leave the house, in which form, and what do you advise?*
#
# Some answers below are about low mood and thoughts of being better off dead. They belong to simulated people.

# %%
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from attacks import Inference
from defenses import Consent, DoNotSend, DpHistogram, Hash, Minimise, Mondrian, OptimalKAnonymity
from exports import Export, Release, Schema, Share, Truth
from reidlab import Material, assess
from reidlab.bench.materials.prepared import prepare
from reidlab.bench.utility.registry import measure
from reidlab.lessons import rubric
from reidlab.lessons.rubric import Criterion, check_own, check_part
from simulate import load_case, simulate_people

case = load_case("betterhelp")
toolbox = (Consent, DoNotSend, DpHistogram, Hash, Minimise, Mondrian, OptimalKAnonymity)

# %% [markdown]
# ## The brief
#
# It is the first week of 2019. The board of the therapy site asks you about three plans:
#
# 1. *the list*: upload the hashed addresses of all visitors to a platform, to show them advertisements again;
# 2. *the answers*: give the intake answers to a university, which studies who seeks help;
# 3. *the counts*: tell the public every quarter how many people came, by sex and main reason.
#
# On its pages the site has promised that the answers "will stay private between you and your counselor" (**seen**).
#
# ## How you are graded
#
# | part | points | graded by |
# |---|---|---|
# | A, facts | 10 | checks |
# | B, measure | 15 | checks |
# | C, the list | 20 | checks |
# | D, the answers | 25 | checks, also on people you have not seen |
# | E, the counts | 15 | checks |
# | F, the memo | 5 + 10 | checks, and yourself |
#
# Partial credit counts: a criterion that is not met costs its points and stops nothing. You can go back and improve any part.
#
# ## A. Facts
#
# A board must know what is certain. Give each statement its status in the case file: `"seen"`, `"secondary"`, `"believed"` or
# `"assumed"`. `case.facts`, `case.transfers`, `case.signups` and `case.events` hold them.

# %%
{f"{one.platform}, {one.count:,} addresses": one.source for one in case.transfers}

# %% tags=["exercise"]
statuses = {
    "more than 7 million addresses went to Facebook": ...,
    "70,000 addresses went to Criteo": ...,
    "so many visitors came in each year": ...,
    "the answer on earlier therapy was sent as an event": ...,
    "1,000,000 addresses went to Pinterest": ...,
}

# %% tags=["solution"]
statuses = {
    "more than 7 million addresses went to Facebook": "seen",
    "70,000 addresses went to Criteo": "believed",
    "so many visitors came in each year": "assumed",
    "the answer on earlier therapy was sent as an event": "secondary",
    "1,000,000 addresses went to Pinterest": "assumed",
}

# %% tags=["check"]
sent_to = {one.platform: one.status for one in reversed(case.transfers)}
right = {
    "more than 7 million addresses went to Facebook": sent_to["facebook"],
    "70,000 addresses went to Criteo": sent_to["criteo"],
    "so many visitors came in each year": case.signups.status,
    "the answer on earlier therapy was sent as an event": case.events[0].status,
    "1,000,000 addresses went to Pinterest": sent_to["pinterest"],
}
facts = check_part(
    "A, facts",
    statuses,
    [Criterion(what, 2, lambda given, what=what: given[what] == right[what]) for what in right],
)
facts

# %% [markdown]
# ## B. Measure
#
# `answers` holds what the university would get of 2,000 people: place, sex, age, relationship and religion, which others may know; and two
# sensitive answers.

# %%
answers = prepare(Material("intake", people=2_000), 14)
as_collected = assess(answers.export.table, answers.export.schema)
plain = Release("records", answers.export.schema, table=answers.export.table)
as_collected

# %% [markdown]
# Fill in three numbers: the size `k` of the smallest class, the share of people who are `alone` in theirs, and the `advantage` of
# `Inference()` on the answers as they are: `Inference().run(plain, answers.truth, seed=1)`.

# %% tags=["exercise"]
measured = {"k": ..., "alone": ..., "advantage": ...}

# %% tags=["solution"]
measured = {
    "k": as_collected.k,
    "alone": as_collected.uniques / as_collected.rows,
    "advantage": Inference().run(plain, answers.truth, seed=1).advantage.value,
}

# %% tags=["check"]
on_plain = Inference().run(plain, answers.truth, seed=1)
measuring = check_part(
    "B, measure",
    measured,
    [
        Criterion("k is right", 5, lambda given: given["k"] == as_collected.k),
        Criterion(
            "the share alone is right",
            5,
            lambda given: abs(given["alone"] - as_collected.uniques / as_collected.rows) < 1e-6,
        ),
        Criterion(
            "the advantage is right",
            5,
            lambda given: abs(given["advantage"] - on_plain.advantage.value) < 1e-6,
        ),
    ],
)
measuring

# %% [markdown]
# ## C. The list
#
# `visitors` are 2,000 people with their addresses and `agreed`: whether they had consented to advertising by the day of the
# transfer.

# %%
columns = ["person_id", "email", "consent_advertising_on"]
drawn = simulate_people(2_000, seed=14, groups=("core", "email", "visit", "consent")).select(columns)
agreed = pc.fill_null(pc.less_equal(drawn["consent_advertising_on"], pa.scalar(date(2018, 12, 31))), False)
visitors = Export(
    drawn.drop(["consent_advertising_on"]).append_column("agreed", agreed),
    Schema.of("person_id", identifier=["email"], insensitive=["agreed"]),
)

# %% [markdown]
# Write a function `send_list(export)` that returns the release which you would let leave. A defence's own `fit_transform` is such a function:
# `send_list = Hash().fit_transform`. Choose among `Hash`, `Consent(column=...)`, `DoNotSend` and `Minimise`, or write your own. Mind what
# being on the list says, and what the other columns add.

# %% tags=["exercise"]
send_list = ...

# %% tags=["solution"]
send_list = Consent(column="agreed").fit_transform

# %% tags=["check"]
consented = set(drawn["person_id"].filter(agreed).to_pylist())


def listed(release):
    return [] if release.owner is None else drawn["person_id"].take(release.owner).to_pylist()


the_list = check_part(
    "C, the list",
    send_list,
    [
        Criterion(
            "nobody is on it who had not agreed", 10, lambda send: set(listed(send(visitors))) <= consented
        ),
        Criterion(
            "no plain address leaves",
            5,
            lambda send: not set(drawn["email"].to_pylist()) & set(send(visitors).rows["email"].to_pylist()),
        ),
        Criterion(
            "the column of consents stays at home or is the same for all",
            5,
            lambda send: len(set(send(visitors).rows.to_pydict().get("agreed", [True]))) <= 1,
        ),
    ],
)
the_list

# %% [markdown]
# Consent decides who is on the list. It does not change what the platform learns about those who are: it recognises them, as in
# lesson 03.
#
# ## D. The answers
#
# Write a function `protect(export)`. It returns a release of the answers in which
#
# - every class has at least 10 people,
# - at least 90 % of the rows leave,
# - the two-way error of lesson 12 is at most 0.28,
# - the advantage of `Inference` is at most 0.15, at the upper end of its interval.
#
# `Mondrian` and `OptimalKAnonymity` of lessons 07 and 12 are a start. It is graded on these people and on 2,000 others: what fits one draw
# only is no defence.

# %% tags=["exercise"]
protect = ...

# %% tags=["solution"]
protect = Mondrian(k=10).fit_transform


# %% tags=["check"]
def worth(limits, data):
    def tried(make):
        release = make(data.export)
        truth = Truth(data.truth.original, data.truth.control, release.owner)
        return {
            "k": assess(release.rows, release.schema).k,
            "left": release.rows.num_rows / data.export.table.num_rows,
            "error": measure("two-way-error", data, release)[1],
            "advantage": Inference().run(release, truth, seed=1).advantage.high,
        }

    return lambda make: limits(tried(make))


others = prepare(Material("intake", people=2_000), 15)
the_answers = check_part(
    "D, the answers",
    protect,
    [
        Criterion("every class has 10 people or more", 5, worth(lambda found: found["k"] >= 10, answers)),
        Criterion("90 % of the rows leave", 5, worth(lambda found: found["left"] >= 0.9, answers)),
        Criterion("the error is at most 0.28", 5, worth(lambda found: found["error"] <= 0.28, answers)),
        Criterion(
            "the advantage is at most 0.15", 5, worth(lambda found: found["advantage"] <= 0.15, answers)
        ),
        Criterion(
            "all of it holds for other people",
            5,
            worth(
                lambda found: (
                    found["k"] >= 10
                    and found["left"] >= 0.9
                    and found["error"] <= 0.28
                    and found["advantage"] <= 0.15
                ),
                others,
            ),
        ),
    ],
)
the_answers

# %% [markdown]
# ## E. The counts
#
# *Epsilon* bounds how much likelier any published table becomes when one person is added or removed, by a factor of
# exp(epsilon) at most. One person may stand in all four tables of a year, and epsilons add up. The board grants
# epsilon = 1 per person and *year*.
#
# Write a function `count(export)`. It returns one quarter's noisy counts of `sex` by `reason_1`, such that the year stays within its budget. Use
# `DpHistogram("sex,reason_1", ...)` with `seed=1`, so that your lesson can be repeated; a release in earnest takes no seed.

# %%
quarter = prepare(Material("answers", people=2_000), 14)

# %% tags=["exercise"]
count = ...

# %% tags=["solution"]
count = DpHistogram("sex,reason_1", epsilon=0.25, seed=1).fit_transform

# %% tags=["check"]
the_counts = check_part(
    "E, the counts",
    count,
    [
        Criterion(
            "four quarters cost at most epsilon 1",
            7,
            lambda make: 4 * make(quarter.export).guarantee.promises["epsilon"] <= 1,
        ),
        Criterion(
            "a count is off by 10 people or fewer, on average",
            8,
            lambda make: measure("count-error", quarter, make(quarter.export))[1] <= 10,
        ),
    ],
)
the_counts

# %% [markdown]
# ## F. The memo
#
# Write to the board, in 120 to 400 words: for each plan what you advise, what an adversary could still learn, and what you do not know. Put
# counts beside every rate ("57.1 % (4,000,000 of 7,000,000)"), name what epsilon is counted for, and claim no more than you measured.

# %% tags=["exercise"]
memo = ...

# %% tags=["solution"]
kept = Share(len(consented), drawn.num_rows)
alone = Share(as_collected.uniques, as_collected.rows)
memo = f"""
To the board. The list: do not upload it. The platform hashes its own users' addresses and compares, so a hash hides nobody from
it, and being on the list already tells that somebody sought help. If you must, send only people who agreed to advertising:
{kept} in our simulation. Those are recognised as before; in the published case, {Share(4_000_000, 7_000_000)}
of the addresses matched, a ratio of two rounded lower bounds.

The answers: do not give them as collected. Of the people in our simulated table {alone} are alone with what others may
know about them. Coarsened to classes of ten or more they meet the limits you set against inference, on the people we chose
the method on and on others. A class can still share one answer, and a second release can be combined with the first. The
university should sign that it makes no such attempt, and delete on a date.

The counts: publish them with noise, at epsilon 0.25 per person and quarter, which is 1 per person and year. A count is
then off by a few people. Whoever compares two quarters learns little about any one person, and something about groups.

What we do not know: what the platform does with what it has. Nothing here measures attacks that we did not run. Your
promise on the page covers the answers; the first two plans break it without a consent that names them.
"""

# %% tags=["check"]
the_memo = check_part(
    "F, the memo: measured",
    memo,
    [
        Criterion("it has 120 to 400 words", 1, lambda text: 120 <= len(text.split()) <= 400),
        Criterion(
            "all three plans are named", 1, lambda text: all(w in text for w in ("list", "answers", "counts"))
        ),
        Criterion("counts stand beside every rate", 1, lambda text: not rubric.bare_rates(text)),
        Criterion("epsilon has its unit", 1, lambda text: "epsilon" in text and "per person" in text),
        Criterion("no word promises too much", 1, lambda text: not rubric.overclaims(text)),
    ],
)
the_memo

# %% [markdown]
# Now read your memo as a member of the board who has no time, and grade it: 2 points for yes, 1 for in part, 0 for no. Then read the
# model memo in the teacher's notebook, or your neighbour's, and grade again.

# %%
criteria = {
    "after one reading I know what to decide on each plan": 2,
    "each adversary is named, with what they hold": 2,
    "what is measured and what is believed can be told apart": 2,
    "it says what the advice costs the company": 2,
    "it says what was not tried and is not known": 2,
}

# %% tags=["exercise"]
own = dict.fromkeys(criteria, ...)

# %% tags=["solution"]
own = dict(zip(criteria, (2, 2, 1, 1, 2), strict=True))

# %% tags=["check"]
graded = check_own("F, the memo: your own grade", own, criteria)
graded

# %% [markdown]
# ## Your grade

# %%
grade = rubric.total([facts, measuring, the_list, the_answers, the_counts, the_memo, graded])
grade

# %% [markdown]
# Of the 100 points 90 are measured; with 75 of these you have given advice that stands up to what was tried here.

# %%
measured_points = grade.points - graded.points
assert grade.of == 100
assert measured_points >= 75, f"{measured_points} measured points: go back to the parts with the most to gain"

# %% [markdown]
# ## What came of it
#
# The company of this case did upload its list. In 2023 it agreed to pay 7.8 million US dollars, was banned from sharing health data for
# advertising, and had to ask the recipients to delete what they had got (**seen**).
#
# ## Summary
#
# - Advice begins with the status of each fact, and ends with what was not tried.
# - A limit is set before measuring, and met on people on whom the defence was not chosen.
# - Consent decides who may be on a list; it does not change what the list tells about those who are.
#
# ## Further reading
#
# - Federal Trade Commission, *In the Matter of BetterHelp, Inc.*, File No. 202 3169, Docket C-4796: complaint and order.
# - `docs/explanation/how-to-talk.md` of this repository: words for claims.
