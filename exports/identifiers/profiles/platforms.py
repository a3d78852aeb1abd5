"""What each platform itself publishes about the identifiers it takes."""

from __future__ import annotations

from exports.identifiers.conditions import (
    AtGmail,
    BeforeAt,
    BeforeLastAt,
    Pass,
    RefuseStart,
    Require,
    When,
)
from exports.identifiers.kinds import NOUNS
from exports.identifiers.profile import Profile, Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.steps import (
    PY_SPACE,
    Before,
    Delete,
    DeleteStart,
    HexToBase64,
    Lower,
    Trim,
    TrimLeft,
)

_EMAIL = Rule((*parts.TRIM_LOWER, parts.NOT_EMPTY))
_EMAIL_NO_SPACE = Rule((Delete(PY_SPACE), Lower(), parts.NOT_EMPTY))
_PHONE = Rule(parts.INTERNATIONAL)
_PHONE_PLUS = Rule(parts.E_164)
_MAID = Rule((*parts.TRIM_LOWER, parts.NOT_EMPTY))
_AS_IT_IS = Rule((parts.NOT_EMPTY,), "none")
_TRIMMED = Rule((Trim(PY_SPACE), parts.NOT_EMPTY), "none")

ADDRESS_BOOK = {
    "first_name": Rule(parts.NAME),
    "last_name": Rule(parts.NAME),
    "city": Rule(parts.LETTERS),
    "state": Rule(parts.STATE),
    "zip": Rule(parts.ZIP),
    "country": Rule((*parts.TRIM_LOWER, parts.IS_COUNTRY)),
    "dob": Rule(parts.BIRTH_DATE),
    "dob_year": Rule((*parts.TRIM_LOWER, parts.IS_YEAR)),
    "dob_month": Rule((*parts.TRIM_LOWER, *parts.IS_MONTH)),
    "dob_day": Rule((*parts.TRIM_LOWER, *parts.IS_DAY)),
    "gender": Rule(parts.GENDER),
}
"""Names, places and dates as Meta describes them; Snapchat and Pinterest ask for the same."""

META = {
    "email": _EMAIL,
    "phone": _PHONE,
    **ADDRESS_BOOK,
    "maid": Rule(_MAID.steps, "none"),
    "external_id": _AS_IT_IS,
}

_LIKE_META = {**META, "maid": _MAID, "external_id": Rule((parts.NOT_EMPTY,))}

_GOOGLE = {
    "email": Rule((Delete(PY_SPACE), Lower(), parts.GMAIL_DOTS_AND_TAG, parts.NOT_EMPTY)),
    "phone": _PHONE_PLUS,
    "first_name": _EMAIL,
    "last_name": _EMAIL,
    "country": _TRIMMED,
    "zip": _TRIMMED,
    "maid": _AS_IT_IS,
    "external_id": _AS_IT_IS,
}
_GOOGLE_PAGE = "developers.google.com/data-manager formatting; support.google.com/google-ads/answer/7475964"
GOOGLE = (
    Profile(
        "google.2026",
        _GOOGLE,
        ("google", "google.customer_match", "google_customer_match"),
        f"{_GOOGLE_PAGE}, page of 2026: at gmail.com and googlemail.com dots go, and the plus sign with what "
        "follows it",
    ),
    Profile(
        "google.2025",
        {**_GOOGLE, "email": Rule((Delete(PY_SPACE), Lower(), parts.GMAIL_DOTS, parts.NOT_EMPTY))},
        (),
        f"{_GOOGLE_PAGE}, before 2026: dots go, what follows a plus sign stays",
    ),
    Profile(
        "google.data_manager",
        {kind: _GOOGLE[kind] for kind in ("email", "phone", "first_name", "last_name", "country", "zip")},
        ("google_data_manager", "data_manager"),
        "developers.google.com/data-manager formatting (2026): digests in hexadecimal or base64, country and "
        "postal code in the clear; through RudderStack a name is sent only with both of them",
    ),
)

REDDIT = Profile(
    "reddit",
    {
        "email": Rule((*parts.TRIM_LOWER, BeforeLastAt((Before("+"), Delete("."))), parts.NOT_EMPTY)),
        "maid": Rule((Trim(PY_SPACE), parts.NOT_EMPTY)),
    },
    (),
    "as Segment's connector prepares it, with blanks trimmed; Reddit's page was not read",
)

MICROSOFT = Profile(
    "microsoft",
    {"email": _EMAIL, "external_id": _AS_IT_IS},
    ("bing", "microsoft_advertising"),
    "as Segment's connector prepares it; Microsoft's page was not read",
)

SNAPCHAT = Profile(
    "snapchat",
    _LIKE_META,
    ("snap", "snapchat_capi"),
    "developers.snap.com/api/marketing-api/Conversions-API/Parameters",
)

