# %% [markdown]
# # 02 · Hashing an address: why one byte matters
#
# **Objectives.** After this lesson you can
#
# - normalise and hash an address as a platform does,
# - name three ways in which two honest implementations disagree, and what that costs in matches,
# - spot the hash of nothing.
#
# **Prerequisites.** Lesson 00. About 25 minutes.
#
# The question: *the sender and the platform both hash; when do they get the same token?*

# %%
import hashlib

from exports.identifiers import PROFILES, Rejected, find_profile
from reidlab import lessons

# %% [markdown]
# ## A hash is a fingerprint of bytes
#
# Upper and lower case are different bytes, so they have different fingerprints.

# %%
for text in ("jane@mail.example", "Jane@mail.example", "jane@mail.example "):
    print(repr(text), hashlib.sha256(text.encode()).hexdigest()[:16])

# %% [markdown]
# ## So everybody normalises first
#
# A *profile* holds the rules of one platform or connector. The lab ships one for each, with its source.

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
# removes only the first dot. Where sender and platform fall on different sides, the person is not matched, and nobody
# sees an error.

# %% [markdown]
# **Exercise.** How many *different* tokens do the profiles make of this address? Leave out the rejected ones.

# %% tags=["exercise"]
different = ...

# %% tags=["solution"]
different = len({digest for digest in tokens.values() if digest != "rejected"})

# %% tags=["check"]
lessons.check_number(different, len(set(tokens.values()) - {"rejected"}), hint="A set holds each value once.")

# %% [markdown]
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
lessons.check_choice(common, "c", among=["a", "b", "c"], hint="What was hashed to get it?")

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
# ## Summary
#
# - A token is equal only when every byte that was hashed is equal.
# - Normalisation differs between platforms, and between two paths of one platform.
# - The hash of the empty text shows what normalisation destroyed.
#
# ## Further reading
#
# - `reidlab hash --help` prints normal form and digest of what you type, under any profile.
