# %% [markdown]
# # 06 · Linkage and singling out
#
# **Objectives.** After this lesson you can
#
# - tell singling out, linkability and inference apart, and run an attack for each,
# - read an attack beside its control and its baseline, and compute the advantage by hand,
# - state what a typing error in the register costs the attacker, and whom a wrong claim falls on,
# - defend the table, attack it again, and say which of the three risks the defence answers.
#
# **Prerequisites.** Lesson 05. About 40 minutes.
#
# The question: *the table has no names; what keeps anybody from saying "this row is you"?*

# %%
from math import exp

from attacks import Inference, Linkability, Linkage, SinglingOut
from defenses import GlobalRecoding, OptimalKAnonymity
from exports import Truth
from reidlab import assess, lessons
from reidlab.lessons.data import intake_and_register, with_slips
from reidlab.plots.class_sizes import class_sizes

town = intake_and_register(2_000, seed=6)
raw = GlobalRecoding().fit_transform(town.export)
truth = Truth(town.truth.original, town.truth.control, raw.owner)

# %% [markdown]
# ## What leaves
#
# The table holds answers of 2,000 simulated visitors of the intake page. Name and e-mail address have been removed, and nothing else
# was done: `GlobalRecoding()` without a setting sends every value as it is.

# %%
raw.rows.drop_columns(["better_off_dead"]).slice(0, 3).to_pandas()

# %% [markdown]
# `person_id` is a number that the site made up; here it serves for scoring alone, and no attack below reads it. Place, sex, age,
# relationship and religion are what an acquaintance may know: *quasi-identifiers*. `therapy_before` is the answer to protect. (The
# table has a second one, about thoughts of being better off dead; this lesson leaves it aside.)
#
# In 2014 the data protection authorities of the European Union named three things that a reader must not be able to do before a
# table may be called anonymous (Article 29 Working Party, Opinion 05/2014):
#
# - **singling out**: isolate the record of one person,
# - **linkability**: connect two records of the same person,
# - **inference**: deduce a value of a person from the others, with significant probability.
#
# The name of the person appears in none of them.
#
# **Exercise.** Two shops compare their loyalty cards and find that customer 17 of one is customer 4711 of the other. Neither knows
# her name. Which of the three is it? Answer with the word.

# %% tags=["exercise"]
criterion = ...

# %% tags=["solution"]
criterion = "linkability"

# %% tags=["check"]
lessons.check("06/criterion", criterion)

# %% [markdown]
# ## Attack 1: singling out
#
# The attacker holds the released table and nothing else. She reads conditions off it, such as "age 54, Catholic, widowed", and claims
# that exactly one person of the original fits. She makes 2,000 claims of three conditions each.

# %%
facts = town.export.schema.quasi_identifiers
singled = SinglingOut("multivariate", columns=3, use=facts).run(raw, truth, seed=1)
singled

# %% [markdown]
# Every claim is right. A percentage alone says little, so each attack of this lab comes with two more:
#
# - the **control**: the same claims, held against as many people who are *not* in the table. Of those, 2.5 % are right by chance.
# - the **baseline**: what can be had without the release. Claims of the same form, read off other people, are right for 2.1 %.
#
# Chance is not nothing. A condition that is true of one person in $n$ singles out one of $n$ people with a chance of about $1/e$, that
# is 37 %, without looking at anything (Cohen and Nissim 2020). Without the control a defence that stops nothing could look half good.

# %% tags=["quoted"]
assert singled.attack.share == 1
lessons.quoted("2.5 %", singled.control.share)
lessons.quoted("2.1 %", singled.baseline.share)
lessons.quoted("37 %", exp(-1))

# %% [markdown]
# The **advantage** is how much of what the control left the attack took: $1 - (1 - \text{attack}) / (1 - \text{control})$. At 0 the
# attack is no better than on strangers, at 1 it is always right.
#
# **Exercise.** Another attack is right for 60 % of the people in a table and for 50 % of people who are not in it. What is its
# advantage?

# %% tags=["exercise"]
advantage = ...

# %% tags=["solution"]
advantage = 1 - (1 - 0.6) / (1 - 0.5)

# %% tags=["check"]
lessons.check("06/advantage", advantage)

# %% [markdown]
# ## Attack 2: linkability
#
# Two parties hold different halves of the same records: one delivers parcels and knows the ZIP code, the other runs a dating
# service and knows sex, age, relationship and religion. Each looks for the released record nearest to its half. When both arrive at the
# same record, the halves are linked.

