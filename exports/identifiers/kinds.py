"""Kinds of identifier: the plain noun for each, and the names that platforms write for it."""

from __future__ import annotations

import re

NOUNS: dict[str, tuple[str, ...]] = {
    "email": (
        "em", "emails", "email_address", "email_sha256", "email_md5", "hashed_email", "sha256email",
        "sha512email", "e_mail", "mail",
    ),
    "phone": (
        "ph", "phones", "phone_number", "phone_sha256", "hashed_phone_number", "mobile", "tel", "telephone",
    ),
    "first_name": ("fn", "first", "firstname", "given_name", "name", "hashed_first_name", "forename"),
    "last_name": ("ln", "last", "lastname", "family_name", "surname", "hashed_last_name"),
    "first_initial": ("fi", "initial", "firstinitial"),
    "first_five": ("f5first",),
    "last_five": ("f5last",),
    "city": ("ct", "town"),
    "state": ("st", "region", "province"),
    "zip": ("zp", "zip_code", "zipcode", "postal_code", "postalcode", "postcode"),
    "country": ("country_code", "countrycode", "region_code"),
    "street": ("street_address", "address"),
    "dob": ("db", "birthday", "birthdate", "birth_date", "date_of_birth"),
    "dob_year": ("doby", "year", "birth_year", "year_of_birth"),
    "dob_month": ("dobm", "month", "birth_month"),
    "dob_day": ("dobd", "day", "birth_day"),
    "gender": ("ge", "gen", "sex"),
    "maid": (
        "madid", "idfa", "gaid", "aaid", "mobile_id", "mobile_ad_id", "mobile_ad_id_sha256", "mobileadid",
        "mobile_advertiser_id", "mobile_device_id", "advertising_id", "device_id", "googleaid", "google_aid",
        "hashed_maids", "idfa_sha256", "aaid_sha256", "maid_sha256", "maid_md5", "idfa_md5", "aaid_md5",
    ),
    "external_id": (
        "extern_id", "externalid", "user_id", "crm_id", "customer_id", "third_party_user_id",
        "partner_user_id",
    ),
    "email_hash": (),
    "phone_hash": (),
    "handle": ("username", "twitter_handle", "screen_name"),
    "account_id": ("twitter_id", "uid", "appuid"),
    "currency": (),
}  # fmt: skip
"""Every noun with its other names."""


def spelled(kind: str) -> str:
    """Return a kind as written by a platform, in one spelling.

    Examples
    --------
    >>> spelled("multikey PHONE")
    'multikey_phone'
    """
    return re.sub(r"[\s.\-/]+", "_", kind.strip()).lower()


def canonical(kind: str) -> str:
    """Return the plain noun of a kind, or the kind itself where none is known.

    Examples
    --------
    >>> canonical("PHONE_SHA256"), canonical("em"), canonical("multikey FN")
    ('phone', 'email', 'first_name')
    """
    name = spelled(kind).removeprefix("multikey_")
    for noun, others in NOUNS.items():
        if name == noun or name in others:
            return noun
    return name
