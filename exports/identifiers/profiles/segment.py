"""What Segment's connectors make of a value before they send it to a platform.

They send a value that looks hashed as it is, save the connector to Criteo, which hashes it again.
The connector to TikTok asks only whether 64 hexadecimal digits stand anywhere: an address that
contains them is sent in the clear.
"""

from __future__ import annotations

from exports.identifiers.conditions import AtGmail, BeforeLastAt, Pass, Require, When
from exports.identifiers.profile import Profile, Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.profiles.addresses import AJV
from exports.identifiers.steps import (
    JS_SPACE,
    Before,
    Delete,
    DeleteFirst,
    DeletePunctuation,
    DeleteStart,
    HexToBase64,
    JoinGroups,
    Lower,
    Prefix,
    Step,
    Translate,
    Trim,
)

_SOURCE = "segmentio/action-destinations@970a17e packages/destination-actions/src/destinations/"


def _cleaned(*clean: Step) -> Rule:
    """Clean first, then look whether it is hashed."""
    return Rule((*clean, parts.PASS_SHA256, parts.NOT_BLANK))


def _sent(*clean: Step) -> Rule:
    """Look whether it is hashed, then clean."""
    return Rule((parts.NOT_BLANK, parts.PASS_SHA256, *clean, parts.NOT_BLANK))


_CLEAR = Rule((parts.NOT_EMPTY,), "none")
_TRIMMED = Rule((Trim(JS_SPACE), parts.NOT_EMPTY), "none")
_WORD: tuple[Step, ...] = (Delete("^A-Za-z0-9"), Lower())
_NAME = _cleaned(*parts.JS_TRIM_LOWER, DeletePunctuation())
_S = f"[{JS_SPACE}]*"
_TWO_CHARACTERS = f"{_S}[^{JS_SPACE}]{_S}[^{JS_SPACE}]{_S}"
_SEX = {"male": "m", "boy": "m", "m": "m", "female": "f", "woman": "f", "girl": "f", "f": "f"}

META = Profile(
    "segment.meta",
    {
        "email": _cleaned(*parts.JS_TRIM_LOWER),
        "phone": _sent(*parts.INTERNATIONAL),
        "first_name": _NAME,
        "last_name": _NAME,
        "first_initial": _cleaned(*parts.JS_TRIM_LOWER),
        "city": _cleaned(*_WORD),
        "state": _cleaned(Translate(parts.STATES, key=parts.JS_TRIM_LOWER, otherwise=_WORD)),
        "zip": _cleaned(When("[^-]*", parts.JS_NO_SPACE_LOWER), Before("-")),
        "country": _cleaned(*_WORD),
        "dob_year": _cleaned(Trim(JS_SPACE)),
        "dob_month": _cleaned(
            When(_TWO_CHARACTERS, (Delete(JS_SPACE),)), Translate(parts.MONTHS, key=parts.JS_TRIM_LOWER)
        ),
        "dob_day": _cleaned(Trim(JS_SPACE)),
        "gender": _cleaned(Translate(_SEX, key=parts.JS_TRIM_LOWER)),
        "maid": _CLEAR,
        "external_id": _CLEAR,
    },
    ("meta_custom_audience(segment)", "facebook_custom_audiences(segment)", "meta(segment)"),
    _SOURCE + "facebook-custom-audiences",
)

GOOGLE = Profile(
    "segment.google",
    {
        # The connector asks only whether the domain starts so, and deletes only the first dot.
        "email": _sent(
            Lower(),
            Trim(JS_SPACE),
            AtGmail(("gmail", "googlemail"), (DeleteFirst("."),), prefix=True),
            AJV,
        ),
        "phone": _sent(*parts.DIGITS, Prefix("1"), Prefix("+")),
        "first_name": _sent(),
        "last_name": _sent(),
        "country": _CLEAR,
        "zip": _CLEAR,
        "maid": _TRIMMED,
        "external_id": _TRIMMED,
    },
    ("google_customer_match(segment)", "google_enhanced_conversions(segment)", "google(segment)"),
    _SOURCE + "google-enhanced-conversions; phones as with the default country code +1",
)

