"""The people in a message: rows of a list, subjects of events, each with the keys that tell them apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_plus

from exports.beacons.carried import BROWSER_IDS, TECHNICAL, topics_in
from exports.beacons.consent import Stated, stated
from exports.beacons.tree import Tree
from exports.columns.names.words import words_of
from exports.identifiers.kinds import canonical

Key = tuple[str, bytes]

STRONG = frozenset(
    {"email", "phone", "maid", "external_id", "browser", "token", "national_id", "handle", "account_id"}
)
"""Kinds of key each of which tells a person from others."""

WEAK = frozenset(
    {"first_name", "last_name", "first_initial", "city", "state", "zip", "country", "street", "gender"}
    | {"dob", "dob_year", "dob_month", "dob_day"}
)
"""Kinds of which only several together tell a person from others."""

ONE_PERSON = re.compile(
    r"user identifiers?|user ids?|identifiers|identities|hashed pii|pii|user data|ids|contact info|emails?|phones?"
    r"|multi keys?|external ids?|user keys?"
)
"""Names of lists whose members are keys of one person."""

OF_THE_SENDER = re.compile(
    r"\b(?:account|accounts|advertiser|destinations?|app|pixel|dataset|session|library|sdk|business|partner|job|"
    r"campaign|creative|auth|access token|oauth)\b"
)
"""Names of objects that tell of the sender, the upload or the software, and of no person."""

SCHEMAS = frozenset({"schema", "id schema", "columns", "fields", "header", "headers"})
ROWS = frozenset({"data", "rows", "batch data", "values", "users", "records"})
TYPES = frozenset({"id type", "identifier type", "type", "kind", "key type", "upload key type"})
VALUES = frozenset({"id value", "value", "id", "identifier", "identifiers", "ids", "values", "hash"})
OTHER_IDS = re.compile(
    r"(?:user|customer|client|person|member|visitor|anonymous|external|extern|crm|subscriber|patient|profile|distinct"
    r"|device|mobile|advertising|cookie|lead|contact|idfa|gaid|aaid|maid|madid|uid2|euid|ramp) ?(?:id|key|ref|token)?s?"
)
_NOISE = re.compile(
    r"\b(?:sha|256|512|1|hashed|hash|md|5|lower|normali[sz]ed|encrypted|plain|raw|multikey|the)\b"
)
_DIGEST = re.compile(
    r"(?:0x)?(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})"
)
_BASE64 = re.compile(
    r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=\D*\d)[A-Za-z0-9+/_\-]{43}=?|[A-Za-z0-9+/_\-]{22}==|[A-Za-z0-9+/_\-]{27}="
)
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IP = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]*::[0-9a-fA-F:]*|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
)
_PHONE = re.compile(r"\+?[\d().\-/ ]{7,22}")
MOST_OF_ONE = 5
"""More keys of one kind under the name of one key are of several people."""


@dataclass(slots=True)
class Record:
    """One row or event: the keys of its person, and what it says of them."""

    keys: list[Key] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    consents: list[Stated] = field(default_factory=list)

    @property
    def strong(self) -> list[Key]:
        """The keys that tell the person from others: strong ones, else what several weak ones make together."""
        strong = [key for key in self.keys if key[0] in STRONG]
        if strong:
            return strong
        weak = sorted({key for key in self.keys if key[0] in WEAK})
        if len({kind for kind, _ in weak}) >= 2:
            return [("together", hashlib.sha256(repr(weak).encode()).digest())]
        return [key for key in self.keys if key[0] == "ip"]


@dataclass(slots=True)
class Told:
    """What a message holds: its people, what it says beside them, and the kinds of key that it declares."""

    records: list[Record] = field(default_factory=list)
    loose: Record = field(default_factory=Record)
    nouns: set[str] = field(default_factory=set)


def people_in(parts: Tree) -> Told:
    """Return the people of a message that was unpacked.

    Examples
    --------
    >>> told = people_in({"payload": {"schema": ["EMAIL"], "data": [["a" * 64], ["b" * 64], ["a" * 64]]}})
    >>> len(told.records), told.nouns
    (3, {'email'})
    """
    told = Told()
    own = _walk(parts, "", told)
    if own.strong:
        told.records.append(own)
    else:
        told.loose = own
    return told


def people_seen(text: str) -> list[Record]:
    """Return the people whose addresses or digests stand whole in a text that could not be read otherwise.

    Examples
    --------
    >>> len(people_seen("payload=%5B%22" + "a" * 64 + "%22%2C%22" + "b" * 64 + "%22%2C%22cc...[cut]"))
    2
    """
    plain = unquote_plus(text)
    found = dict.fromkeys(re.findall(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{64}(?![0-9a-zA-Z])", plain))
    found |= dict.fromkeys(_MAIL.findall(plain))
    return [Record([key]) for one in found if (key := _of_noun("", one)) is not None]


def _walk(node: Tree, called: str, told: Told) -> Record:
    """Return what belongs to the entity that ``node`` is; people below it go to ``told``."""
    own = Record()
    if isinstance(node, dict):
        _object(node, called, told, own)
    elif isinstance(node, list):
        _listed(node, called, told, own)
    elif node:
        _leaf(node, called, own, told)
    return own


def _object(node: dict[str, Tree], called: str, told: Told, own: Record) -> None:
    words = {words_of(name): name for name in node}
    rows = _table(node, words)
    if rows is not None:
        nouns, name = rows
        told.nouns |= {noun for noun in nouns if noun in STRONG | WEAK}
        told.records += _rows(node[name], nouns, told)
    pair = _pair(node, words)
    for name, inner in node.items():
        if rows is not None and name in (rows[1], *SCHEMAS):
            continue
        if pair is not None and name == pair[1]:
            told.nouns.add(pair[0])
            _typed(inner, pair[0], told, own)
            continue
        if isinstance(inner, dict | list) and OF_THE_SENDER.search(words_of(name)):
            _merge(own, Record(topics=_walk(inner, name, Told()).topics))
            continue
        below = _walk(inner, name, told)
        own_key = _canonical(name, "") if len(name) > 5 else None
        if own_key is not None and own_key[0] in ("email", "token"):
            below.keys.append(own_key)
            told.records.append(below)
            continue
        _merge(own, below)
    own.topics |= set() if rows is None else topics_in(called)


def _listed(node: list[Tree], called: str, told: Told, own: Record) -> None:
    scalars = [one for one in node if not isinstance(one, dict | list)]
    keys = [key for one in scalars if one and (key := _canonical(one, called)) is not None]
    singular = _noun(called) in STRONG | WEAK or BROWSER_IDS.fullmatch(called.lower()) is not None
    if keys and singular and len(keys) <= MOST_OF_ONE and not re.search(r"s$", words_of(called)):
        own.keys += keys
    else:
        told.records += [Record([key]) for key in keys]
    for text in scalars:
        own.topics |= topics_in(called, text)
        own.consents += stated(called, text)
    of_one = ONE_PERSON.fullmatch(words_of(called)) is not None
    for one in node:
        if not isinstance(one, dict | list):
            continue
        below = _walk(one, called if isinstance(one, list) else "", told)
        if of_one and isinstance(one, dict):
            _merge(own, below)
        elif below.strong:
            told.records.append(below)
        else:
            _merge(own, below)


def _leaf(text: str, called: str, own: Record, told: Told) -> None:
    own.topics |= topics_in(called, text)
    own.consents += stated(called, text)
    several = [part for part in re.split(r"[,;|\s]+", text) if part] if len(text) > 64 else []
    if len(several) > 1 and all(_DIGEST.fullmatch(part) or _MAIL.fullmatch(part) for part in several):
        told.records += [Record([key]) for part in several if (key := _canonical(part, called)) is not None]
        return
    key = _canonical(text, called)
    if key is not None:
        own.keys.append(key)


def _merge(own: Record, below: Record) -> None:
    own.keys += below.keys
    own.topics |= below.topics
    own.consents += below.consents


def _table(node: dict[str, Tree], words: dict[str, str]) -> tuple[list[str], str] | None:
    """Return the kinds of the columns of a table in a message, and the name of its rows."""
    schema = next((node[words[one]] for one in SCHEMAS if one in words), None)
    rows = next((words[one] for one in ROWS if one in words and isinstance(node[words[one]], list)), None)
    names = [schema] if isinstance(schema, str) else schema
    if rows is None or not isinstance(names, list) or not names:
        return None
    nouns = [_noun(name) if isinstance(name, str) else "" for name in names]
    return (nouns, rows) if any(noun in STRONG | WEAK for noun in nouns) else None


def _rows(rows: Tree, nouns: list[str], told: Told) -> Iterator[Record]:
    for row in rows if isinstance(rows, list) else []:
        cells = row if isinstance(row, list) else [row]
        found = Record()
        for place, cell in enumerate(cells):
            noun = nouns[place] if place < len(nouns) else ""
            if isinstance(cell, dict | list):
                _merge(found, _walk(cell, noun, told))
            elif cell:
                found.topics |= topics_in(noun, cell)
                key = _of_noun(noun, cell) or _canonical(cell, noun)
                found.keys += [] if key is None else [key]
        if found.strong:
            yield found


def _pair(node: dict[str, Tree], words: dict[str, str]) -> tuple[str, str] | None:
    """Return the kind that an object declares for its own value, and the name of that value."""
    for one in TYPES:
        declared = node.get(words.get(one, ""))
        if isinstance(declared, str) and (noun := _noun(declared)) in STRONG | WEAK:
            value = next((words[name] for name in VALUES if name in words), None)
            return None if value is None else (noun, value)
    return None


def _typed(value: Tree, noun: str, told: Told, own: Record) -> None:
    if isinstance(value, list):
        keys = [key for one in value if isinstance(one, str) and (key := _of_noun(noun, one)) is not None]
        told.records += [Record([key]) for key in keys]
    elif isinstance(value, str) and (key := _of_noun(noun, value)) is not None:
        own.keys.append(key)


@lru_cache(1 << 14)
def _noun(name: str) -> str:
    """Return the noun of an identifier that a name stands for, however it is decorated."""
    last = re.split(r"[.?#/\[\]]+", name.rstrip("[]"))[-1]
    if (direct := canonical(last)) in STRONG | WEAK:
        return "" if words_of(last) == "name" else direct
    plain = " ".join(_NOISE.sub(" ", words_of(last)).split())
    if plain in ("name", ""):
        return ""
    found = canonical(plain)
    if found in STRONG | WEAK:
        return found
    if plain.endswith("s") and (found := canonical(plain[:-1])) in STRONG | WEAK:
        return found
    return "external_id" if OTHER_IDS.fullmatch(plain) and plain.endswith(("id", "ids", "key", "ref")) else ""


def _canonical(text: str, called: str) -> Key | None:  # noqa: PLR0911 - one return per form of key
    """Return a value as the key of a person; None where it is none."""
    value = text.strip()
    words = words_of(re.split(r"[.?#/\[\]]+", called)[-1])
    if not value or TECHNICAL.search(words) or OF_THE_SENDER.search(words):
        return None
    if _MAIL.fullmatch(value) or _DIGEST.fullmatch(value) or _BASE64.fullmatch(value):
        return _of_noun(_noun(called), value)
    if match := _MAIL.search(value):
        return _of_noun("email", match.group())
    if BROWSER_IDS.fullmatch(words.replace(" ", "_")) or BROWSER_IDS.fullmatch(called.lower()):
        return ("browser", _hashed(value)) if len(value) >= 6 else None
    if _IP.fullmatch(value) and "version" not in words:
        return "ip", _hashed(value)
    noun = _noun(called)
    if noun:
        return _of_noun(noun, value)
    return ("token", _hashed(value)) if _UUID.fullmatch(value) and OTHER_IDS.search(words) else None


def _of_noun(noun: str, value: str) -> Key | None:
    """Return a value as a key of one kind; the digest of an address and the address are the same key."""
    text = value.strip()
    if not text:
        return None
    if _DIGEST.fullmatch(text):
        digest = bytes.fromhex(text.removeprefix("0x"))
        return (noun if noun in WEAK else "token", digest)
    if _BASE64.fullmatch(text) and noun not in ("handle", "country"):
        import base64

        return (noun if noun in WEAK else "token"), base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_"
        )
    if _MAIL.fullmatch(text):
        return "token", _hashed(text.lower())
    if noun == "phone":
        digits = re.sub(r"\D", "", text)
        return ("token", _hashed(digits)) if _PHONE.fullmatch(text) and len(digits) >= 7 else None
    return (noun, _hashed(text)) if noun in STRONG | WEAK else None


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
