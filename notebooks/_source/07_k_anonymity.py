# %% [markdown]
# # 07 · k-anonymity, l-diversity, t-closeness, and how they break
#
# **Objectives.** After this lesson you can
#
# - k-anonymise a table at the least loss and check the result independently,
# - show a class that keeps k and still gives the answer away,
# - show that two k-anonymous releases together may single people out.
#
# **Prerequisites.** Lesson 05. About 35 minutes.
#
# The question: *what does "every combination occurs at least k times" protect?*

# %%
import pyarrow as pa

from defenses.optimal import OptimalKAnonymity
from exports.schema import Column, Role, Schema
from reidlab import lessons
from reidlab.assessment import assess
from reidlab.bench.experiment import Material
from reidlab.bench.material import prepare

export = prepare(Material("intake", people=2_000), 1).export
before = assess(export.table, export.schema)
before

# %% [markdown]
# ## Attack
#
# Nearly everybody is alone: who knows place, sex, age, relationship and religion of somebody finds the row, and reads the answers.

# %%
share_alone = before.uniques / before.rows
share_alone

# %% [markdown]
# ## Mitigation: generalise until every class has five
#
# The search looks at every combination of levels and takes the one that loses least, leaving out at most 5 % of the rows.

# %%
release = OptimalKAnonymity(k=5, suppression=0.05).fit_transform(export)
release.manifest["levels"], release.rows.num_rows

# %%
after = assess(release.rows, release.schema)
after.k

# %% [markdown]
# **Exercise.** Ask for `k=20` instead. How many rows leave?

# %% tags=["exercise"]
rows_left = ...

# %% tags=["solution"]
rows_left = OptimalKAnonymity(k=20, suppression=0.05).fit_transform(export).rows.num_rows

# %% tags=["check"]
lessons.check_number(
    rows_left,
    OptimalKAnonymity(k=20, suppression=0.05).fit_transform(export).rows.num_rows,
    hint="Repeat the cell above with another k and count the released rows.",
)

# %% [markdown]
# ## It breaks: a class of five with one answer
#
# k says nothing about the answers. Here everybody in the class said yes.

# %%
ward = pa.table({"zip": ["021"] * 5 + ["100"] * 5, "answer": ["yes"] * 5 + ["yes", "no", "no", "yes", "no"]})
roles = Schema({"zip": Column(Role.QUASI_IDENTIFIER), "answer": Column(Role.SENSITIVE)})
found = assess(ward, roles)
found.k, found.l_distinct["answer"]

# %% [markdown]
# k is 5, and l is 1: one class has a single answer. Who knows that a neighbour is in ZIP area 021 knows the answer. *l-diversity* asks for
# several answers in each class, *t-closeness* for about the same mix as in the whole table.
#
# **Exercise.** Which measure is about the *mix* of answers in a class, compared with the table? (`"k"`, `"l"` or `"t"`)

# %% tags=["exercise"]
measure = ...

# %% tags=["solution"]
measure = "t"

# %% tags=["check"]
lessons.check_choice(measure, "t", among=["k", "l", "t"], hint="Closeness of two distributions.")

# %% [markdown]
# ## It breaks again: two releases
#
# A clinic and a pharmacy each publish classes of two. A neighbour is 31, lives in 021, and went to both.

# %%
clinic = {"021, 30-39": {"depression", "flu"}}
pharmacy = {"0213*, 31": {"flu medicine", "depression"}}
both = clinic["021, 30-39"] & {answer.removesuffix(" medicine") for answer in pharmacy["0213*, 31"]} - {"flu"}
both

# %% [markdown]
# If the pharmacy's `flu medicine` is known to be another's, one answer is left. k-anonymity does not compose: each release keeps its
# promise, and the two together do not.

# %%
assert after.k >= 5
assert both == {"depression"}

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
