"""What the platforms' own programs do, where it differs from what they publish."""

from __future__ import annotations

from exports.identifiers.conditions import Pass, Require
from exports.identifiers.profile import Profile, Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.profiles.platforms import META
from exports.identifiers.steps import PY_SPACE, Before, Delete, DeleteStart, Head, Lower, PadTwo, Step, Trim

_AUDIENCE: tuple[Step, ...] = (Trim(" \t\r\n\0\x0b."), Lower())


def _audience(*more: Step) -> Rule:
    return Rule((*_AUDIENCE, *more))


_LETTERS = _audience(Delete("^a-zA-Z"))
_PART_OF_DATE = _audience(Delete("^0-9"), PadTwo())

META_AUDIENCE = Profile(
    "meta.audience_sdk",
    {
        "email": _audience(),
        "phone": _audience(Delete("^0-9")),
        # The schema with a single key hashes the phone as it stands.
        "phone_sha256": Rule(),
        "first_name": _LETTERS,
        "last_name": _LETTERS,
        "first_initial": _LETTERS,
        "city": _LETTERS,
        "state": _LETTERS,
        "zip": _audience(Before("-")),
        "country": _audience(Delete("^a-zA-Z"), Head(2)),
        "dob_year": _audience(Delete("^0-9")),
        "dob_month": _PART_OF_DATE,
        "dob_day": _PART_OF_DATE,
        "gender": _audience(Trim(PY_SPACE), Head(1)),
        # Only EXTERN_ID is exempt from hashing here, though the platform wants device ids in the clear.
        "maid": _audience(),
        "mobile_advertiser_id": Rule((), "none"),
        "account_id": _audience(),
        "external_id": Rule((parts.NOT_EMPTY, *_AUDIENCE), "none"),
    },
    ("meta_audience_sdk", "meta_audience"),
    "facebook/facebook-python-business-sdk@94914f9 helpers/customaudiencemixin.py",
)

_HASHED = Pass("[a-f0-9]{32}|[a-f0-9]{64}", (32, 64))


def _conversions(*more: Step) -> Rule:
    return Rule((parts.NOT_EMPTY, Lower(), Trim(PY_SPACE), _HASHED, *more))


_PLACE = _conversions(Delete(rf"0-9.{PY_SPACE}\-()"))

META_CONVERSIONS = Profile(
    "meta.conversions",
    {
        "email": _conversions(Require(r".[^@\n]*@.+\..+[\s\S]*", "no address with an @ and a dot after it")),
        "phone": _conversions(
            Delete(rf"{PY_SPACE}\-()"),
            DeleteStart(r"\+?0{0,2}"),
            DeleteStart(r"\+?0{0,2}"),
            Require(r"[^0][\s\S]*", "a phone has a country code and no leading zero"),
            Require(r"\d{1,4}\(?\d{2,3}\)?\d{4,}", "no phone of at least seven digits"),
        ),
        "first_name": _conversions(),
        "last_name": _conversions(),
        "first_initial": _conversions(Head(1)),
        "first_five": _conversions(Head(5)),
        "last_five": _conversions(Head(5)),
        "city": _PLACE,
        "state": _PLACE,
        "zip": _conversions(Delete(PY_SPACE), Before("-")),
        "country": _conversions(Delete("^a-z"), parts.IS_COUNTRY),
        "dob": _conversions(),
        "dob_year": _conversions(parts.IS_YEAR),
        "dob_month": _conversions(*parts.IS_MONTH),
        "dob_day": _conversions(*parts.IS_DAY),
        "gender": _conversions(),
        "currency": _conversions(
            Delete("^a-z"), Require("[a-z]{3}", "a currency is three letters of ISO 4217")
        ),
        "maid": Rule((parts.NOT_EMPTY,), "none"),
        "external_id": Rule((parts.NOT_EMPTY,), "none"),
    },
    ("meta_capi", "meta_conversions"),
    "facebook/facebook-python-business-sdk@94914f9 serverside/normalize.py",
)

_SHORT = {
    "em": "email", "ph": "phone", "fn": "first_name", "ln": "last_name", "ct": "city", "st": "state",
    "zp": "zip", "db": "dob", "ge": "gender", "fi": "first_initial", "f5first": "first_five",
    "f5last": "last_five",
}  # fmt: skip
_MULTIKEY = {
    "email": "email", "phone": "phone", "fn": "first_name", "ln": "last_name", "fi": "first_initial",
    "ct": "city", "st": "state", "zip": "zip", "country": "country", "gen": "gender", "doby": "dob_year",
    "dobm": "dob_month", "dobd": "dob_day", "madid": "maid", "extern_id": "external_id",
    "appuid": "account_id",
}  # fmt: skip

META_PUBLISHED = Profile(
    "meta",
    {
        **META,
        **{name: META_CONVERSIONS.rules[noun] for name, noun in _SHORT.items()},
        **{f"multikey_{name}": META_AUDIENCE.rules[noun] for name, noun in _MULTIKEY.items()},
        "email_sha256": META_AUDIENCE.rules["email"],
        "phone_sha256": META_AUDIENCE.rules["phone_sha256"],
    },
    ("facebook", "meta_custom_audience"),
    "developers.facebook.com custom-audiences guide; names as in the SDK's two paths mean those paths",
)

_FIELD = Rule((parts.NOT_EMPTY, *parts.TRIM_LOWER))
_CLEAR = Rule((parts.NOT_EMPTY,), "none")

MEGALISTA = Profile(
    "google.megalista",
    {
        # The domain is compared before the ends are trimmed.
        "email": Rule((parts.NOT_EMPTY, Lower(), parts.GMAIL_DOTS, *parts.TRIM_LOWER)),
        "phone": _FIELD,
        "first_name": _FIELD,
        "last_name": _FIELD,
        "external_id": _FIELD,
        "country": _CLEAR,
        "zip": _CLEAR,
        "maid": _CLEAR,
    },
    ("megalista", "google_customer_match(megalista)"),
    "google/megalista@e07ec66 mappers/",
)

SDKS = (META_PUBLISHED, META_AUDIENCE, META_CONVERSIONS, MEGALISTA)
