"""Names of fields as they may be shown: known words, and never a value that stands where a name should."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from exports.beacons.lexicon import TOPICS
from exports.columns.names.facts import HEALTH
from exports.columns.names.identities import WORDS
from exports.columns.names.words import words_of
from exports.identifiers.kinds import NOUNS

COMMON = """
    a about account action ad ads advertising age agent all amount an and answer answers api app at audience audiences batch
    body browser business by cart category cd cid click client code color completed consent contact content contents cookie
    cookies country create created currency current custom customer data date day details device dl dr dt dx ec ed el em email
    en encoding end ev event events external fbc fbclid fbp fields file first fn for form format from full ga gclid gender
    given go goal group has hash hashed headers history host id identifier identifiers ids in info intake intent interest
    ip is item items job key keys kind label lang language last list lists ln loc location login lower mail maid member
    members message meta metadata method mobile mode month ms name new next no notes number of on one open operation
    operations option options order origin page params password path payload ph phone pixel plan platform postal previous
    previously product profile program properties property q query question quiz quote raw reason record records ref
    referer referrer region request result results role row rows rt s schema score screen search segment segments sent
    service session sha shop site size source st state status step steps street subject submit subscriber subtype success
    survey t tag target test text the time timestamp title to token top topic total traits ts type u ua ud uid updated url
    uri user users value values ver version view visit visited visitor w web website width with year yes your zip zp x forwarded
    key address addresses condition conditions sex birth dob ssn note comment path event2 bmi level list2 em2 g gcs gcd
"""
"""Words of which names of fields are made; a name with another word is shown as ``(key)``."""


@cache
def _words() -> frozenset[str]:
    listed = " ".join(
        [COMMON, HEALTH, *WORDS.values(), *(" ".join((noun, *others)) for noun, others in NOUNS.items())]
    )
    return frozenset(part for word in listed.split() for part in words_of(word.rstrip("*")).split())


@cache
def _stems() -> tuple[str, ...]:
    return tuple(stem for stems in TOPICS.values() for stem in stems.split())


@lru_cache(1 << 14)
def shown(name: str) -> str:
    """Return the name of a field, with every part hidden that is made of other than known words.

    Examples
    --------
    >>> shown("body.data[].user_data.em[]"), shown("users.xq7canary.dx"), shown("?previouslyInTherapy")
    ('body.data[].user_data.em[]', 'users.(key).dx', '?previouslyInTherapy')
    """
    parts = re.split(r"([.?#/\[\]]+)", name)
    return "".join(part if _plain(part) else "(key)" for part in parts)[:200]


def _plain(part: str) -> bool:
    if re.fullmatch(r"[.?#/\[\]]*|\d{1,2}|\(key\)|\(host\)", part):
        return True
    if len(part) > 40 or not re.fullmatch(r"[A-Za-z_$\-][\w$\- ]*", part):
        return False
    # A topic is told by the beginning of a word; of what follows it no more than an ending is shown.
    return all(
        len(word) <= 3
        or word in _words()
        or any(word.startswith(one) and len(word) <= len(one) + 5 for one in _stems())
        for word in words_of(part).split()
    )
