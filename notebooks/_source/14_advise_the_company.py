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
from attacks import Inference
from defenses import Consent, DoNotSend, DpHistogram, Hash, Minimise, Mondrian, OptimalKAnonymity
from exports import Release, Share
from reidlab import Material, assess
from reidlab.bench.materials.prepared import prepare
from reidlab.lessons import capstone, rubric
from reidlab.lessons.rubric import check_own
from simulate import load_case

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
facts = capstone.facts(statuses, case)
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
measuring = capstone.measuring(measured, answers)
measuring

# %% [markdown]
# ## C. The list
#
# `visitors` are 2,000 people with their addresses and `agreed`: whether they had consented to advertising by the day of the
# transfer.

# %%
visitors = capstone.visitors().export
visitors.table.drop_columns(["email"]).slice(0, 3).to_pandas()

# %% [markdown]
# Write a function `send_list(export)` that returns the release which you would let leave. A defence's own `fit_transform` is such a function:
# `send_list = Hash().fit_transform`. Choose among `Hash`, `Consent(column=...)`, `DoNotSend` and `Minimise`, or write your own. Mind what
# being on the list says, and what the other columns add.

# %% tags=["exercise"]
send_list = ...

# %% tags=["solution"]
send_list = Consent(column="agreed").fit_transform

# %% tags=["check"]
the_list = capstone.the_list(send_list)
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
# - the two-way error of lesson 12 is at most 0.29,
# - the advantage of `Inference` is at most 0.15, at the upper end of its interval.
#
# `Mondrian` and `OptimalKAnonymity` of lessons 07 and 12 are a start. It is graded on these people and on 2,000 others: what fits one draw
# only is no defence. Points come from the rows that leave, held against the table; what a release says of itself counts for nothing.

# %% tags=["exercise"]
protect = ...

# %% tags=["solution"]
protect = Mondrian(k=10).fit_transform


# %% tags=["check"]
others = prepare(Material("intake", people=2_000), 15)
the_answers = capstone.the_answers(protect, answers, others)
the_answers

# %% [markdown]
# ## E. The counts
#
# *Epsilon* bounds how much likelier any published table becomes when one person is added or removed, by a factor of
# exp(epsilon) at most. One person may stand in all four tables of a year, and epsilons add up. The board grants
# epsilon = 1 per person and *year*.
#
# Set up a defence `count` of the lab that releases one quarter's noisy counts of `sex` by `reason_1`, such that the year stays within its
# budget: `DpHistogram("sex,reason_1", ...)`. The grader draws with seeds of its own, and takes the promise from the lab's class; a release
# in earnest takes no seed.

# %%
quarter = prepare(Material("answers", people=2_000), 14)

# %% tags=["exercise"]
count = ...

# %% tags=["solution"]
count = DpHistogram("sex,reason_1", epsilon=0.25)

# %% tags=["check"]
the_counts = capstone.the_counts(count, quarter)
the_counts

# %% [markdown]
# ## F. The memo
#
# Write to the board, in 120 to 400 words: for each plan what you advise, what an adversary could still learn, and what you do not know. Put
# counts beside every rate ("57.1 % (4,000,000 of 7,000,000)"), name what epsilon is counted for, and claim no more than you measured.

# %% tags=["exercise"]
memo = ...

# %% tags=["solution"]
kept = Share(sum(visitors.table["agreed"].to_pylist()), visitors.table.num_rows)
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
the_memo = capstone.the_memo(memo)
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