# %%
halves = (("zcta",), ("sex", "age", "relationship", "religion"))
linked = Linkability(halves=halves).run(raw, truth, seed=1)
linked

# %% [markdown]
# Two in five people are linked (40.9 %), and of the strangers 0.1 %. The ZIP code is nearly unique among 2,000 people, the other
# half less so: where several records are equally near, each party would draw one, and counts by its chance.

# %% tags=["quoted"]
lessons.quoted("40.9 %", linked.attack.share)
lessons.quoted("0.1 %", linked.control.share)

# %% [markdown]
# ## Attack 3: inference
#
# An acquaintance knows the five facts of somebody, looks for the nearest record, and reads the answer to "have you been in therapy
# before?" there.

# %%
inferred = Inference(secret="therapy_before").run(raw, truth, seed=1)
inferred

# %% [markdown]
# For the people in the table she is always right. For people like them who are not in it, the nearest record belongs to somebody else,
# and she is right for 52.8 %: worse than the baseline of 58.1 %, which is reached by giving everybody the commonest answer.
# What can be said about *anybody* is knowledge of the population, which no defence of a table takes back. What counts is the distance.

# %% tags=["quoted"]
assert inferred.attack.share == 1
lessons.quoted("52.8 %", inferred.control.share)
lessons.quoted("58.1 %", inferred.baseline.share)

# %% [markdown]
# ## And the name?
#
# Now the attacker gets a register: name, ZIP code, sex and age of 4,000 people, the 2,000 of the table among them.

# %%
town.register.slice(0, 3).to_pandas()

# %%
named = Linkage(town.register).run(raw, truth, seed=1)
named.attack, named.series["claims"]

# %% [markdown]
# She claims a name only where one person alone fits, and is right for 99.4 % of the records. The control are *bystanders*: people
# who are not in the table, put into the register; 0 of 2,000 are named. The baseline, a name drawn by lot, is right once in 2,000.
#
# Our register is small: 4,000 people spread over a country are alone with ZIP code, sex and age. In a register of everybody it would take
# the date of birth, and lesson 05 computed how far that goes.

# %% tags=["quoted"]
lessons.quoted("99.4 %", named.attack.share)
lessons.quoted("2,000", named.attack.of)
lessons.quoted("4,000", town.register.num_rows)
assert named.baseline.count == 1
assert named.control.count == 0

# %% [markdown]
# ## The register has errors
#
# Nobody's register is clean. In ours, one ZIP code in ten now has two digits swapped, and one age in ten is a year too low.

# %%
worn = with_slips(town.register, 0.1, seed=6)
strict = Linkage(worn).run(raw, truth, seed=1)
strict.attack, strict.series["claims"]["wrong"]

# %% [markdown]
# About a fifth of the links is lost, as $0.9 \times 0.9 = 0.81$ lets expect: 81.2 % are left. Errors are no defence, though. The
# attacker may ask for less agreement and leave out the age.

# %%
loose = Linkage(worn, on=("zcta", "sex")).run(raw, truth, seed=1)
loose.attack, loose.control, loose.series["claims"]["wrong"]

# %% [markdown]
# Whoever has a wrong age is found again; others are lost, because now two people fit. And 29 claims are wrong instead of 1. **A
# wrong claim is not harmless**: the control shows 13 bystanders (0.7 %) who never saw the site and are now listed as its patients.

# %% tags=["quoted"]
lessons.quoted("81.2 %", strict.attack.share)
lessons.quoted("0.81", 0.9 * 0.9)
lessons.quoted("29", loose.series["claims"]["wrong"])
lessons.quoted("1", strict.series["claims"]["wrong"])
lessons.quoted("13", loose.control.count)
lessons.quoted("0.7 %", loose.control.share)

# %% [markdown]
# **Exercise.** The *positive predictive value* is the share of the claims made that are right. Compute it for `loose` from
# `loose.series["claims"]`.

# %% tags=["exercise"]
predictive_value = ...

# %% tags=["solution"]
claims = loose.series["claims"]
predictive_value = claims["right"] / claims["made"]

# %% tags=["check"]
lessons.check("06/predictive_value", predictive_value)

