# %% [markdown]
# # 07 · k-anonymity, l-diversity, t-closeness, and how they break
#
# **Objectives.** After this lesson you can
#
# - make every class of a table at least k people large, at the least loss, and check the result independently,
# - show a class that keeps k and still gives the answer away, and name the measure that sees it,
# - show by an attack that two releases which keep their promise can break it together.
#
# **Prerequisites.** Lesson 05. About 35 minutes.
#
# The question: *what does "every combination occurs at least k times" protect?*

# %%
import pyarrow as pa
from ipywidgets import IntSlider, interact

from attacks import Composition
from defenses import Mondrian, OptimalKAnonymity
from exports import Column, Export, Role, Schema, Truth
from reidlab import assess, lessons
from reidlab.plots.class_sizes import class_sizes
from simulate import simulate_people

schema = Schema(
    {
        "zcta": Column(Role.QUASI_IDENTIFIER, prefix=True),
        "sex": Column(Role.QUASI_IDENTIFIER),
        "age": Column(Role.QUASI_IDENTIFIER, intervals=(0, 18, 25, 35, 45, 55, 65, 120)),
        "relationship": Column(Role.QUASI_IDENTIFIER),
        "reason_1": Column(Role.SENSITIVE),
    }
)
people = simulate_people(2_000, seed=7, groups=("core", "home", "identity", "health", "intake"))
export = Export(people.select(list(schema.columns)), schema)

# %% [markdown]
# ## Attack: find the row, read the answer
#
# The export holds ZIP code, sex, age and relationship of 2,000 simulated visitors, which an acquaintance may know (*quasi-identifiers*), and
# their main reason to seek help, which is *sensitive*. A *class* is everybody with the same quasi-identifiers.

# %%
before = assess(export.table, schema)
before

# %% [markdown]
# 1,998 of the 2,000 are alone in their class: whoever knows the four facts finds the row, and reads the reason beside it.

# %% tags=["quoted"]
lessons.quoted("1,998", before.uniques)
lessons.quoted("2,000", before.rows)

# %% [markdown]
# ## Mitigation: coarsen until every class has k people
#
# A table is *k-anonymous* when each class has at least k rows. Digits of the ZIP code are cut from the right, ages become intervals. The
# search looks at every combination of levels and takes the one that loses least; it may leave out at most 5 % of the rows.

# %%
release = OptimalKAnonymity(k=5, suppression=0.05).fit_transform(export)
after = assess(release.rows, release.schema)
after.k, release.manifest["levels"], release.rows.num_rows

# %% [markdown]
# The check is made on what left, not on the plan: k is 5. The price: the ZIP code is gone (level 5 of 5), ages are in intervals, and
# 1,991 of the 2,000 rows are left.

# %% tags=["quoted"]
lessons.quoted("5", after.k)
lessons.quoted("5", release.manifest["levels"]["zcta"])
lessons.quoted("1,991", release.rows.num_rows)

# %% [markdown]
# Try other values of k. Tab takes you to the slider, the arrow keys move it; the bars show how many people are in classes of each
# size.


# %%
@interact(k=IntSlider(value=5, min=2, max=50, description="k", continuous_update=False))
def show(k):
    tried = OptimalKAnonymity(k=k, suppression=0.05).fit_transform(export)
    print(f"k = {k}: {tried.rows.num_rows:,} rows left, levels {tried.manifest['levels']}")
    return class_sizes({"as collected": before, f"k = {k}": assess(tried.rows, tried.schema)})


# %% [markdown]
# **Exercise.** Ask for `k=20`. How many rows leave?

# %% tags=["exercise"]
rows_left = ...

# %% tags=["solution"]
rows_left = OptimalKAnonymity(k=20, suppression=0.05).fit_transform(export).rows.num_rows

# %% tags=["check"]
lessons.check("07/rows_left", rows_left)

# %% [markdown]
# ## It breaks: a class of five with one answer
#
# k counts rows and says nothing about the answers. In this small table everybody of one class gave the same.

