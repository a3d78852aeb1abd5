# %% [markdown]
# # 02 · Hashing an address: why one byte matters
#
# **Objectives.** After this lesson you can
#
# - normalise and hash an address as a platform does,
# - name three ways in which two honest implementations disagree, and what that costs in matches,
# - spot the hash of nothing,
# - show why sloppy hashing costs the sender matches and protects nobody.
#
# **Prerequisites.** Lesson 00. About 30 minutes.
#
# The question: *the sender and the platform both hash; when do they get the same token?*

# %%
import hashlib

from exports import PROFILES, Rejected, find_profile
from reidlab import lessons

# %% [markdown]
# ## A hash is a fingerprint of bytes
#
# SHA-256 reads bytes, not meaning. Upper and lower case are different bytes, and a blank is a byte too.

# %%
for text in ("jane@mail.example", "Jane@mail.example", "jane@mail.example "):
    print(repr(text), hashlib.sha256(text.encode()).hexdigest()[:16])

# %% [markdown]
# One person, three tokens. Nothing in them shows that they belong together.
#
# ## So everybody normalises first
#
# To *normalise* is to bring what means the same into one form before hashing: trim blanks, make letters small. A *profile* holds the
# rules of one platform or connector. The lab ships one for each, with its source.

# %%
profiles = [profile for profile in PROFILES if "email" in profile.rules]
len(profiles)


# %%
def token(profile, address):
    try:
        return profile.rule("email").apply(address).digest
    except Rejected:
        return "rejected"


address = " J.D.oe+news@googlemail.com"
tokens = {profile.name: token(profile, address) for profile in profiles}
for name, digest in tokens.items():
    print(f"{name:<32} {digest[:16]}")

# %% [markdown]
# The same address, and several different tokens: some profiles drop the dots and the tag of a Google address, some keep them, one
# removes only the first dot; a few use another hash function or write it in another alphabet. Where sender and platform fall on
# different sides, the person is not matched, and **nobody sees an error**: a token that matches nothing looks like any other.

# %% [markdown]
# **Exercise.** How many *different* tokens do the profiles make of this address? Leave out the rejected ones.

# %% tags=["exercise"]
different = ...

# %% tags=["solution"]
different = len({digest for digest in tokens.values() if digest != "rejected"})

# %% tags=["check"]
lessons.check("02/different", different)

# %% [markdown]
# **Exercise.** Meta hashes its accounts with the profile `"meta"`. What share of all `tokens` would find this person there?

# %% tags=["exercise"]
share_found = ...

# %% tags=["solution"]
share_found = sum(digest == tokens["meta"] for digest in tokens.values()) / len(tokens)

# %% tags=["check"]
lessons.check("02/share_found", share_found)

# %% tags=["quoted"]
assert 0.4 < share_found < 0.8

# %% [markdown]
# Little more than half of the recipes lead to the same token, for an address that a person would call one and the same.
#
# ## The hash of nothing
#
# One profile removes every character that it does not know from a name. Of a name in another script nothing is left, and
# everybody with such a name gets the same token.

# %%
rule = find_profile("meta.audience_sdk").rule("first_name")
{name: rule.apply(name).digest[:8] for name in ("Anna", "李", "정")}

# %% [markdown]
# `e3b0c442` is how the SHA-256 of the empty text begins. A list that holds it thousands of times is a list of mistakes.
#
# **Exercise.** Two rows of an export carry the token that begins `e3b0c442`. What do they have in common?
#
# - `"a"` the same person
# - `"b"` the same address
# - `"c"` a value of which normalisation left nothing

# %% tags=["exercise"]
common = ...

# %% tags=["solution"]
common = "c"

# %% tags=["check"]
lessons.check("02/common", common)

# %% [markdown]
# ## A hash that is hashed again
#
# A careful sender hashes before the tool does. The tool does not notice, and hashes the hash.

# %%
once = token(find_profile("meta.audience_sdk"), "jane@mail.example")
twice = token(find_profile("meta.audience_sdk"), once)
passed_through = token(find_profile("meta.conversions"), once)
once == twice, once == passed_through

# %% [markdown]
# The audience path of that platform's own kit hashes again: no match at all. Its conversions path recognises a hash and lets it pass.
#
# ## Is one wrong byte a defence?
#
# **Attack.** The platform looks a token up among those of its accounts.

# %%
accounts = {hashlib.sha256(b"jane@mail.example").hexdigest(): "jane@mail.example"}
clean = hashlib.sha256(b"jane@mail.example").hexdigest()
accounts.get(clean)

# %% [markdown]
# **"Mitigation".** A sender leaves a blank at the end, by mistake or on purpose. **Re-attack**, by the same look-up, and then by one that
# also tries the usual slips.

# %%
sloppy = hashlib.sha256(b"jane@mail.example ").hexdigest()
slips = (str.upper, str.title, lambda text: text + " ", lambda text: " " + text, lambda text: text + ".")
tried = {
    hashlib.sha256(slip(address).encode()).hexdigest(): address
    for address in accounts.values()
    for slip in slips
}
accounts.get(sloppy), tried.get(sloppy)

# %% [markdown]
# The plain look-up fails, and five more hashes per account find her. A mistake hides people from an honest recipient only; whoever is
# curious repeats the mistake. What is wanted is a secret, not a slip: lesson 04.

# %%
assert accounts.get(sloppy) is None
assert tried.get(sloppy) == accounts[clean]

# %% [markdown]
# ## Summary
#
# - A token is equal only when every byte that was hashed is equal.
# - Normalisation differs between platforms, and between two paths of one platform.
# - The hash of the empty text shows what normalisation destroyed.
# - A lost match is silent, and a wrong byte is no protection.
#
# ## Further reading
#
# - `reidlab hash --help` prints normal form and digest of what you type, under any profile.
# - National Institute of Standards and Technology (2015), *Secure Hash Standard*,
#   [doi:10.6028/NIST.FIPS.180-4](https://doi.org/10.6028/NIST.FIPS.180-4).