TIKTOK = Profile(
    "segment.tiktok",
    {
        "email": Rule(
            (
                BeforeLastAt((Before("+"), Delete("."))),
                Lower(),
                Pass(r"[\s\S]*[0-9a-f]{64}[\s\S]*"),
                parts.NOT_BLANK,
            )
        ),
        "phone": _sent(),
        "maid": _sent(),
    },
    ("tiktok(segment)", "tiktok_audiences(segment)"),
    _SOURCE + "tiktok-audiences",
)

SNAPCHAT = Profile(
    "segment.snapchat",
    {
        "email": _sent(*parts.JS_TRIM_LOWER),
        "phone": _sent(Delete(rf"{JS_SPACE}()+\-"), DeleteStart("00"), DeleteStart("0")),
        "maid": _sent(*parts.JS_TRIM_LOWER),
    },
    ("snapchat(segment)", "snap(segment)"),
    _SOURCE + "snap-audiences",
)

_PINTEREST = _sent(*parts.JS_NO_SPACE_LOWER)
PINTEREST = Profile(
    "segment.pinterest",
    {
        "email": _PINTEREST,
        "phone": _sent(*parts.DIGITS),
        "first_name": _PINTEREST,
        "last_name": _PINTEREST,
        "city": _PINTEREST,
        "state": _PINTEREST,
        "zip": _PINTEREST,
        "country": _PINTEREST,
        "dob": _PINTEREST,
        "gender": _sent(*parts.JS_NO_SPACE_LOWER, Translate({"male": "m", "female": "f", "non-binary": "n"})),
        "maid": _PINTEREST,
        "external_id": _PINTEREST,
    },
    ("pinterest(segment)",),
    _SOURCE + "pinterest-conversions",
)

LINKEDIN = Profile(
    "segment.linkedin",
    {"email": _sent(), "first_name": _CLEAR, "last_name": _CLEAR, "maid": _CLEAR},
    ("linkedin(segment)",),
    _SOURCE + "linkedin-audiences",
)

CRITEO = Profile(
    "segment.criteo",
    {"email": Rule((parts.NOT_EMPTY,))},
    ("criteo(segment)",),
    _SOURCE + "criteo-audiences",
)

_US_PHONE = JoinGroups(rf"(?:\+1)?{_S}\(?{_S}([0-9]+){_S}-?\)?{_S}([0-9]+){_S}-?{_S}([0-9]+)")
_ANY = _sent()
LIVERAMP = Profile(
    "segment.liveramp",
    {
        "email": _sent(Lower(), Delete(JS_SPACE)),
        "phone": Rule(
            (
                parts.NOT_BLANK,
                Pass("[0-9a-fA-F]{40}", (40,)),
                _US_PHONE,
                parts.NOT_BLANK,
            ),
            "sha1",
        ),
        **dict.fromkeys(
            ("first_name", "last_name", "city", "state", "zip", "country", "maid", "external_id"), _ANY
        ),
    },
    ("liveramp(segment)",),
    _SOURCE + "liveramp-audiences",
)

_NO_SPACE = f"[^{JS_SPACE}]+"
# The first @ after the first character is enough: trying the others takes the square of the length.
_TO_FIRST_AT = f"[^{JS_SPACE}][^{JS_SPACE}@]*"
THE_TRADE_DESK = Profile(
    "segment.thetradedesk",
    {
        "email": Rule(
            (
                HexToBase64(),
                Pass("[A-Za-z0-9+/]*={1,2}"),
                *parts.JS_TRIM_LOWER,
                Require(
                    rf"{_TO_FIRST_AT}@{_NO_SPACE}\.{_NO_SPACE}", "no address with an @ and a dot after it"
                ),
                AtGmail(("gmail.com",), (Before("+"), Delete("."))),
            ),
            encoding="base64",
        )
    },
    ("thetradedesk(segment)", "the_trade_desk(segment)", "the-trade-desk-crm(segment)"),
    _SOURCE + "the-trade-desk-crm",
)

SEGMENT = (META, GOOGLE, TIKTOK, SNAPCHAT, PINTEREST, LINKEDIN, CRITEO, LIVERAMP, THE_TRADE_DESK)
