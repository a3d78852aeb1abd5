# %% [markdown]
# # 08 · Differential privacy: counts, budget, and the last bits
#
# **Objectives.** After this lesson you can
#
# - learn one person's answer from two exact counts, and stop it with noise,
# - state what epsilon bounds, and for which unit,
# - show why textbook noise in floating point gives the answer away.
#
# **Prerequisites.** Lesson 07. About 35 minutes.
#
# The question: *can counts of thousands tell about one person?*

# %%
from attacks.differencing import Differencing
from defenses.histogram import DpHistogram
from exports.queries import exact_counts
from reidlab import lessons
from reidlab.bench.experiment import Material
from reidlab.bench.material import prepare
from reidlab.reproductions.float_noise import mironov

data = prepare(Material("answers", people=2_000), 1)
known = ("sex", "relationship", "religion", "orientation")
attack = Differencing(known=known, secret="therapy_before")

# %% [markdown]
# ## Attack: two questions
#
# An analyst counts a cohort with and without one person. The difference is her answer.

# %%
exact = exact_counts(data.export)
on_exact = attack.run(exact, data.truth, seed=1)
on_exact.attack, on_exact.baseline

# %% [markdown]
# ## Mitigation: noise in proportion to one person
#
# *Epsilon* bounds how much likelier any published table can become when one person is added or removed: by a factor of
# $e^{\varepsilon}$ at most. The unit here is one row, which is one person. The noise is drawn from a seed, so that this lesson can be
# repeated; a release in earnest takes none.

# %%
columns = ",".join((*known, "therapy_before"))
noisy = DpHistogram(columns, epsilon=0.5, seed=1).fit_transform(data.export)
noisy.guarantee, noisy.private

# %% [markdown]
# ## Re-attack

# %%
on_noisy = attack.run(noisy, data.truth, seed=1)
on_noisy.attack, on_noisy.baseline

# %% [markdown]
# **Exercise.** Run the attack against `epsilon=20`. Is its share higher than against 0.5? Answer `True` or `False`.

# %% tags=["exercise"]
higher = ...

# %% tags=["solution"]
loose = DpHistogram(columns, epsilon=20, seed=1).fit_transform(data.export)
higher = attack.run(loose, data.truth, seed=1).attack.share > on_noisy.attack.share

# %% tags=["check"]
lessons.check_choice(
    bool(higher) if higher is not ... else ...,
    True,
    among=[True, False],
    hint="A large epsilon is little noise.",
)

# %% [markdown]
# ## Budget
#
# Two answers at epsilon 0.5 about the same people are one release at epsilon 1.
#
# **Exercise.** How many answers at epsilon 0.1 does a budget of 1 allow?

# %% tags=["exercise"]
answers = ...

# %% tags=["solution"]
answers = 10

# %% tags=["check"]
lessons.check_number(
    answers, 10, hint="Epsilons add up. The ledger adds exact fractions, so ten fit and eleven do not."
)

# %% [markdown]
# ## The last bits
#
# Textbook noise is drawn in floating point and added. A count of 0 keeps finer bits than a count of 1, and these prove who is absent,
# whatever epsilon says. Exact whole-number noise has no such bits.

# %%
for finding in mironov(1):
    print(f"{finding.label}: {finding.ours:.3f}")

# %%
assert on_exact.attack.share > on_noisy.attack.share

# %% [markdown]
# ## Summary
#
# - Exact counts answer questions about one person by differencing.
# - Epsilon bounds a likelihood ratio for a stated unit; releases add up.
# - Noise must be exact: the arithmetic is part of the mechanism.
#
# ## Further reading
#
# - Dwork, McSherry, Nissim and Smith (2006), [doi:10.1007/11681878_14](https://doi.org/10.1007/11681878_14).
# - Mironov (2012), [doi:10.1145/2382196.2382264](https://doi.org/10.1145/2382196.2382264).
