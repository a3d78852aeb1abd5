"""E-mail addresses inside cells: with a display name, in a list, in JSON, in an address of the web, in a sentence."""

from __future__ import annotations

from exports.columns.recognisers.inside import Recogniser, found, matches
from exports.schema import Role

_AT = r"(?:@|＠|%(?:25)?40|&#64;|&#x40;|&commat;|\\u0040| @ | ?[\[({]at[\])}] ?)"
_DOT = r"(?:\.|%2e| ?[\[({]dot[\])}] ?)"
ADDRESS = rf"[\p{{L}}\p{{N}}_.+\-]+{_AT}[\p{{L}}\p{{N}}\-]+(?:{_DOT}[\p{{L}}\p{{N}}\-]+)*{_DOT}(?:xn--[a-z0-9\-]+|\p{{L}}{{2,}})"
"""An address as people, browsers and programs write it."""

EMAIL = Recogniser(
    "email",
    Role.IDENTIFIER,
    "e-mail addresses",
    lambda c: (c.at > 0) | (c.wide >= 3) | ((c.marks >= 2) & (c.letters >= 6)),
    lambda texts: found(matches(texts, ADDRESS)),
)
