# %% [markdown]
# # 09 · Local differential privacy and the questionnaire
#
# **Objectives.** After this lesson you can
#
# - design an answer by coin, state its epsilon, and undo it for the crowd,
# - compute what one coined answer tells about one person,
# - compute how many people a wanted precision needs, and choose between two encodings,
# - break the coin by asking again, and mend it.
#
# **Prerequisites.** Lesson 08. About 40 minutes.
#
# **Content note.** The question used below is one of the real intake page: whether somebody has had thoughts of being better off dead.
# The people are simulated. If the subject is close to you, take the column `therapy_before` instead: everything works the same.
#
# The question: *can a questionnaire count such thoughts without anybody, its owner included, knowing who has them?*

# %%
from math import exp, log, sqrt

import numpy as np

from defenses import DpHistogram, RandomisedResponse, UnaryEncoding, estimated_counts, standard_errors
from reidlab import Material, lessons
from reidlab.bench.materials.prepared import prepare
from reidlab.plots.posterior_shift import Shift, posterior_shift

export = prepare(Material("answers", people=20_000), 9).export
item = "better_off_dead"


def yes(table):
    return np.array(table[item].to_pylist()) == "true"


truly = yes(export.table)

# %% [markdown]
# ## A coin between the person and the page
#
# Lesson 08 had a *curator*: somebody who holds all answers and publishes noisy counts. The company of the case was the curator, and it
# broke its promise. *Local* differential privacy needs no promise from anybody: each person's own device falsifies the answer
# before it is sent. The oldest rule is from 1965 (Warner): **say the truth with chance 3/4, else the opposite.**

# %%
coin = RandomisedResponse(item, epsilon=log(3), seed=1).transform(export)
said = yes(coin.rows)
said.mean(), truly.mean()

# %% [markdown]
# 36.7 % of the answers that arrive say yes, though only 22.3 % of the people would have. (The share among the visitors of a therapy site
# is simulated, and much higher than in the whole population.) A reader who takes the answers as they come is far off. But the
# coin is public, so its effect on the crowd can be undone: if $p$ is the true share, the coin shows
#
# $$\frac{3}{4}\,p + \frac{1}{4}\,(1 - p) = \frac{1}{4} + \frac{p}{2}.$$

# %% tags=["quoted"]
lessons.quoted("36.7 %", said.mean())
lessons.quoted("22.3 %", truly.mean())

# %% [markdown]
# **Exercise.** Solve for $p$: estimate the true share from `said.mean()`.

# %% tags=["exercise"]
estimate = ...

# %% tags=["solution"]
estimate = (said.mean() - 1 / 4) * 2

# %% tags=["check"]
lessons.check("09/estimate", estimate)

# %% [markdown]
# The lab does the same for every value, with a standard error: how far the estimated count usually lies from the true one.

# %%
estimated_counts(coin)["true"], standard_errors(coin)["true"], truly.sum()

# %% [markdown]
# 4,688 estimated, 4,462 true: 226 off, with a standard error of 122. Nearly two standard errors is bad luck, not a mistake; about one
# run in twenty is worse.

# %% tags=["quoted"]
lessons.quoted("4,688", estimated_counts(coin)["true"])
lessons.quoted("4,462", truly.sum())
lessons.quoted("226", estimated_counts(coin)["true"] - truly.sum())
lessons.quoted("122", standard_errors(coin)["true"])

# %% [markdown]
# ## What is promised, to whom
#
# *Epsilon* bounds how much likelier any answer becomes when the truth behind it is another: by a factor of $e^{\varepsilon}$ at most. The
# **unit of privacy** here is *one answer of one person*. Saying yes has chance 3/4 if the truth is yes, and 1/4 if it is no:

# %%
log((3 / 4) / (1 / 4)), coin.guarantee, coin.private

# %% [markdown]
# So the coin's epsilon is $\ln 3$, about 1.10, per answer. (`private` is `False` because the lesson draws from a seed in order to be
# repeatable. In earnest no seed is given, and the coin comes from the operating system.)
#
# **Exercise.** What is the epsilon of a device that tells the truth with chance 0.9 and else the opposite?

# %% tags=["exercise"]
epsilon = ...

# %% tags=["solution"]
epsilon = log(0.9 / 0.1)

# %% tags=["check"]
lessons.check("09/epsilon", epsilon)

