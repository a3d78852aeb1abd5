"""Identifiers as platforms normalise and hash them: profiles, kinds, rules, tokens."""

from exports.identifiers.profile import Profile, Rule, Token
from exports.identifiers.profiles.catalogue import PROFILES, find_profile
from exports.identifiers.steps import Rejected

__all__ = ["PROFILES", "Profile", "Rejected", "Rule", "Token", "find_profile"]