# %% [markdown]
# With more columns (a first name, a street) one can do better than leave one out: weigh each agreement by how unlikely it is
# among strangers. `Linkage(..., method="probabilistic")` does so, and needs the extra `linkage`.
#
# ## Mitigation: nobody alone
#
# *k-anonymity* asks that every combination of quasi-identifiers in the table be shared by at least k records. The lab searches
# for the coarsening that loses least. Lesson 07 takes it apart; here it has to stand against the four attacks.

# %%
coarse = OptimalKAnonymity(k=5, suppression=0.05).fit_transform(town.export)
coarse.manifest["levels"], coarse.rows.num_rows

# %%
coarse.rows.drop_columns(["better_off_dead"]).slice(0, 3).to_pandas()

# %%
class_sizes({"as it is": assess(raw.rows, raw.schema), "k = 5": assess(coarse.rows, coarse.schema)})

# %% [markdown]
# What it shows: how many people share all five values with how many others. Before, everybody is alone; afterwards nobody is, and
# most share a class with ten or more.
#
# The place is gone altogether (level 5: all five digits are masked), ages are in two groups, and 70 people were left out. That is the
# price for 2,000 people who are spread over a whole country: what is rare has to go, and almost everything is rare.
#
# ## Re-attack

# %%
after = Truth(town.truth.original, town.truth.control, coarse.owner)
singled_after = SinglingOut("multivariate", columns=3, use=facts).run(coarse, after, seed=1)
singled_after.attack, singled_after.notes

# %% [markdown]
# No condition is true of a single released record any more, so no claim can be made. Always look at how many guesses were *made*:
# "0 % of 0" is not the same finding as "0 % of 2,000".

# %%
linked_after = Linkability(halves=halves).run(coarse, after, seed=1)
named_after = Linkage(town.register).run(coarse, after, seed=1)
inferred_after = Inference(secret="therapy_before").run(coarse, after, seed=1)
for result in (linked_after, named_after, inferred_after):
    print(f"{result.name:<12} {result.attack}   control {result.control}")

# %% [markdown]
# Linking the halves works for one person in 2,000, as for strangers; not one name can be claimed. Inference is at 60.7 % against 56.3 % for
# people who are not in the table. That (an advantage of 0.10) is real: one of the records in her class is her own. Take this last
# line with care. k-anonymity promises nothing about inference, and in another table a whole class may share one answer.

# %% tags=["quoted"]
lessons.quoted("70", town.export.table.num_rows - coarse.rows.num_rows)
lessons.quoted("60.7 %", inferred_after.attack.share)
lessons.quoted("56.3 %", inferred_after.control.share)
lessons.quoted("0.10", inferred_after.advantage.value)
assert inferred_after.advantage.low > 0
assert linked_after.attack.count == 1

# %% [markdown]
# **Exercise.** `named_after.series["k_map"]` tells how many people of the register fit a record. What is the smallest number?

# %% tags=["exercise"]
fewest = ...

# %% tags=["solution"]
fewest = named_after.series["k_map"]["k"]

# %% tags=["check"]
lessons.check("06/fewest", fewest)

# %% [markdown]
# It is far above 5: k counts people in the *table*, and the register holds more people who fit as well.
#
# **Exercise.** Which of the three criteria does k-anonymity say nothing about?

# %% tags=["exercise"]
left_open = ...

# %% tags=["solution"]
left_open = "inference"

# %% tags=["check"]
lessons.check("06/left_open", left_open)

# %% [markdown]
# The arc of this lesson in one cell:

# %%
assert singled.advantage.low > 0.9
assert singled_after.made == 0
assert named.attack.share > 0.9
assert named_after.attack.count == 0

# %% [markdown]
# ## Summary
#
# - Singling out, linkability and inference are three questions; none of them needs a name.
# - An attack is read beside its control (people who are not in the table) and its baseline (without the table).
# - A register adds the names. Its errors cost the attacker links, and put bystanders on the list.
# - k-anonymity answered the first two here, at the price of the place; about the third it promises nothing.
#
# ## Further reading
#
# - Article 29 Data Protection Working Party, *Opinion 05/2014 on Anonymisation Techniques*, WP216 (10 April 2014).
# - Cohen and Nissim (2020), *Towards formalizing the GDPR's notion of singling out*,
#   [doi:10.1073/pnas.1914598117](https://doi.org/10.1073/pnas.1914598117).
# - Giomi and others (2023), *A unified framework for quantifying privacy risk in synthetic data*,
#   [doi:10.56553/popets-2023-0055](https://doi.org/10.56553/popets-2023-0055).
