# %% [markdown]
# # 04 · Undoing the hash
#
# **Objectives.** After this lesson you can
#
# - open hashed tokens with a dictionary and by enumeration,
# - state why the rate of reversal is the coverage of the dictionary,
# - tell what a salt and a secret key change, and for whom.
#
# **Prerequisites.** Lesson 02. About 35 minutes.
#
# The question: *somebody steals the hashed list; how much of it can they read?*

# %%
import os
import secrets

import numpy as np
import pyarrow as pa

from attacks import HashReversal
from defenses import Hash, Hmac, Salt
from exports import Export, Schema, Truth
from reidlab import Material, lessons
from reidlab.bench.materials.prepared import prepare
from reidlab.plots.guesses import guesses_against_share

data = prepare(Material("upload", people=2_000), 1)
export = Export(
    data.export.table.select(["person_id", "email"]), Schema.of(person="person_id", identifier=["email"])
)

# %% [markdown]
# ## Attack
#
# The thief holds an old list of addresses. Of our 2,000 people 1,000 happen to be on it. She hashes each and compares.

# %%
known = export.table.slice(0, 1_000).select(["email"])
released = Hash().fit(export).transform(export)
truth = Truth(export.table, owner=released.owner)
stolen = HashReversal(dictionary=known, identifier="email").run(released, truth, seed=1)
guesses_against_share({"old list": stolen})

# %% [markdown]
# After 1,000 guesses 50.0 % of the tokens are open (1,000 of 2,000). The dotted line is the share of the addresses that the list *covers*: the two
# are one line. The hash was not broken; the attack opened exactly what the dictionary held, in a fraction of a second.

# %% tags=["quoted"]
lessons.quoted("1,000", stolen.attack.count)
lessons.quoted("50.0 %", stolen.attack.share)
assert np.allclose(stolen.series["curve"]["share"], stolen.series["curve"]["coverage"], atol=0.005)

# %% [markdown]
# **Exercise.** With a dictionary of the first 500 addresses, which share would be opened?

# %% tags=["exercise"]
share = ...

# %% tags=["solution"]
share = HashReversal(dictionary=known.slice(0, 500)).run(released, truth, seed=1).attack.share

# %% tags=["check"]
lessons.check("04/share", share)

# %% [markdown]
# ## No dictionary needed
#
# Telephone numbers need no list: there are few enough to try them all (*enumeration*). Ours have an exchange that is never assigned.
#
# **Exercise.** How many numbers begin with `+1617010` and have four more digits?

# %% tags=["exercise"]
candidates = ...

# %% tags=["solution"]
candidates = 10**4

# %% tags=["check"]
lessons.check("04/candidates", candidates)

# %%
phones = pa.table({"id": [1, 2], "phone": ["+16170100042", "+16170107777"]})
numbers = Export(phones, Schema.of(person="id", identifier=["phone"]))
hashed = Hash().fit(numbers).transform(numbers)
HashReversal(space="phones:+1617010:4").run(hashed, Truth(phones, owner=hashed.owner), seed=1)

# %% [markdown]
# Both numbers are open. There are fewer than 10 thousand million numbers in the country's whole plan, and one graphics card of 2022 makes
# 22 thousand million SHA-256 hashes in a second (**believed**): the hash of a telephone number is the number.

# %% tags=["quoted"]
lessons.quoted("22", stolen.series["cost"]["rates"]["gpu_guesses_per_second"] / 1e9)

# %% [markdown]
# ## Mitigation
#
# A *salt* is a text that is hashed along with the address, another for each recipient; the recipient must know it. A *secret key* (or pepper)
# is a text that nobody outside knows.

# %%
salted = Salt("platform-a").fit(export).transform(export)
against_salt = HashReversal(dictionary=known, salt="platform-a").run(
    salted, Truth(export.table, owner=salted.owner), seed=1
)

os.environ["LESSON_PEPPER"] = secrets.token_hex(32)
keyed = Hmac(key_env="LESSON_PEPPER").fit(export).transform(export)
against_key = HashReversal(dictionary=known).run(keyed, Truth(export.table, owner=keyed.owner), seed=1)
against_salt.attack, against_key.attack

# %% [markdown]
# **Exercise.** Whom does the salt stop?
#
# - `"a"` the thief who knows the salt
# - `"b"` somebody who wants to join the lists of two recipients
# - `"c"` the platform that is told the salt in order to match

# %% tags=["exercise"]
stopped = ...

# %% tags=["solution"]
stopped = "b"

# %% tags=["check"]
lessons.check("04/stopped", stopped)

# %% [markdown]
# ## Re-attack
#
# Against the salt the thief opens as much as before, since she knows it or can ask the recipient for it. The key stops her. It stops the
# match as well: a platform without the key finds nobody, and one with the key learns as much as from a plain hash.

# %%
assert against_salt.attack.count == stolen.attack.count
assert against_key.attack.count == 0

# %% [markdown]
# ## Summary
#
# - The rate of reversal is the coverage of the candidates. Always show both.
# - Short spaces (telephone numbers, dates, addresses of computers) are tried in full.
# - A salt for each recipient separates lists; only a secret keeps candidates from being tested.
#
# ## Further reading
#
# - Marx and others (2018), *Hashing of personally identifiable information is not sufficient*,
#   [doi:10.18420/sicherheit2018_04](https://doi.org/10.18420/sicherheit2018_04).
