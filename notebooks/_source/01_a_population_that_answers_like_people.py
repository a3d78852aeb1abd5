# %% [markdown]
# # 01 · A population that answers like people do
#
# **Objectives.** After this lesson you can
#
# - draw simulated people and say which of their columns come from a published figure, and which are assumed,
# - catch a population whose every single column is right and which is wrong all the same,
# - read the calibration card: published, simulated, tolerance, status,
# - say which figure on the card proves nothing, and what forty agreeing figures do not show.
#
# **Prerequisites.** Lesson 00. About 30 minutes.
#
# **Content note.** The people of this lesson answer a questionnaire about depression, whose last item is about thoughts of being better off
# dead. They are simulated; the lesson looks at sums and shares only.
#
# The question: *nobody may practise on real patients; when may simulated ones stand in for them?*

# %%
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attacks import Inference
from exports import Release, Schema, Truth
from reidlab import lessons
from reidlab.plots.calibration_card import calibration_card
from simulate import simulate_people
from simulate.calibration.card import load_card
from simulate.calibration.computed_card import compute_card

residents = simulate_people(30_000, seed=1, population="residents", groups=("core", "health"))
adults = residents.filter(pc.greater_equal(residents["age"], 18))

# %% [markdown]
# ## Draw some people
#
# Every row is a person who does not exist. The draw depends on the seed alone: the same seed gives the same people on every machine.

# %%
adults.select(["birth_date", "sex", "zcta", "phq9", "therapy_before"]).slice(0, 5).to_pandas()

# %% [markdown]
# `phq9` is the sum of nine items of the PHQ-9, a questionnaire about low mood in the last two weeks, each answered from 0 (not at all)
# to 3 (nearly every day). A sum of 10 or more is the usual threshold for a closer look.

# %%
items = np.array([adults[f"phq9_{number}"].to_numpy() for number in range(1, 10)])
total = items.sum(axis=0)
(total >= 10).mean(), (total >= 15).mean()

# %% [markdown]
# 8.1 % of the simulated adults have 10 or more, 2.6 % have 15 or more. For 2013-2016 the national survey published 2.9 % for the
# latter (NCHS Data Brief 303, *seen*).
#
# **Exercise.** What share of the simulated adults has a sum between 5 and 9, both included?

# %% tags=["exercise"]
five_to_nine = ...

# %% tags=["solution"]
five_to_nine = ((total >= 5) & (total <= 9)).mean()

# %% tags=["check"]
lessons.check("01/five_to_nine", five_to_nine)

# %% tags=["quoted"]
published = {figure.id: figure.published for figure in load_card()}
lessons.quoted("8.1 %", (total >= 10).mean())
lessons.quoted("2.6 %", (total >= 15).mean())
lessons.quoted("2.9 %", published["phq9_15"])

# %% [markdown]
# ## A forgery
#
# Here is an easier way to make people: take each item's published frequencies, and draw the nine answers one by one. Shuffling every column by
# itself does exactly that: it keeps each column and cuts whatever joins them.

# %%
rng = np.random.default_rng(1)
forged = np.array([rng.permutation(item) for item in items])
(items > 0).mean(axis=1).round(3), (forged > 0).mean(axis=1).round(3)

# %% [markdown]
# Item for item the two populations are equal, down to the last person. A sceptic who checks column by column finds nothing. So
# she looks at the sum.

# %%
forged_total = forged.sum(axis=0)
for low, high in ((0, 4), (5, 9), (10, 14), (15, 27)):
    real, fake = (((t >= low) & (t <= high)).mean() for t in (total, forged_total))
    print(f"{low:>2} to {high:>2}   simulated {real:6.1%}   forged {fake:6.1%}")

# %% [markdown]
# Among the forged people nobody at all is severely depressed: bad sleep, low mood and loss of interest fall on different people, so no
# sum grows large. **Right margins do not make right people.** What joins the items in the lab is one hidden number per person, *distress*,
# which pulls all answers the same way.
#
# **Exercise.** The correlation of two items is in `np.corrcoef(items)[0, 1]`. Compute it for the forged people.

# %% tags=["exercise"]
forged_correlation = ...

# %% tags=["solution"]
forged_correlation = np.corrcoef(forged)[0, 1]

# %% tags=["check"]
lessons.check("01/forged_correlation", forged_correlation)

# %% tags=["quoted"]
assert (forged_total >= 15).mean() < 0.0005