# %% tags=["quoted"]
lessons.quoted("1.10", log(3))

# %% [markdown]
# ## Attack: believe the answer
#
# The platform receives the coined answers with the addresses and believes each yes. How often is it right? The share of the yes-sayers for
# whom it is true is the *positive predictive value* of a yes.

# %%
believed = {"yes": truly[said].mean(), "no": truly[~said].mean()}
posterior_shift({"one coined answer": Shift(truly.mean(), believed)}, claim="this person has such thoughts")

# %% [markdown]
# How to read it: the bar is what was believed before, 22.3 % for everybody; the markers are what a yes and a no make of it. A yes
# raises it to 45.6 %: most of the people who are believed to have such thoughts have none. A no lowers it to 8.8 %. So an answer tells
# *something*, and no more than epsilon allows: the odds are multiplied or divided by 3, up to the luck of this one draw.
#
# What it does not show: harm. A list of "possibly suicidal" people of whom more than half are wrongly on it is no harmless list.

# %% tags=["quoted"]
lessons.quoted("45.6 %", believed["yes"])
lessons.quoted("8.8 %", believed["no"])

# %% [markdown]
# **Exercise.** Somebody already believed it of one person with chance 50 %, that is with odds of 1 to 1. What chance does she give it
# after a yes?

# %% tags=["exercise"]
after_yes = ...

# %% tags=["solution"]
after_yes = 3 / (3 + 1)

# %% tags=["check"]
lessons.check("09/after_yes", after_yes)

# %% [markdown]
# ## How many people are needed?
#
# The error falls with the root of the number of people. For a share near 1/4 and our coin, the standard error of the *share* is about
# $\sqrt{\tfrac{3}{16} / n} \,/\, \tfrac{1}{2}$, and 19 times in 20 the estimate is less than 1.96 of them away.


# %%
def people_needed(margin, truth=3 / 4):
    return (1.96 * sqrt(truth * (1 - truth)) / (2 * truth - 1) / margin) ** 2


people_needed(0.05), people_needed(0.01)

# %% [markdown]
# For five points up or down 1,152 people are enough; for one point it takes 28,812. Five times the precision is twenty-five times the people.
# A small clinic cannot use this; a site with millions can.

# %% tags=["quoted"]
lessons.quoted("1,152", people_needed(0.05))
lessons.quoted("28,812", people_needed(0.01))

# %% [markdown]
# **Exercise.** How many does the device with the truth at chance 0.9 need for one point?

# %% tags=["exercise"]
needed = ...

# %% tags=["solution"]
needed = people_needed(0.01, truth=0.9)

# %% tags=["check"]
lessons.check("09/needed", needed)

# %% [markdown]
# The curator of lesson 08 does much better at the same epsilon:

# %%
curated = DpHistogram(item, epsilon=log(3), seed=1).transform(export)
curated.rows.to_pydict(), truly.sum()

# %% [markdown]
# The curator is off by a person or two, and the coins by a hundred. That is the price of trusting nobody. It is worth paying where
# nobody can be trusted, and a waste elsewhere.

# %% tags=["quoted"]
curated_error = abs(
    dict(zip(*(curated.rows[n].to_pylist() for n in (item, "count")), strict=True))["true"] - truly.sum()
)
assert curated_error <= 2

# %% [markdown]
# ## Questions with many answers
#
# "What brings you here?" has 12 answers. *k-ary response* says the true one with a chance that is $e^{\varepsilon}$ times that of each other:
# with many answers hardly ever. *Unary encoding* sends a yes or no for each of the 12 and coins each by itself.

# %%
many = {
    kind.name: kind("reason_1", epsilon=1, seed=1).transform(export)
    for kind in (RandomisedResponse, UnaryEncoding)
}
many["randomised-response"].rows["reason_1"][0].as_py(), many["unary-encoding"].rows["reason_1"][0].as_py()

# %%
{name: round(standard_errors(release)["grief"]) for name, release in many.items()}

# %% [markdown]
# At the same epsilon of 1 per answer, the unary code is a little more accurate for the rarer answers. The rule: k-ary
# response wins while the number of answers is below $3 e^{\varepsilon} + 2$, here 10.2, and unary encoding above (Wang and others 2017).
#
# **Exercise.** "How do you sleep?" has three answers: good, fair, poor. Which encoding has the smaller standard error for `"poor"` at
# epsilon 1? Answer with its name, `"randomised-response"` or `"unary-encoding"`; try it on the column `sleep`.