# %%
ward = pa.table({"zip": ["021"] * 5 + ["100"] * 5, "answer": ["yes"] * 5 + ["yes", "no", "no", "yes", "no"]})
roles = Schema.of(quasi_identifier=["zip"], sensitive=["answer"])
found = assess(ward, roles)
found.k, found.l_distinct["answer"], found.t_equal["answer"]

# %% [markdown]
# k is 5, but who knows that a neighbour lives in area 021 knows the answer. Two measures see it:
#
# - *l-diversity*: the number of different answers in the poorest class. Here l is 1.
# - *t-closeness*: how far the mix of answers in a class is from the mix in the whole table, from 0 (the same) to 1. Here t is 0.30: in
#   the table 70 % say yes, in area 021 all do.

# %% tags=["quoted"]
lessons.quoted("1", found.l_distinct["answer"])
lessons.quoted("0.30", found.t_equal["answer"])

# %% [markdown]
# **Exercise.** A class has two answers, 99 times "yes" and once "no"; in the table both are equally common. l is 2. Which measure
# shows what is wrong? (`"k"`, `"l"` or `"t"`)

# %% tags=["exercise"]
measure = ...

# %% tags=["solution"]
measure = "t"

# %% tags=["check"]
lessons.check("07/measure", measure)

# %% [markdown]
# That flaw of l has a name, *skewness*. In our own release l was not asked for and came out by luck; it can be asked for.

# %%
diverse = OptimalKAnonymity(k=5, l=8, suppression=0.05).fit_transform(export)
after.l_distinct["reason_1"], assess(diverse.rows, diverse.schema).l_distinct["reason_1"]

# %% [markdown]
# ## It breaks again: two releases
#
# A year later the site publishes the same people again, coarsened by another method. This release, too, has classes of five or more.

# %%
second = Mondrian(k=5).fit_transform(export)
assess(second.rows, second.schema).k

# %% [markdown]
# An acquaintance knows the four facts of a person, and holds both. Only a reason that occurs in the person's class in *both* can be hers.
# First the attack with one release alone (it is intersected with itself), then with both.

# %%
truth = Truth(export.table, owner=release.owner)
with_one = Composition(release.rows).run(release, truth, seed=1)
with_both = Composition(second.rows).run(release, truth, seed=1)
with_one.attack, with_both.attack

# %% [markdown]
# From one release she names the right reason of 462 people, hardly better than naming the commonest reason for everybody. From
# both she names it for 739. Each release kept its promise; *k-anonymity does not compose*.

# %% tags=["quoted"]
lessons.quoted("462", with_one.attack.count)
lessons.quoted("739", with_both.attack.count)

# %%
with_both.series["pinned"]["first"], with_both.series["pinned"]["both"]

# %% [markdown]
# For some people exactly one reason is left, and it is right: nobody from either release alone, 5 from both.
#
# **Exercise.** What would have kept the second release from adding anything?
#
# - `"a"` a larger k in the second release
# - `"b"` publishing the first release again, unchanged
# - `"c"` leaving out the names

# %% tags=["exercise"]
remedy = ...

# %% tags=["solution"]
remedy = "b"

# %% tags=["check"]
lessons.check("07/remedy", remedy)

# %% tags=["quoted"]
lessons.quoted("5", with_both.series["pinned"]["both"]["count"])
assert with_both.series["pinned"]["first"]["count"] == 0

# %% [markdown]
# ### Re-attack
#
# The same release twice is one release: the attack is back where it was. Differential privacy, in lesson 08, is the definition whose promise
# adds up over different releases in a known way.

# %%
again = Composition(release.rows).run(release, truth, seed=2)
assert after.k >= 5
assert again.attack.count < with_both.attack.count

# %% [markdown]
# ## Summary
#
# - k protects against finding *the row*, not against learning *the answer*.
# - l and t are about answers; none of the three survives a second release by itself.
# - A guarantee belongs to one release and is checked on it, not on the plan.
#
# ## Further reading
#
# - Machanavajjhala and others (2007), [doi:10.1145/1217299.1217302](https://doi.org/10.1145/1217299.1217302).
# - Ganta, Kasiviswanathan and Smith (2008), [doi:10.1145/1401890.1401926](https://doi.org/10.1145/1401890.1401926).