# %% [markdown]
# ## Why an attack cares
#
# Somebody knows eight of a person's answers and guesses whether the ninth kind, low mood (`phq9_2`), is there at all. She learnt the
# pattern from *other* people. How well does that go in either population?


# %%
def guessed_about_others(answers):
    low_mood = pa.array(answers[1] > 0)
    table = pa.table({"low_mood": low_mood} | {f"q{i}": answers[i] for i in range(9) if i != 1})
    schema = Schema.of(sensitive=["low_mood"], quasi_identifier=table.column_names[1:])
    people, others = table.slice(0, 10_000), table.slice(10_000)
    release = Release("records", schema, table=people)
    return Inference(secret="low_mood", model="boosting").run(release, Truth(people, others), seed=1)


on_simulated, on_forged = guessed_about_others(items), guessed_about_others(forged)
on_simulated.control, on_forged.control, on_simulated.baseline

# %% [markdown]
# The rows are about people who are *not* in the table she learnt from. Among the simulated people she is right more often than the
# baseline, which gives everybody the commonest answer; among the forged ones she gains nothing. Had we tested a defence on the forgery,
# we would have reported that there is nothing to infer.

# %%
assert on_simulated.control.share > on_simulated.baseline.share + 0.02
assert on_forged.control.share < on_forged.baseline.share + 0.02

# %% [markdown]
# ## The calibration card
#
# One check is not enough. The *card* has forty published figures about people, accounts, addresses, households and health, and
# says for each how near the simulation must come.

# %%
card = compute_card(30_000, seed=1)
card

# %%
calibration_card(card)

# %% [markdown]
# How to read the figure: a point at 0 hits the published number; within the shaded band it is as near as the card asks. What it does not
# show: how good the published number is. Each has a *status*: **seen** was read at its source, **believed** is recalled and was not read
# again, **assumed** is nobody's measurement, only our choice.

# %%
Counter(verdict.figure.status.split(" (")[0] for verdict in card.verdicts)

# %% [markdown]
# **Exercise.** One figure agrees and must not be counted, because a parameter was fitted to that very number. Find its name: look at
# `[verdict.figure.id for verdict in card.verdicts if verdict.fitted]`.

# %% tags=["exercise"]
fitted = ...

# %% tags=["solution"]
fitted = next(verdict.figure.id for verdict in card.verdicts if verdict.fitted)

# %% tags=["check"]
lessons.check("01/fitted", fitted, among=[verdict.figure.id for verdict in card.verdicts])

# %% [markdown]
# ## Would the card have caught the forgery?
#
# Yes: its row `phq9_15` wants 2.9 %, give or take one point, and the forged people have 0.0 %.

# %%
figure = {figure.id: figure for figure in load_card()}["phq9_15"]
off_by = [abs((sums >= 15).mean() - figure.published) for sums in (total, forged_total)]
[bool(off <= figure.tolerance) for off in off_by]

# %% tags=["quoted"]
lessons.quoted("0.0 %", (forged_total >= 15).mean())
assert figure.tolerance == 0.01

# %% [markdown]
# That row is on the card *because* it tells the two apart. A card is as good as the mistakes it was made to catch.
#
# **Exercise.** All forty figures agree. Which conclusion is right?
#
# - `"a"` The simulated people are right in every respect.
# - `"b"` The simulation is right in these forty respects, within the tolerances, and open in all others.
# - `"c"` The assumed figures are confirmed.

# %% tags=["exercise"]
conclusion = ...

# %% tags=["solution"]
conclusion = "b"

# %% tags=["check"]
lessons.check("01/conclusion", conclusion)

# %%
assert not card.off
assert off_by[0] <= figure.tolerance < off_by[1]

# %% [markdown]
# ## Summary
#
# - A population can be right in each column and wrong in every person; only joint figures show it.
# - An attack tested on the wrong people gives the wrong answer about a defence.
# - A figure counts when nothing was fitted to it; its status says how far it was checked.
# - Forty agreeing figures are forty, and each number of this course holds *for these simulated people*.
#
# ## Further reading
#
# - `reidlab calibration` prints the card with the sources of all figures.
# - Brody, Pratt and Hughes (2018), *Prevalence of depression among adults aged 20 and over: United States, 2013-2016*, NCHS Data Brief 303.
# - Kroenke, Spitzer and Williams (2001), *The PHQ-9*,
#   [doi:10.1046/j.1525-1497.2001.016009606.x](https://doi.org/10.1046/j.1525-1497.2001.016009606.x).
