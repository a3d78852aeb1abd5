"""Steps and tables that rules of several platforms share."""

from __future__ import annotations

from exports.identifiers.conditions import (
    ANYTHING,
    AtGmail,
    Pass,
    Refuse,
    Require,
    RequireIn,
    RequireInteger,
    When,
)
from exports.identifiers.steps import (
    JS_SPACE,
    PY_SPACE,
    SHA256_HEX,
    Before,
    Delete,
    DeletePunctuation,
    DeleteStart,
    Head,
    Lower,
    PadTwo,
    Prefix,
    Step,
    Translate,
    Trim,
    TrimLeft,
)

Steps = tuple[Step, ...]

NOT_EMPTY = Require(ANYTHING, "nothing is left to send")
NOT_BLANK = Require(rf"[\s\S]*[^{JS_SPACE}][\s\S]*", "nothing is left to send")
PASS_SHA256 = Pass(SHA256_HEX, (64,))
REFUSE_SHA256 = Refuse(SHA256_HEX, "the value looks hashed already and the connector refuses it")

GMAIL = ("gmail.com", "googlemail.com")
GMAIL_DOTS = AtGmail(GMAIL, (Delete("."),))
GMAIL_DOTS_AND_TAG = AtGmail(GMAIL, (Before("+"), Delete(".")))

TRIM_LOWER: Steps = (Trim(PY_SPACE), Lower())
JS_TRIM_LOWER: Steps = (Trim(JS_SPACE), Lower())
DIGITS: Steps = (Delete("^0-9"),)
INTERNATIONAL: Steps = (*DIGITS, TrimLeft("0"), NOT_EMPTY)
"""Digits alone, no leading zeros; the country code is the sender's business."""
JS_NO_SPACE_LOWER: Steps = (Delete(JS_SPACE), Lower())

STATES = {
    "alabama": "al", "alaska": "ak", "arizona": "az", "arkansas": "ar", "california": "ca", "colorado": "co",
    "connecticut": "ct", "delaware": "de", "florida": "fl", "georgia": "ga", "hawaii": "hi", "idaho": "id",
    "illinois": "il", "indiana": "in", "iowa": "ia", "kansas": "ks", "kentucky": "ky", "louisiana": "la",
    "maine": "me", "maryland": "md", "massachusetts": "ma", "michigan": "mi", "minnesota": "mn",
    "mississippi": "ms", "missouri": "mo", "montana": "mt", "nebraska": "ne", "nevada": "nv",
    "newhampshire": "nh", "newjersey": "nj", "newmexico": "nm", "newyork": "ny", "northcarolina": "nc",
    "northdakota": "nd", "ohio": "oh", "oklahoma": "ok", "oregon": "or", "pennsylvania": "pa",
    "rhodeisland": "ri", "southcarolina": "sc", "southdakota": "sd", "tennessee": "tn", "texas": "tx",
    "utah": "ut", "vermont": "vt", "virginia": "va", "washington": "wa", "westvirginia": "wv",
    "wisconsin": "wi", "wyoming": "wy",
}  # fmt: skip
"""The fifty states of the US without spaces, and their postal codes."""

MONTHS = {
    "january": "01", "february": "02", "march": "03", "april": "04", "may": "05", "june": "06", "july": "07",
    "august": "08", "september": "09", "october": "10", "november": "11", "december": "12",
}  # fmt: skip

_CODES = """
    ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt
    bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh
    er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht
    hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls
    lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni
    nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg
    sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug
    um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
COUNTRIES = frozenset(_CODES.split())
"""Two-letter codes of ISO 3166-1."""

GENDERS = {"male": "m", "man": "m", "female": "f", "woman": "f", "non-binary": "n"}

IS_YEAR = Require("[0-9]{4}", "a year has four digits")
IS_MONTH: Steps = (PadTwo(), RequireInteger(1, 12, "a month is 01 to 12"))
IS_DAY: Steps = (PadTwo(), RequireInteger(1, 31, "a day is 01 to 31"))
IS_COUNTRY = RequireIn(COUNTRIES, "a country is a two-letter code of ISO 3166-1")

BIRTH_DATE: Steps = (*DIGITS, Require("[0-9]{8}", "a date of birth is written YYYYMMDD"))
NAME: Steps = (*TRIM_LOWER, DeletePunctuation(), NOT_EMPTY)
LETTERS: Steps = (Lower(), Delete("^a-z"), NOT_EMPTY)
STATE: Steps = (Lower(), Delete("^a-z"), Translate(STATES), NOT_EMPTY)
ZIP: Steps = (Lower(), Delete(PY_SPACE), When("[0-9]{5}-?[0-9]{4}", (Head(5),)), NOT_EMPTY)
GENDER: Steps = (*TRIM_LOWER, Translate(GENDERS), Require("[mfn]", "a gender is m, f or n"))
E_164: Steps = (*DIGITS, DeleteStart("00"), NOT_EMPTY, Prefix("+"))
