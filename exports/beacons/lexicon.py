"""Words that tell of health or of other things that the law protects, and hosts whose owner is known."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from exports.columns.names.words import words_of

TOPICS: dict[str, str] = {
    "mental health": """
        therap counsel psych depress anxi phq gad7 suicid bipolar adhd ptsd trauma panic grief selfharm anorex
        bulimi ocd autis schizo insomnia mentalhealth burnout
    """,
    "substance use": "alcohol addict rehab opioid opiate overdose sobriet detox naltrexone methadone",
    "sexual and reproductive health": """
        pregnan abort fertil ivf contracep birthcontrol hiv sti chlamyd gonorrh syphil erectile menopaus
        ovulat miscarr prenatal
    """,
    "illness and treatment": """
        diagnos symptom medicat medicin prescri patient disease illness cancer oncolog chemo diabet insulin
        asthma hypertens epilep dement alzheimer dosage treatment clinic hospital doctor physician pharmac
        surgery bmi allerg disabilit
    """,
    "medicines": """
        sertralin zoloft fluoxetin prozac escitalopram lexapro citalopram paroxetin venlafaxin bupropion
        wellbutrin alprazolam xanax lorazepam clonazepam diazepam lithium lamotrigin quetiapin adderall
        methylphenidat ritalin metformin ozempic semaglutid truvada buprenorphin suboxone
    """,
    "orientation, religion or origin": """
        lgbt gay lesbian bisexual transgender queer sexualorientation religio christian muslim
        islam jewish hindu faith ethnic
    """,
}
"""Beginnings of words by topic; words are compared without spaces between them as well."""

SHORT = frozenset({"gad7", "ocd", "hiv", "sti", "ivf", "bmi", "gay", "islam", "phq", "faith"})
"""Stems that must be the whole word, or the whole word but for a number after it."""

RECEIVERS: dict[str, str] = {
    "facebook.com": "Meta", "facebook.net": "Meta", "instagram.com": "Meta",
    "google.com": "Google", "google-analytics.com": "Google", "doubleclick.net": "Google",
    "googleadservices.com": "Google", "googletagmanager.com": "Google", "googlesyndication.com": "Google",
    "snapchat.com": "Snap", "sc-static.net": "Snap", "pinterest.com": "Pinterest", "criteo.com": "Criteo",
    "criteo.net": "Criteo", "tiktok.com": "TikTok", "twitter.com": "X", "t.co": "X", "x.com": "X",
    "linkedin.com": "LinkedIn", "bing.com": "Microsoft", "clarity.ms": "Microsoft", "reddit.com": "Reddit",
    "adsrvr.org": "The Trade Desk", "rlcdn.com": "LiveRamp", "segment.io": "Segment",
    "segment.com": "Segment",
    "rudderstack.com": "RudderStack", "mixpanel.com": "Mixpanel", "amplitude.com": "Amplitude",
    "hotjar.com": "Hotjar", "fullstory.com": "FullStory", "taboola.com": "Taboola",
    "outbrain.com": "Outbrain",
    "quantserve.com": "Quantcast", "hubspot.com": "HubSpot", "intercom.io": "Intercom", "braze.com": "Braze",
}  # fmt: skip
"""Owners of hosts that sites send to, by the end of the host's name."""


@cache
def _pattern() -> re.Pattern[str]:
    groups = []
    for place, stems in enumerate(TOPICS.values()):
        words = [f"{stem}s?(?:[0-9]+)?(?![a-z])" if stem in SHORT else stem for stem in stems.split()]
        groups.append(f"(?P<t{place}>{'|'.join(words)})")
    return re.compile(rf"(?<![a-z])(?:{'|'.join(groups)})")


def topic_of(text: str) -> str | None:
    """Return the protected topic that a name or value tells of; None where it tells of none.

    Examples
    --------
    >>> topic_of("previouslyInTherapy"), topic_of("/self-harm/help"), topic_of("checkout")
    ('mental health', 'mental health', None)
    """
    if not _LETTERS.search(text):
        return None
    return _topic_of_words(words_of(text))


_LETTERS = re.compile(r"[A-Za-z]{2}")


@lru_cache(1 << 15)
def _topic_of_words(words: str) -> str | None:
    joined = re.sub(r"(?<=[a-z]) (?=[0-9])", "", words)
    match = _pattern().search(joined) or _pattern().search(_pairs(words))
    return None if match is None else list(TOPICS)[int(str(match.lastgroup)[1:])]


def _pairs(words: str) -> str:
    """Return each two neighbouring words as one."""
    parts = words.split()
    return " ".join(one + two for one, two in pairwise(parts))


def receiver_of(host: str) -> str | None:
    """Return the owner of a host where it is known.

    Examples
    --------
    >>> receiver_of("www.facebook.com"), receiver_of("site.example")
    ('Meta', None)
    """
    ends = (name for name in RECEIVERS if host == name or host.endswith("." + name))
    return RECEIVERS.get(next(ends, ""))


SECOND_LEVELS = frozenset(["ac", "co", "com", "edu", "gov", "ne", "net", "nom", "or", "org"])
"""Second levels under which countries register names."""


def registrable(host: str) -> str:
    """Return the part of a host that somebody registers; what stands before it may be drawn per person.

    Examples
    --------
    >>> registrable("graph.facebook.com"), registrable("u7f3.shop.co.uk"), registrable("127.0.0.1")
    ('facebook.com', 'shop.co.uk', '127.0.0.1')
    >>> registrable("jane@mail.example"), registrable("0123456789abcdef0123.example")
    ('(host)', '(host).example')
    """
    if re.fullmatch(r"[\d.]+|[0-9a-f:]*:[0-9a-f:]*|localhost|", host):
        return host
    if not re.fullmatch(r"[\w\-]+(?:\.[\w\-]+)+", host):
        return "(host)"
    known = next((name for name in RECEIVERS if host == name or host.endswith("." + name)), None)
    if known is not None:
        return known
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS else 2
    own, *suffix = labels[-kept:]
    drawn = len(own) > 40 or len(re.findall(r"\d", own)) >= 4
    return ".".join(["(host)" if drawn else own, *suffix])