PINTEREST = Profile(
    "pinterest",
    _LIKE_META,
    (),
    "docstrings of pinterest-generated-client 0.1.12; e-mail also in the clear, as SHA-1 or as MD5",
)

_TIKTOK_PAGE = "ads.tiktok.com/help/preview?content_id=5gcDeV2ckkwNVh1BedxvSJ"
TIKTOK = (
    Profile(
        "tiktok",
        {"email": _EMAIL_NO_SPACE, "phone": _PHONE, "maid": _MAID},
        ("tiktok_audience",),
        f"{_TIKTOK_PAGE}: it asks for E.164 with the plus sign, and its own example is the hash without it",
    ),
    Profile(
        "tiktok.2025-06",
        {"email": _EMAIL_NO_SPACE, "phone": _PHONE_PLUS, "maid": _MAID},
        (),
        "ads.tiktok.com list of supported IDs, June 2025",
    ),
    Profile(
        "tiktok.2025-08",
        {
            "email": Rule((Delete(PY_SPACE), Lower(), BeforeAt((Before("+"),)), parts.NOT_EMPTY)),
            "phone": _PHONE,
            "maid": _MAID,
        },
        (),
        "ads.tiktok.com list of supported IDs, August 2025",
    ),
)

_CRITEO_PAGE = "docs.commercegrid.criteo.com, user-id collection"
CRITEO = (
    Profile("criteo", {"email": _EMAIL}, ("criteo.sha256",), _CRITEO_PAGE),
    Profile("criteo.md5", {"email": Rule(_EMAIL.steps, "md5")}, (), _CRITEO_PAGE),
    Profile("criteo.sha256md5", {"email": Rule(_EMAIL.steps, "sha256(md5hex)")}, (), _CRITEO_PAGE),
)

LINKEDIN = Profile(
    "linkedin",
    {"email": _EMAIL_NO_SPACE, "first_name": _TRIMMED, "last_name": _TRIMMED, "maid": _TRIMMED},
    (),
    "LinkedIn DMP segments; SHA-256 or SHA-512",
)

X = Profile(
    "x",
    {
        "email": _EMAIL,
        "phone": _PHONE_PLUS,
        "maid": _MAID,
        "handle": Rule((Trim(PY_SPACE), TrimLeft("@"), *parts.TRIM_LOWER, parts.NOT_EMPTY)),
        "account_id": Rule((Trim(PY_SPACE), parts.NOT_EMPTY)),
        "external_id": _AS_IT_IS,
    },
    ("twitter", "x_audience"),
    "developer.x.com custom-audiences user-data",
)

_SHA256_BASE64 = "[A-Za-z0-9+/]{43}="
_SHA256_TAKEN = Rule(
    (
        HexToBase64(),
        Require(_SHA256_BASE64, "neither hexadecimal nor base64 of a SHA-256"),
        Pass(_SHA256_BASE64),
    ),
    encoding="base64",
)
UID2 = Profile(
    "uid2",
    {
        "email": Rule(
            (
                Lower(ascii=True),
                Trim(" "),
                Require("[^@]+@[^@]+", "no address with one @ and text on both sides"),
                AtGmail(("gmail.com",), (Before("+"), Delete("."))),
                RefuseStart("@", "nothing is left before the @"),
            ),
            encoding="base64",
        ),
        "phone": Rule(
            (Require(r"\+[0-9]{10,15}", "a phone must be E.164 already, with 10 to 15 digits"),),
            encoding="base64",
        ),
        "email_hash": _SHA256_TAKEN,
        "phone_hash": _SHA256_TAKEN,
    },
    ("euid", "thetradedesk", "uid2.operator"),
    "IABTechLab/uid2-client-python@fbd115b input_util.py",
)

LIVERAMP = Profile(
    "liveramp",
    {
        "email": _EMAIL_NO_SPACE,
        "phone": Rule(
            (*parts.INTERNATIONAL, When("1[0-9]{10}", (DeleteStart("1"),))),
            "sha1",
        ),
    },
    (),
    "docs.liveramp.com, formatting identifiers: the country code is removed (here the North American one)",
)

PLAIN = Profile(
    "plain",
    {noun: Rule() for noun in NOUNS},
    ("raw", "ftc-blog"),
    "no normalisation at all; ftc.gov, 'No, hashing still doesn't make your data anonymous' (2024)",
)

PUBLISHED = (
    *GOOGLE, SNAPCHAT, PINTEREST, *TIKTOK, *CRITEO, LINKEDIN, X, UID2, LIVERAMP, REDDIT, MICROSOFT, PLAIN,
)  # fmt: skip
