# %% [markdown]
# # 08 · Differential privacy: counts, budget, audience sizes, and the last bits
#
# **Objectives.** After this lesson you can
#
# - learn one person's answer from two exact counts, and measure how much noise stops it,
# - state what epsilon bounds, and for which unit,
# - compute what a budget allows, and test whether a platform's rounded audience sizes keep to one,
# - show why textbook noise in floating point gives the answer away.
#
# **Prerequisites.** Lesson 07. About 40 minutes.
#
# The question: *can counts of thousands tell about one person?*

# %%
import numpy as np
import pyarrow as pa
from ipywidgets import SelectionSlider, interact

from attacks import AudienceSize, Differencing
from defenses import DpHistogram, NoisySize, RoundedSize
from exports import Column, Export, Role, Schema, Stream, Truth, exact_counts
from reidlab import lessons
from reidlab.bench.materials.prepared import Prepared
from reidlab.bench.utility.registry import measure
from reidlab.plots.posterior_shift import Shift, posterior_shift
from reidlab.reproductions.float_noise import mironov
from simulate import simulate_people
from simulate.attributes.households import RELATIONSHIPS
from simulate.attributes.intake import REASONS

possible = {
    "age": tuple(map(str, range(13, 111))),
    "sex": ("female", "male"),
    "reason_1": tuple(REASONS),
    "relationship": tuple(RELATIONSHIPS),
    "therapy_before": ("false", "true"),
}
people = simulate_people(2_000, seed=8, groups=("core", "home", "identity", "health", "intake"))
answers = pa.table({name: people[name].cast(pa.string()) for name in possible})
roles = dict.fromkeys(possible, Role.QUASI_IDENTIFIER) | {"therapy_before": Role.SENSITIVE}
schema = Schema({name: Column(roles[name], domain=domain) for name, domain in possible.items()})
data = Prepared(Export(answers, schema), Truth(answers), {})

# %% [markdown]
# ## Attack: two questions
#
# An analyst may ask only for counts of 2,000 people's answers. She knows a colleague's age, sex, relationship and main reason. She finds a
# group in which he is the only one with one of these, counts those who were in therapy before in the group with him, and again
# without him. The difference is his answer: this is *differencing*.

# %%
attack = Differencing()
exact = exact_counts(data.export)
on_exact = attack.run(exact, data.truth, seed=1)
on_exact.attack, on_exact.baseline

# %% [markdown]
# Of 500 people she is right about 415; the commonest answer for everybody is right about 305. She fails only with people whom no three of
# the facts set apart. None of the counts she asked for was small.

# %% tags=["quoted"]
lessons.quoted("415", on_exact.attack.count)
lessons.quoted("305", on_exact.baseline.count)

# %% [markdown]
# ## Mitigation: noise in proportion to one person
#
# *Differential privacy* asks that any table that may be published be about as likely with one person as without. *Epsilon* is the bound: by a
# factor of exp(epsilon) at most. The *unit* is what is added or removed; here one row, which is one person. A small epsilon promises
# more and needs more noise.
#
# The noise is drawn from a seed, so that this lesson can be repeated; `private` is therefore `False`. A release in earnest takes no seed.

# %%
columns = ",".join(possible)
noisy = DpHistogram(columns, epsilon=0.5, seed=1).fit_transform(data.export)
noisy.guarantee, noisy.private

# %% [markdown]
# What does epsilon = 0.5 mean for somebody who, as far as one knew, was in therapy before with a probability of 58 %? The *odds*, here 58 to
# 42, can at most be multiplied or divided by exp(2 x 0.5): the promise is about one person more or less, and another answer of the same
# person is one less and one more. The figure shows how far that can move the belief.


# %%
def bound(prior, epsilon):
    odds = prior / (1 - prior)
    high, low = odds * np.exp(2 * epsilon), odds * np.exp(-2 * epsilon)
    return Shift(prior, {"at most": high / (1 + high), "at least": low / (1 + low)})


posterior_shift({f"epsilon = {e}": bound(0.58, e) for e in (0.1, 0.5, 2.0, 10.0)}, claim="in therapy before")

# %% [markdown]
# With epsilon = 0.1 the belief stays within 53.1 and 62.8 %; with 10 it may become near certain: such a promise is kept and worth little.

# %% tags=["quoted"]
lessons.quoted("53.1", 100 * bound(0.58, 0.1).posteriors["at least"])
lessons.quoted("62.8 %", bound(0.58, 0.1).posteriors["at most"])

# %% [markdown]
# ## Re-attack

# %%
on_noisy = attack.run(noisy, data.truth, seed=1)
on_noisy.attack, on_noisy.baseline

# %% [markdown]
# She is now right about 284 of the 500, fewer than by always naming the commonest answer. The counts are off by a few people each. Move
# epsilon with Tab and the arrow keys, and watch both sides.

# %% tags=["quoted"]
lessons.quoted("284", on_noisy.attack.count)


# %%
@interact(epsilon=SelectionSlider(options=[0.1, 0.5, 1, 2, 5, 10], value=0.5, description="epsilon"))
def show(epsilon):
    tried = DpHistogram(columns, epsilon=epsilon, seed=1).fit_transform(data.export)
    off = measure("count-error", data, tried)[1]
    print(
        f"right about {attack.run(tried, data.truth, seed=1).attack}; counts off by {off:.1f} people on average"
    )


