"""Segment's connectors to Reddit, Microsoft, Amazon, DV360 and Yahoo: read in their code, not executed."""

from __future__ import annotations

from exports.identifiers.conditions import BeforeAt
from exports.identifiers.profile import Profile, Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.steps import Before, Delete, Lower, Step

_SOURCE = "segmentio/action-destinations packages/destination-actions/src/destinations/"


def _sent(*clean: Step) -> Rule:
    """Look whether it is hashed, then clean."""
    return Rule((parts.NOT_BLANK, parts.PASS_SHA256, *clean, parts.NOT_BLANK))


_CLEAR = Rule((parts.NOT_EMPTY,), "none")
_TYPED = Rule((parts.NOT_EMPTY,))

REDDIT = Profile(
    "segment.reddit",
    {
        # At every domain, and without trimming.
        "email": _sent(BeforeAt((Before("+"), Delete("."))), Lower()),
        "maid": _sent(),
    },
    ("reddit(segment)",),
    _SOURCE + "reddit-audiences",
)

MICROSOFT = Profile(
    "segment.microsoft",
    {"email": _sent(*parts.JS_TRIM_LOWER), "external_id": _CLEAR},
    ("microsoft(segment)", "ms-bing-ads-audiences(segment)"),
    _SOURCE + "ms-bing-ads-audiences",
)

_LETTERS = _sent(Lower(), Delete("^a-z0-9"))
_TRIMMED = _sent(*parts.JS_TRIM_LOWER)
_AMAZON = ("first_name", "last_name", "street", "city", "state", "zip", "country")
AMAZON = (
    Profile(
        "segment.amazon",
        {
            # What the address may hold beside these is lost: a plus sign and an underscore vanish.
            "email": _sent(Lower(), Delete(r"^a-z0-9.@\-")),
            "phone": _sent(*parts.DIGITS),
            **dict.fromkeys(_AMAZON, _LETTERS),
        },
        ("amazon", "amazon(segment)", "amazon-amc(segment)"),
        _SOURCE + "amazon-amc, the newer rule; the day of the change is not known",
    ),
    Profile(
        "segment.amazon.older",
        dict.fromkeys(("email", "phone", *_AMAZON), _TRIMMED),
        (),
        _SOURCE + "amazon-amc, the older rule: trimmed and in lower case, whatever it is",
    ),
)

_NO_SPACE = _sent(*parts.JS_NO_SPACE_LOWER)
_NAMES = dict.fromkeys(("email", "phone", "first_name", "last_name"), _NO_SPACE)
DV360 = (
    Profile(
        "segment.dv360",
        # Name, ZIP and country are sent only when all four are there.
        {**_NAMES, "zip": _CLEAR, "country": _CLEAR},
        ("dv360", "dv360(segment)", "first-party-dv360(segment)"),
        _SOURCE + "first-party-dv360",
    ),
    Profile(
        "segment.dv360.older",
        {**_NAMES, "zip": _NO_SPACE, "country": _NO_SPACE},
        (),
        _SOURCE + "first-party-dv360, an older version, which hashes ZIP and country too",
    ),
)

YAHOO = Profile(
    "segment.yahoo",
    {"email": _TYPED, "maid": _TYPED},
    ("yahoo", "yahoo(segment)", "yahoo-audiences(segment)"),
    _SOURCE + "yahoo-audiences: hashed exactly as typed",
)

AUDIENCES = (REDDIT, MICROSOFT, *AMAZON, *DV360, YAHOO)
