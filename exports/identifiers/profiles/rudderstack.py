"""What RudderStack's connectors make of a value before they send it to a platform.

Their audience connectors refuse a value that looks hashed while hashing is switched on. For
e-mail the recorded vectors hash such a value again, and so do the rules here; nor is an e-mail
refused for its form, since the recorded vectors hash it.
"""

from __future__ import annotations

from exports.identifiers.conditions import AtGmail, Require
from exports.identifiers.profile import Profile, Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.steps import (
    JS_SPACE,
    Before,
    Delete,
    Lower,
    PadTwo,
    Prefix,
    Step,
    Translate,
    Trim,
    TrimLeft,
)

_SOURCE = "rudderlabs/rudder-transformer@c98d160 src/"
_PUNCTUATION = r"!-/:-@\[-`{-~"


def _audience(*steps: Step) -> Rule:
    return Rule((parts.NOT_EMPTY, parts.REFUSE_SHA256, *steps, parts.NOT_EMPTY))


def _clear(*steps: Step) -> Rule:
    return Rule((*steps, parts.NOT_EMPTY), "none")


_EMAIL = Rule((*parts.JS_TRIM_LOWER, parts.NOT_EMPTY))
_EMAIL_NO_SPACE = Rule((*parts.JS_NO_SPACE_LOWER, parts.NOT_EMPTY))
_NAME = _audience(*parts.JS_TRIM_LOWER, Delete(_PUNCTUATION))
_PLACE = _audience(Delete("^A-Za-z"), Lower())
_PART_OF_DATE = _audience(Trim(JS_SPACE), Delete("."), PadTwo())
_IS_PHONE = Require(r"\+?[0-9]+", "a phone is digits with at most a plus sign before them")

META = Profile(
    "rudderstack.meta",
    {
        "email": _EMAIL,
        "phone": _audience(*parts.INTERNATIONAL),
        "first_name": _NAME,
        "last_name": _NAME,
        "first_initial": _audience(*parts.JS_TRIM_LOWER, Delete("^!-/a-z")),
        "city": _PLACE,
        "state": _PLACE,
        "zip": _audience(Delete(rf"{JS_SPACE}\-"), Lower()),
        "country": _audience(*parts.JS_TRIM_LOWER, Require("[a-z]{2}", "a country is two letters")),
        "dob_year": _audience(Trim(JS_SPACE), Delete(".")),
        "dob_month": _PART_OF_DATE,
        "dob_day": _PART_OF_DATE,
        "gender": _audience(
            *parts.JS_TRIM_LOWER,
            Translate({"f": "f", "female": "f"}, default="m"),
        ),
        "maid": _clear(*parts.JS_TRIM_LOWER),
        "external_id": _clear(),
    },
    ("meta_custom_audience(rudderstack)", "fb_custom_audience(rudderstack)", "meta(rudderstack)"),
    _SOURCE + "v0/destinations/fb_custom_audience",
)

_TRIM_LOWER = Rule((parts.NOT_EMPTY, *parts.JS_TRIM_LOWER))
_LOWER = Rule((parts.NOT_EMPTY, Lower()))
_RAW = Rule((parts.NOT_EMPTY,))
_SEX = {"female": "f", "woman": "f", "f": "f", "male": "m", "man": "m", "m": "m"}
META_CONVERSIONS = Profile(
    "rudderstack.meta_conversions",
    {
        "email": _TRIM_LOWER,
        "phone": _RAW,
        "first_name": _TRIM_LOWER,
        "last_name": _TRIM_LOWER,
        "city": _LOWER,
        "state": _LOWER,
        "zip": _LOWER,
        "country": _LOWER,
        "dob": _RAW,
        "gender": Rule((Lower(), Translate(_SEX), Require("[fm]", "a gender is f or m"))),
        "external_id": _RAW,
    },
    ("meta_capi(rudderstack)", "facebook_conversions(rudderstack)"),
    _SOURCE + "v0/destinations/facebook_conversions",
)

_GOOGLE_NAME = _audience(*parts.JS_TRIM_LOWER)
GOOGLE = Profile(
    "rudderstack.google",
    {
        "email": Rule(
            (*parts.JS_TRIM_LOWER, AtGmail(parts.GMAIL, (Delete("."), Before("+"))), parts.NOT_EMPTY)
        ),
        "phone": _audience(Delete(rf"{JS_SPACE}().\-"), parts.NOT_EMPTY, Prefix("+"), _IS_PHONE),
        "first_name": _GOOGLE_NAME,
        "last_name": _GOOGLE_NAME,
        "country": _clear(Trim(JS_SPACE), Require("[A-Za-z]{2,3}", "a country is two or three letters")),
        "zip": _clear(Trim(JS_SPACE)),
    },
    ("google_customer_match(rudderstack)", "google(rudderstack)"),
    _SOURCE + "v0/util/googleUtils",
)

SNAPCHAT = Profile(
    "rudderstack.snapchat",
    {
        "email": Rule((parts.NOT_EMPTY, Lower(), Trim(JS_SPACE))),
        # Leading zeros go before the other characters do, so "+00..." keeps them.
        "phone": Rule((parts.NOT_EMPTY, Trim(JS_SPACE), TrimLeft("0"), *parts.DIGITS)),
        "maid": Rule((parts.NOT_EMPTY, Lower())),
    },
    ("snapchat(rudderstack)",),
    _SOURCE + "v0/destinations/snapchat_custom_audience",
)

TIKTOK = Profile(
    "rudderstack.tiktok",
    {
        "email": _EMAIL_NO_SPACE,
        "phone": _audience(),
        "maid": _audience(*parts.JS_TRIM_LOWER),
    },
    ("tiktok(rudderstack)", "tiktok_audience(rudderstack)"),
    _SOURCE + "v0/destinations/tiktok_audience",
)

LINKEDIN = Profile(
    "rudderstack.linkedin",
    {"email": _EMAIL_NO_SPACE, "maid": _clear(Trim(JS_SPACE))},
    ("linkedin(rudderstack)",),
    _SOURCE + "v0/destinations/linkedin_audience",
)

X = Profile(
    "rudderstack.x",
    {
        **dict.fromkeys(("email", "phone", "handle", "maid", "account_id"), _RAW),
        "external_id": _clear(),
    },
    ("x(rudderstack)", "x_audience(rudderstack)"),
    _SOURCE + "v0/destinations/x_audience",
)

_PINTEREST = Rule(parts.JS_TRIM_LOWER)
PINTEREST = Profile(
    "rudderstack.pinterest",
    {
        **dict.fromkeys(
            ("email", "city", "state", "country", "first_name", "last_name", "gender"), _PINTEREST
        ),
        "phone": Rule((*parts.DIGITS, TrimLeft("0"))),
        "zip": Rule(parts.DIGITS),
        "dob": Rule(),
        "maid": Rule(),
        "external_id": Rule(),
    },
    ("pinterest(rudderstack)",),
    _SOURCE + "cdk/v2/destinations/pinterest_tag",
)

RUDDERSTACK = (META, META_CONVERSIONS, GOOGLE, SNAPCHAT, TIKTOK, LINKEDIN, X, PINTEREST)
