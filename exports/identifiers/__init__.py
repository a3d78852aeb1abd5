"""Identifiers as platforms normalise and hash them: profiles, kinds, rules, tokens.

- ``conditions``: Steps that look first: at the domain, at the form of a text, at whether it is hashed
  already.
- ``digests``: Digests and encodings by the names that platforms use for them.
- ``kinds``: Kinds of identifier: the plain noun for each, and the names that platforms write for it.
- ``profile``: A rule per kind of identifier, a profile per platform or connector, and what they make of
  a value.
- ``profiles``: How each platform and connector normalises and hashes identifiers.
- ``sql``: The same rules as SQL expressions, byte for byte what `Rule.apply` gives.
- ``steps``: The steps of which every normalisation rule is composed, as data that Python and SQL both
  run.
"""

from exports.identifiers.profile import Profile, Rule, Token
from exports.identifiers.profiles.catalogue import PROFILES, find_profile
from exports.identifiers.steps import Rejected

__all__ = ["PROFILES", "Profile", "Rejected", "Rule", "Token", "find_profile"]