# %% [markdown]
# **Exercise.** Run the attack against `epsilon=20`. Is its share higher than against 0.5? Answer `True` or `False`.

# %% tags=["exercise"]
higher = ...

# %% tags=["solution"]
loose = DpHistogram(columns, epsilon=20, seed=1).fit_transform(data.export)
higher = bool(attack.run(loose, data.truth, seed=1).attack.share > on_noisy.attack.share)

# %% tags=["check"]
lessons.check("08/higher", higher)

# %% [markdown]
# ## Budget
#
# Two answers at epsilon 0.5 about the same people are one release at epsilon 1: epsilons add up. A *budget* is the sum that may be spent.
#
# **Exercise.** How many answers at epsilon 0.1 does a budget of 1 allow?

# %% tags=["exercise"]
allowed = ...

# %% tags=["solution"]
allowed = 10

# %% tags=["check"]
lessons.check("08/allowed", allowed)

# %% [markdown]
# ## A platform's rule: rounded audience sizes
#
# An advertising platform shows how many accounts are in an audience, to two digits ("4,100"). Is that not protection enough? The attacker
# has accounts of her own. She fills the audience with them until the shown size is about to jump, and adds the one account she
# is curious about: if it jumps, that person has the attribute.

# %%
has = Stream(1, "lesson", "audience").uniforms(4_000) < 0.4
accounts = pa.table({"em": [f"t{i}" for i in range(4_000)], "client": np.where(has, "yes", "no")})
audience = Export(accounts, Schema.of(token=["em"], sensitive=["client"]))

# %%
by_size = AudienceSize(accounts=1_200, targets=60, repeats=40)
rounded = RoundedSize(digits=2).fit_transform(audience)
on_rounded = by_size.run(rounded, Truth(accounts), seed=1)
on_rounded.attack

# %% [markdown]
# She is right about all 60. Rounding moves the step at which one person shows; it does not take the step away. It promises nothing, and has
# no budget: the platform answers as often as it is asked.

# %% tags=["quoted"]
lessons.quoted("60", on_rounded.attack.count)

# %% [markdown]
# With noise she needs many lists for each person. We let her ask as often as she likes, first at epsilon 1 for each answer and then at
# 0.01.

# %%
sizes = {e: NoisySize(epsilon=e, budget=1_000_000, seed=1).fit_transform(audience) for e in (1, 0.01)}
on_sizes = {e: by_size.run(size, Truth(accounts), seed=1) for e, size in sizes.items()}
{e: (result.attack, result.baseline) for e, result in on_sizes.items()}

# %% [markdown]
# At epsilon 1 for each answer she is right about 58 of 60, where always saying no is right about 50: she asks the same thing with other
# decoys, and averages the noise away. That is what a budget is for; here it was set so high that it never ran out. At 0.01 her forty
# lists for each person do not suffice. We chose forty after ten had shown nothing at epsilon 1: who stops an attack early finds less
# than there is.

# %% tags=["quoted"]
lessons.quoted("58", on_sizes[1].attack.count)
lessons.quoted("50", on_sizes[1].baseline.count)

# %% [markdown]
# **Exercise.** A platform answers 500 questions about the same audience at epsilon 0.01 each. What epsilon, per person, has it spent?

# %% tags=["exercise"]
spent = ...

# %% tags=["solution"]
spent = 500 * 0.01

# %% tags=["check"]
lessons.check("08/spent", spent)

# %% [markdown]
# ## The last bits
#
# Textbook noise is drawn in *floating point*, numbers of 53 binary digits, and added. Small noise added to a count of 0 keeps bits that
# are finer than any noise added to a count of 1 can have. Whoever looks at the last bits of an answer can prove that the count was 0.

# %%
leak = mironov(1)
for finding in leak:
    print(f"{finding.label}: {finding.ours:.3f}")

# %% [markdown]
# In 27 % of the answers absence is proven, whatever epsilon was promised. Exact whole-number noise, which the defences here use, has no
# such bits.

# %% tags=["quoted"]
lessons.quoted("27 %", leak[0].ours)

# %%
assert on_exact.attack.share > on_noisy.attack.share
assert on_rounded.attack.share > on_sizes[0.01].attack.share
assert leak[1].ours == leak[2].ours == 0

# %% [markdown]
# ## Summary
#
# - Exact counts, and rounded ones, answer questions about one person by differencing.
# - Epsilon bounds a likelihood ratio for a stated unit; releases add up, so a promise needs a budget.
# - Noise must be exact: the arithmetic is part of the mechanism.
#
# ## Further reading
#
# - Dwork, McSherry, Nissim and Smith (2006), [doi:10.1007/11681878_14](https://doi.org/10.1007/11681878_14).
# - Mironov (2012), [doi:10.1145/2382196.2382264](https://doi.org/10.1145/2382196.2382264).
# - Venkatadri and others (2018), *Privacy risks with Facebook's PII-based targeting*,
#   [doi:10.1109/SP.2018.00014](https://doi.org/10.1109/SP.2018.00014).
