"""What RudderStack's connectors make of a value before they send it to a platform.

Their SHA-256 is npm's ``sha256`` 0.2, whose input is the low byte of each UTF-16 code unit: a name or
address that is not ASCII never matches. Their audience connectors refuse a value that looks hashed
while hashing is switched on, and those to Meta, Google and TikTok an e-mail that the library
validator.js does not take, after it was normalised. The connector to LinkedIn was not executed; its
SHA-512 is of UTF-8, and so is taken to be its SHA-256.
"""

from __future__ import annotations

from exports.identifiers.conditions import Require
from exports.identifiers.profile import Profile, Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.profiles.addresses import VALIDATOR
from exports.identifiers.steps import (
    JS_SPACE,
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


def _hashed(*steps: Step) -> Rule:
    return Rule(steps, low_bytes=True)


def _audience(*steps: Step) -> Rule:
    return _hashed(parts.NOT_EMPTY, parts.REFUSE_SHA256, *steps, parts.NOT_EMPTY)


def _clear(*steps: Step) -> Rule:
    return Rule((*steps, parts.NOT_EMPTY), "none")


_EMAIL_NO_SPACE = Rule((*parts.JS_NO_SPACE_LOWER, parts.NOT_EMPTY))
_NAME = _audience(*parts.JS_TRIM_LOWER, Delete(_PUNCTUATION))
_PLACE = _audience(Delete("^A-Za-z"), Lower())
_PART_OF_DATE = _audience(Trim(JS_SPACE), Delete("."), PadTwo())
_IS_PHONE = Require(r"\+?[0-9]+", "a phone is digits with at most a plus sign before them")

META = Profile(
    "rudderstack.meta",
    {
        "email": _hashed(*parts.JS_TRIM_LOWER, *VALIDATOR),
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

_TRIM_LOWER = _hashed(parts.NOT_EMPTY, *parts.JS_TRIM_LOWER)
_LOWER = _hashed(parts.NOT_EMPTY, Lower())
_RAW = _hashed(parts.NOT_EMPTY)
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
        "gender": _hashed(Lower(), Translate(_SEX), Require("[fm]", "a gender is f or m")),
        "external_id": _RAW,
    },
    ("meta_capi(rudderstack)", "facebook_conversions(rudderstack)"),
    _SOURCE + "v0/destinations/facebook_conversions",
)

_GOOGLE_NAME = _audience(*parts.JS_TRIM_LOWER)
GOOGLE = Profile(
    "rudderstack.google",
    {
        "email": _hashed(*parts.JS_TRIM_LOWER, parts.GMAIL_DOTS_AND_TAG, *VALIDATOR),
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
        "email": _hashed(parts.NOT_EMPTY, Lower(), Trim(JS_SPACE)),
        # Leading zeros go before the other characters do, so "+00..." keeps them.
        "phone": _hashed(parts.NOT_EMPTY, Trim(JS_SPACE), TrimLeft("0"), *parts.DIGITS),
        "maid": _hashed(parts.NOT_EMPTY, Lower()),
    },
    ("snapchat(rudderstack)",),
    _SOURCE + "v0/destinations/snapchat_custom_audience",
)

TIKTOK = Profile(
    "rudderstack.tiktok",
    {
        "email": _hashed(*parts.JS_NO_SPACE_LOWER, *VALIDATOR),
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

_PINTEREST = _hashed(*parts.JS_TRIM_LOWER)
PINTEREST = Profile(
    "rudderstack.pinterest",
    {
        **dict.fromkeys(
            ("email", "city", "state", "country", "first_name", "last_name", "gender"), _PINTEREST
        ),
        "phone": _hashed(*parts.DIGITS, TrimLeft("0")),
        "zip": _hashed(*parts.DIGITS),
        "dob": _hashed(),
        "maid": _hashed(),
        "external_id": _hashed(),
    },
    ("pinterest(rudderstack)",),
    _SOURCE + "cdk/v2/destinations/pinterest_tag",
)

RUDDERSTACK = (META, META_CONVERSIONS, GOOGLE, SNAPCHAT, TIKTOK, LINKEDIN, X, PINTEREST)
