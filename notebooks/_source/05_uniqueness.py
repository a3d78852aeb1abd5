# %% [markdown]
# # 05 · Uniqueness: 87 or 63 %?
#
# **Objectives.** After this lesson you can
#
# - compute how many people are alone in place, sex and date of birth,
# - explain why two careful papers give 87 and 63 %,
# - find the coarsening that changes the result most.
#
# **Prerequisites.** Lesson 00. About 25 minutes.
#
# The question: *how much do three harmless facts say about who you are?*

# %%
from reidlab import lessons
from simulate.calibration.population_uniques import expected_unique, group_sizes, pigeonhole_unique

sizes = group_sizes()
residents = sizes.sum()

# %% [markdown]
# ## One group: a place, a sex, a year of birth
#
# People are *alone* in some facts when nobody else has the same ones. `sizes` holds how many residents share a ZIP code area, sex and year of birth. They are told apart by the day of birth only.

# %%
print(f"{residents:,.0f} residents in {sizes.size:,} groups")

# %% [markdown]
# ## Golle's definition: the expected number alone
#
# In a group of $n$ people, somebody shares the birthday with nobody else with chance $(1 - 1/365.25)^{n-1}$.

# %%
golle = expected_unique(sizes)
golle

# %% [markdown]
# 63.8 % of the residents are expected to be alone in the three facts.
#
# ## Sweeney's definition: everybody in a small group
#
# She counted everybody as "likely unique" whose group has no more people than the year has days, and nobody else.

# %%
sweeney = pigeonhole_unique(sizes)
sweeney

# %% [markdown]
# 90.2 %. The same people, two definitions, two numbers. Sweeney published 87 % for the people of 1990 [seen], Golle 63 % for those
# of 2000 [seen]; ours differ a little, because places are of 2010 and ages of 2018.

# %% tags=["quoted"]
lessons.quoted("63.8 %", golle)
lessons.quoted("90.2 %", sweeney)

# %% [markdown]
# **Exercise.** A group has exactly 365 people. Which share of it does Sweeney's definition count? (A number between 0 and 1.)

# %% tags=["exercise"]
counted = ...

# %% tags=["solution"]
counted = 1.0

# %% tags=["check"]
lessons.check("05/counted", counted)

# %% [markdown]
# **Exercise.** And which share of it is expected to be alone by Golle's? Use $(1 - 1/365.25)^{364}$.

# %% tags=["exercise"]
alone = ...

# %% tags=["solution"]
alone = (1 - 1 / 365.25) ** 364

# %% tags=["check"]
lessons.check("05/alone", alone)

# %% [markdown]
# About 37 % of that group. The gap between the definitions is in groups like this one.

# %% tags=["quoted"]
lessons.quoted("37 %", (1 - 1 / 365.25) ** 364)

# %% [markdown]
# ## Mitigation: give the month, or the year

# %%
by_month, by_year = expected_unique(sizes, dates=12), expected_unique(sizes, dates=1)
by_month, by_year

# %% [markdown]
# With month and year of birth 3.9 % are alone, with the year 0.2 %. Leaving out the day takes most of the uniqueness away. What it does not take away is lesson 07's subject: a group of many can still share
# one answer.

# %% tags=["quoted"]
lessons.quoted("3.9 %", by_month)
lessons.quoted("0.2 %", by_year)

# %% [markdown]
# **Exercise.** How many *people* does the second line still leave alone, with the year of birth only?

# %% tags=["exercise"]
people = ...

# %% tags=["solution"]
people = by_year * residents

# %% tags=["check"]
lessons.check("05/people", people)

# %% [markdown]
# More than half a million people: a small share of a large country is many. An average says nothing about the person it does not hold for.

# %% tags=["quoted"]
assert 500_000 < by_year * residents < 600_000

# %%
assert by_year < by_month < golle < sweeney

# %% [markdown]
# ## Summary
#
# - "87 %" and "63 %" answer two questions about the same people.
# - Always ask which definition a uniqueness figure uses, and on whom.
# - Coarsening the date of birth changes more than anything else here.
#
# ## Further reading
#
# - Golle (2006), [doi:10.1145/1179601.1179615](https://doi.org/10.1145/1179601.1179615).
# - Rocher, Hendrickx and de Montjoye (2019), [doi:10.1038/s41467-019-10933-3](https://doi.org/10.1038/s41467-019-10933-3).
