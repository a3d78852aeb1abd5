# %% [markdown]
# # 12 · The trade-off frontier
#
# **Objectives.** After this lesson you can
#
# - place defences by what they leave to an attack and by what they cost,
# - compute which defences are beaten by another in both,
# - choose a defence under a stated limit, and test the choice on people it was not chosen on.
#
# **Prerequisites.** Lessons 06 and 07. About 35 minutes.
#
# The question: *which defence should the site take for its intake answers, and what does it pay?*

# %%
from pathlib import Path
from tempfile import mkdtemp

from ipywidgets import Dropdown, FloatSlider, interact

from attacks import AccountMatch
from defenses import Hash, Subsample
from exports import Truth
from reidlab import Experiment, Material, Part, lessons
from reidlab.bench.frontier import dominated, points, worst
from reidlab.bench.materials.prepared import as_recipient, prepare
from reidlab.bench.runner import run
from reidlab.bench.table import tidy
from reidlab.bench.utility.registry import measure
from reidlab.plots.frontier import frontier, heat

# %% [markdown]
# ## 1. Where there is nothing to trade
#
# First the upload list. What the site buys is *reach*: the share of its visitors whom the platform can show an advertisement. What it
# discloses is the share whom the platform recognises. We send the whole hashed list, and then a random half of it.

# %%
upload = prepare(Material("upload", people=1_000), 1)


def reach_and_recognised(defense):
    release = defense.fit_transform(upload.export)
    data = as_recipient(upload, release, defense)
    truth = Truth(data.truth.original, data.truth.control, release.owner)
    matched = AccountMatch(data.tables["accounts"]).run(release, truth, seed=1).attack.count
    return measure("matched-reach", data, release)[1], matched / data.export.table.num_rows


reach_and_recognised(Hash()), reach_and_recognised(Subsample(0.5, seed=1))

# %% [markdown]
# In each pair the two numbers are the same. To show a visitor an advertisement, the platform must recognise the visitor: here the use *is*
# the disclosure, and sending half of the list halves both. On such a line there is nothing to optimise; one can only decide how much to
# send, down to nothing.
#
# ## 2. Where there is something to trade
#
# Other uses need nobody in particular. The site might publish its intake answers for research into who seeks help. What such a reader
# wants are tables of two columns at a time; the *two-way error* is how far these are off: 0 is exact, 1 is all wrong.
#
# We put seven defences to two attacks. *Mondrian* coarsens a table until each class holds k people; *PRAM* replaces some
# answers at random and keeps the others. The attacks: *inference* reads a sensitive answer from known columns,
# *membership* tells who is in the table.

# %%
defenses = (
    *(Part("mondrian", {"k": k}) for k in (2, 5, 20)),
    *(Part("optimal-k-anonymity", {"k": k, "suppression": 0.05}) for k in (5, 20)),
    *(Part("pram", {"keep": keep}) for keep in (0.9, 0.5)),
)
attacks = (Part("inference"), Part("membership"))


def experiment(*seeds):
    people = Material("intake", people=1_000)
    return Experiment("intake", "which defence?", people, defenses, attacks, ("two-way-error",), seeds)


# %% [markdown]
# Two *seeds* are two independent draws of 1,000 people.

# %%
table = tidy(run(experiment(1, 2), Path(mkdtemp()), workers=1))
found = points(table)
heat(found)

# %% [markdown]
# Each field is an *advantage*, and 0 is no better than about people who are not in the table. For inference it is the part of what the
# control left that the attack took, so 1 is always right. For membership it is the true positive rate less the false positive rate, read
# where the latter is 10 %, so 0.9 is the most. PRAM that keeps nine answers in ten leaves inference almost all it wants.
#
# ## 3. The frontier
#
# Now both sides at once: the advantage upwards, the error to the right. Lower and further left is better. Choose the attack with Tab and
# the arrow keys.


# %%
@interact(attack=Dropdown(options=["inference", "membership"], description="attack"))
def show(attack):
    return frontier(found, attack, "two-way-error")


# %% [markdown]
# The points of one defence form a line: more protection costs more error. One line can lie below another. A defence is *dominated* when
# another is at least as good in both, and better in one. What is not dominated is the *frontier*; the choice is among those.
#
# **Exercise.** Compute how many of the seven defences are dominated: `dominated(found, "two-way-error", lower_is_better=True)`
# lists them.

