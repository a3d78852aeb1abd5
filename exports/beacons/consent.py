"""Signals of consent in a message: consent mode, limited data use, strings of consent.

Strings are those of the Transparency and Consent Framework. Their layout is the public one of IAB Europe's "Transparency and Consent String with Global
Vendor List Format", version 2: fields of fixed width, most significant bit first, in base64 for the web.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Literal

from exports.columns.names.words import words_of

Answer = Literal["granted", "denied"]

PURPOSES = (1, 4)
"""What an upload for advertising needs: storing on a device, and selecting personalised ads."""

_TCF_NAMES = frozenset(
    {"gdpr consent", "tc string", "tcstring", "euconsent v 2", "consent string", "iab tcf tc string"}
)
_GRANTED = frozenset(
    {"granted", "consent granted", "yes", "true", "1", "opted in", "optin", "agree", "agreed"}
)
_DENIED = frozenset(
    {"denied", "consent denied", "no", "false", "0", "opted out", "optout", "refused", "rejected"}
)
_NAMES = re.compile(
    r"(?:ad user data|ad personali[sz]ation|ad storage|ads? consent|marketing consent|consent ads?|consent|consent status"
    r"|opt in|optin|consented|consent given|has consent|targeting consent)"
)
_OPT_OUTS = re.compile(
    r"(?:opt out|optout|limit ad tracking|lat|gpc|sec gpc|do not sell|global privacy control)"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One signal: what it says, and which kind of signal it is.

    Parameters
    ----------
    answer : {"granted", "denied"}
        A signal that says neither counts as denied, since consent is not shown by it.
    signal : str
        ``consent mode``, ``limited data use``, ``TCF``, ``US privacy``, ``opt-out`` or ``field``.
    """

    answer: Answer
    signal: str


def stated(name: str, value: str) -> list[Stated]:  # noqa: PLR0911 - one return per signal
    """Return what one field says of consent.

    Examples
    --------
    >>> stated("adUserData", "CONSENT_GRANTED"), stated("gcs", "G100"), stated("us_privacy", "1YYN")
    ([Stated(answer='granted', signal='consent mode')], [Stated(answer='denied', signal='consent mode')], \
[Stated(answer='denied', signal='US privacy')])
    >>> stated("colour", "granted")
    []
    """
    words, text = words_of(re.split(r"[.?#/\[\]]+", name)[-1]), value.strip()
    said = words_of(text)
    if words == "gcs" and (match := re.fullmatch(r"G1([01-])([01-])", text)):
        return [_is(match.group(1) == "1", "consent mode")]
    if words == "gcd":
        letters = re.findall(r"[a-z]", text)
        granted = len(letters) >= 4 and all(letters[place] in "rntv" for place in (0, 2, 3))
        return [_is(granted, "consent mode")]
    if words == "npa":
        return [_is(False, "consent mode")] if text == "1" else []
    if words in _TCF_NAMES:
        return [_is(purposes_granted(text), "TCF")]
    if words == "us privacy" and re.fullmatch(r"1[YNyn-]{3}", text):
        return [_is(text[2].upper() == "N", "US privacy")]
    if words in ("data processing options", "dpo") and text.upper() == "LDU":
        return [_is(False, "limited data use")]
    if words in ("limited data use", "ldu", "rdp") and said in _GRANTED:
        return [_is(False, "limited data use")]
    if _OPT_OUTS.fullmatch(words):
        return [_is(False, "opt-out")] if said in _GRANTED else []
    if _NAMES.fullmatch(words):
        mode = words.startswith("ad ") and words != "ad consent"
        return [_is(said in _GRANTED, "consent mode" if mode else "field")]
    return []


def _is(granted: bool, signal: str) -> Stated:
    return Stated("granted" if granted else "denied", signal)


def purposes_granted(string: str) -> bool:
    """Tell whether a consent string grants what advertising needs; one that cannot be read grants nothing.

    Examples
    --------
    >>> purposes_granted("not a string")
    False
    """
    bits = _bits(string.split(".", maxsplit=1)[0])
    if bits is None or len(bits) < 176 or int(bits[:6], 2) != 2:
        return False
    # Version 6, created 36, updated 36, CMP 12 + 12, screen 6, language 12, list 12, policy 6, service 1,
    # stacks 1, opt-ins of special features 12: 152 bits before the consents to 24 purposes.
    consents = bits[152:176]
    return all(consents[purpose - 1] == "1" for purpose in PURPOSES)


def _bits(text: str) -> str | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return "".join(f"{byte:08b}" for byte in raw)