# %% tags=["exercise"]
better = ...

# %% tags=["solution"]
errors = {
    kind.name: standard_errors(kind("sleep", epsilon=1, seed=1).transform(export))["poor"]
    for kind in (RandomisedResponse, UnaryEncoding)
}
better = min(errors, key=errors.get)

# %% tags=["check"]
lessons.check("09/better", better)

# %% tags=["quoted"]
lessons.quoted("10.2", 3 * exp(1) + 2)
lessons.quoted("12", len(estimated_counts(many["unary-encoding"])))
coded = {name: standard_errors(release)["grief"] for name, release in many.items()}
assert coded["unary-encoding"] < coded["randomised-response"]

# %% [markdown]
# ## Attack: ask again
#
# A site asks every week how you are. Each week a fresh coin: 29 weeks, and the reader takes the majority of each person's answers.

# %%
weeks = [
    yes(RandomisedResponse(item, epsilon=log(3), seed=week).transform(export).rows) for week in range(29)
]
majority = np.mean(weeks, axis=0) > 0.5
(said == truly).mean(), (majority == truly).mean()

# %% [markdown]
# One answer is right for 74.5 % of the people, close to the 3/4 of the coin. The majority is right for 99.8 %. Nothing was broken: the promise was per
# answer, and **epsilons of the same person add up**. After 29 answers the unit "one person" has $29 \ln 3$, about 31.9, and a factor of
# $e^{31.9}$ bounds nothing.

# %% tags=["quoted"]
lessons.quoted("74.5 %", (said == truly).mean())
lessons.quoted("99.8 %", (majority == truly).mean())
lessons.quoted("31.9", 29 * log(3))

# %% [markdown]
# **Exercise.** A person-level budget of epsilon 2 is to last for 29 weekly questions. What may each answer cost?

# %% tags=["exercise"]
per_week = ...

# %% tags=["solution"]
per_week = 2 / 29

# %% tags=["check"]
lessons.check("09/per_week", per_week)

# %% [markdown]
# ## Mitigation: toss once, and remember
#
# The device keeps its first coined answer and repeats it (*memoisation*). In the lab: one seed for all weeks. Re-attack:

# %%
kept = [yes(RandomisedResponse(item, epsilon=log(3), seed=0).transform(export).rows) for _ in range(29)]
majority_of_kept = np.mean(kept, axis=0) > 0.5
(majority_of_kept == truly).mean()

# %% [markdown]
# Back at 75 %: twenty-nine copies of one answer are one answer. Two holes are left. When the *truth* changes and the device tosses
# anew, the change itself can be seen. And the kept answer is the same at every site that receives it: it works like a cookie.

# %%
assert (majority == truly).mean() > 0.99
assert abs((majority_of_kept == truly).mean() - 3 / 4) < 0.02
assert abs(estimate - truly.mean()) < 3 * standard_errors(coin)["true"] / len(truly)

# %% [markdown]
# ## Would it have helped in the case?
#
# For counting, yes. But the company did not want counts; it wanted advertisements shown to the very people who had said yes, and
# for that a coined answer is a poor substitute, on purpose. Local privacy protects an answer, not the fact that somebody filled in the
# form of a therapy site: the list itself is still the health fact (lesson 00).
#
# ## Summary
#
# - A public coin hides the person and keeps the crowd; its epsilon is a logarithm of two chances, and holds per answer.
# - One coined answer multiplies the odds by at most $e^{\varepsilon}$, whatever the reader knew before.
# - The error falls with the root of the number of people: a curator needs far fewer.
# - Asking again adds up; remember the answer, or share the budget out.
#
# ## Further reading
#
# - Warner (1965), [doi:10.1080/01621459.1965.10480775](https://doi.org/10.1080/01621459.1965.10480775).
# - Wang, Blocki, Li and Jha (2017), *Locally Differentially Private Protocols for Frequency Estimation*, USENIX Security.
# - Erlingsson, Pihur and Korolova (2014), RAPPOR, [doi:10.1145/2660267.2660348](https://doi.org/10.1145/2660267.2660348): memoisation at
#   scale.
