# %% [markdown]
# # 03 · The upload: why 57 %
#
# **Objectives.** After this lesson you can
#
# - account for every uploaded address that was not matched,
# - tell which assumption moves the match rate most,
# - explain why an outcome that fits is no proof of its causes.
#
# **Prerequisites.** Lessons 00 and 02. About 30 minutes.
#
# The question: *which behaviour of people and platforms makes 4 of 7 million match?*

# %%
from ipywidgets import FloatSlider, interact

from reidlab import lessons
from simulate.calibrate import calibrate
from simulate.case import load_case
from simulate.collection import collection
from simulate.expectation import expected_match
from simulate.platforms import reach_table
from simulate.sample import sample_cells
from simulate.sweep import sweep
from simulate.world import load_world

case, world = load_case("betterhelp"), load_world()
values = {name: parameter.value for name, parameter in case.parameters.items()}

# %% [markdown]
# ## Three things must hold
#
# An uploaded address matches when its owner has an account, the platform knows *this* address, and both sides normalise it to
# the same text. The lab draws people, and counts them by what matters here.

# %%
cells = sample_cells(collection(case, world, values, seed=1, people=case.size))
platform = world.platforms["facebook"]
reach = reach_table(platform, world.residents)


def match(**changed):
    return float(expected_match(platform, reach, cells["facebook"], {**values, **changed}))


surveyed = match()
surveyed

# %% [markdown]
# Nothing was fitted: the share of people who register with their first address is the surveyed 0.76. The published
# rate is 4 of 7 million.

# %% [markdown]
# **Exercise.** What would the match be if everybody used one address everywhere (`address_reuse=1.0`)?

# %% tags=["exercise"]
one_address = ...

# %% tags=["solution"]
one_address = match(address_reuse=1.0)

# %% tags=["check"]
lessons.check_number(one_address, match(address_reuse=1.0), hint="Call match() with the changed parameter.")

# %% [markdown]
# ## Move the causes yourself
#
# The sliders can be moved with the arrow keys too.


# %%
@interact(
    reuse=FloatSlider(value=values["address_reuse"], min=0.5, max=1.0, step=0.01, description="reuse"),
    books=FloatSlider(value=values["address_book"], min=0.0, max=0.4, step=0.01, description="books"),
    typos=FloatSlider(value=values["typo"], min=0.0, max=0.1, step=0.005, description="typos"),
)
def show(reuse, books, typos):
    print(f"expected match {100 * match(address_reuse=reuse, address_book=books, typo=typos):.1f} %")


# %% [markdown]
# ## Fit one, and say so
#
# The one free parameter, the reuse of addresses, is fitted to the published rate.

# %%
fit = calibrate(case, world, cells["facebook"])
fit

# %% [markdown]
# **Exercise.** Many other settings give the same rate. Find the *sign*: if friends' address books told the platform more addresses
# than we assume, would the fitted reuse have to be `"higher"` or `"lower"`?

# %% tags=["exercise"]
direction = ...

# %% tags=["solution"]
direction = "lower"

# %% tags=["check"]
lessons.check_choice(
    direction,
    "lower",
    among=["higher", "lower"],
    hint="Address books add matches; something must take them away.",
)

# %% [markdown]
# ## A range with its drivers
#
# What is unknown is drawn from its range, many times. The result is a range, and the parameter that drives it.

# %%
ranges = {found.platform: found for found in sweep(case, world, cells, seed=1, power=9)}
facebook = ranges["facebook"]
print(f"{100 * facebook.low:.0f} to {100 * facebook.high:.0f} %, driven by {next(iter(facebook.drivers))}")

# %% [markdown]
# ## Summary
#
# - An address is lost to no account, another address, a typo or a different normal form, in this order.
# - The reuse of addresses drives the rate most; it is fitted openly and then swept.
# - That a simulation gives 57 % does not prove its causes: other mixtures of them give the same.
#
# ## Further reading
#
# - `reidlab replay betterhelp --sweep` prints the ranges of every platform.