# %% tags=["exercise"]
beaten = ...

# %% tags=["solution"]
beaten = len(dominated(found, "two-way-error", lower_is_better=True))

# %% tags=["check"]
lessons.check("12/beaten", beaten)

# %%
dominated(found, "two-way-error", lower_is_better=True)

# %% [markdown]
# PRAM with half of the answers kept has an error of 0.206 and Mondrian with k = 5 one of 0.194; to inference the first leaves an advantage of
# 0.46, the second 0.04. That does not make PRAM bad for every use: it does worse *against these attacks, for this use, on these people*.

# %% tags=["quoted"]
by_name = {(point.defense, point.attack): point for point in found}
pram, mondrian = by_name["pram(keep=0.5)", "inference"], by_name["mondrian(k=5)", "inference"]
lessons.quoted("0.206", pram.utility["two-way-error"])
lessons.quoted("0.194", mondrian.utility["two-way-error"])
lessons.quoted("0.46", pram.advantage.value)
lessons.quoted("0.04", mondrian.advantage.value)

# %% [markdown]
# ## 4. Choose under a limit
#
# A frontier does not choose. Somebody must say how much is acceptable, *before* looking. Move the limit with the arrow keys: which
# defences stay below it against both attacks, and what does the cheapest of them cost?


# %%
def cheapest_below(limit, found):
    names = dict.fromkeys(point.defense for point in found)
    strongest = {name: max(p.advantage.high for p in found if p.defense == name) for name in names}
    cost = {point.defense: point.utility["two-way-error"] for point in found}
    within = [name for name in names if strongest[name] <= limit]
    return min(within, key=cost.get, default=None), len(within)


@interact(limit=FloatSlider(value=0.15, min=0.0, max=1.0, step=0.05, description="limit"))
def choose(limit):
    best, within = cheapest_below(limit, found)
    print(f"{within} of 7 defences stay below {limit:.2f}; the least error has {best}")


# %% [markdown]
# The limit is held against the *upper end* of each interval: what the attack could have, not what it happened to have.
#
# **Exercise.** Which defence is the cheapest below a limit of 0.15? Copy its name as text, or compute it.

# %% tags=["exercise"]
chosen = ...

# %% tags=["solution"]
chosen = cheapest_below(0.15, found)[0]

# %% tags=["check"]
lessons.check("12/chosen", chosen, among=[str(part) for part in defenses])

# %% [markdown]
# ## 5. Re-attack: other people
#
# The choice was made on the people of seeds 1 and 2; the best of seven is partly luck. So it is attacked again, on people of
# a seed that played no part.

# %%
again = points(tidy(run(experiment(3), Path(mkdtemp()), workers=1)))
mine = {point.attack: point.advantage for point in again if point.defense == chosen}
mine

# %% [markdown]
# **Exercise.** Why must the test use other people than the choice?
#
# - `"a"` because the attack needs more computing time
# - `"b"` because the smallest of several noisy numbers is too small on average
# - `"c"` because the defence has learned the first people by heart

# %% tags=["exercise"]
reason = ...

# %% tags=["solution"]
reason = "b"

# %% tags=["check"]
lessons.check("12/reason", reason)

# %% [markdown]
# The same holds for attacks: a defence is as good as the *worst* attack on it, and the worst of several must be picked on some people and
# judged on others. `worst` does that with the seeds at hand; the method stands beside each number.

# %%
for one in worst(table):
    print(f"{one.defense}: {one.attack}, {one.advantage} ({one.method})")

# %%
undefended = next(p for p in found if p.defense == "pram(keep=0.9)" and p.attack == "inference")
assert mine["inference"].value < undefended.advantage.value
assert reach_and_recognised(Hash())[0] == reach_and_recognised(Hash())[1]

# %% [markdown]
# ## Summary
#
# - Where the use is to recognise people, use and disclosure are one number, and no defence separates them.
# - Elsewhere defences lie on lines; some are beaten in both respects, and the rest is a choice that needs a limit set by people.
# - Pick on one draw and test on another; count the worst attack, with the upper end of its interval.
#
# ## Further reading
#
# - Stadler, Oprisanu and Troncoso (2022), *Synthetic data: anonymisation groundhog day*, USENIX Security.
# - `reidlab benchmark intake upload --full` runs the large versions of both experiments.
