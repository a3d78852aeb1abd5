"""What each kind of personal column is called and looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exports.coding import Passes
from exports.columns.characters import Characters
from exports.schema import Role


@dataclass(frozen=True, slots=True)
class Shape:
    """How columns of one kind are recognised.

    Parameters
    ----------
    kind : str
        For example ``"email"``.
    role : Role
        What such a column is to an adversary.
    says : str
        What its values are, in the plural, for the evidence.
    pattern : str
        Matches a whole value without its outer spaces; upper and lower case alike.
    names : str
        Matches somewhere in the name of such a column, whose words are set apart by spaces.
    alone : bool, default False
        Whether the values suffice; otherwise the name has to say so too.
    unless : str
        Matches names that speak against it.
    hint : str
        Kind of `exports.columns.names.identities` whose words name such a column in other languages; the
        kind itself by default.
    worth : callable or None
        Which texts, by their characters, the pattern is worth trying on; all by default.
    """

    kind: str
    role: Role
    says: str
    pattern: str = ""
    names: str = ""
    alone: bool = False
    unless: str = ""
    hint: str = ""
    worth: Callable[[Characters], Passes] | None = None


_ID, _TOKEN, _QUASI = Role.IDENTIFIER, Role.TOKEN, Role.QUASI_IDENTIFIER

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_FIRST = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]\d)"
"""The first of four numbers; where it has one digit, the four are as often a version or a section."""
_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))"
_MONTH = r"\p{L}{3,12}\.?"
_YEAR = r"(?:1[6-9]|20)\d{2}"
_WORDED = (
    rf"(?:\p{{L}}{{3,12}},? )?(?:\d{{1,2}}(?:st|nd|rd|th|er|º|ª)?[. \-/]{{1,2}}(?:de |di |of )?{_MONTH},?[ \-/](?:de |del |of )?{_YEAR}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}|{_YEAR}[ \-/]{_MONTH}[ \-/]\d{{1,2}}|\d{{1,2}}-\p{{L}}{{3}}-\d{{2}}"
    rf"|{_YEAR} ?[年년] ?\d{{1,2}} ?[月월] ?\d{{1,2}} ?[日일])"
)
"""Dates with the month as a word of any language, or with the characters of East Asia."""
_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_UUID = r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?"
_WORDS = r"[\p{L}][\p{L}\p{M}'’.\- ]{0,60}"
_TEXT = r".*\p{L}.*"
_STATES = (
    "al|ak|az|ar|ca|co|ct|de|dc|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|"
    "ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|pr"
)  # fmt: skip

PREFIX = r"(?:[a-z][a-z0-9_\-]{0,15}[:=$]|\\\\?x|\{[a-z0-9_\-]{2,16}\})"
"""What is written before a digest: the name of the algorithm, or the mark of bytes in PostgreSQL."""

HEX_TOKEN = r"(?:0x)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})"
BASE64_TOKEN = r"[a-z0-9+/_\-]{22}==|[a-z0-9+/_\-]{27}=|[a-z0-9+/_\-]{43}=|[a-z0-9+/_\-]{86}=="
KEYED_TOKEN = (
    r"\$(?:2[aby]|argon2\w*|5|6|scrypt|pbkdf2[\w\-]*)\$.+|eyj[\w\-]+\.[\w\-]+\.[\w\-]*|v\d+:[\w+/=\-]{16,}"
)

GROUPED_TOKEN = r"(?:[0-9a-f]{2}[: \-]){15,63}[0-9a-f]{2}|(?:[0-9a-f]{8}[: \-]){3,15}[0-9a-f]{8}"
"""Digests as programs for certificates print them."""

SHAPES: tuple[Shape, ...] = (
    Shape("email", _ID, "e-mail addresses", r"[^@\s]+@[^@\s]+\.[^@\s.]*\p{L}[^@\s.]*\.?", r"e ?mail", alone=True,
          worth=lambda c: c.at > 0),
    Shape("url", _ID, "web addresses", r"(?:https?|ftp)://\S+", r"\b(?:url|uri|link|referr?er)\b", alone=True,
          worth=lambda c: (c.colons > 0) & (c.lengths >= 8)),
    Shape("token", _TOKEN, "digests in hexadecimal", f"{PREFIX}?{HEX_TOKEN}", alone=True,
          worth=lambda c: (c.lengths >= 32) & (c.spaces == 0) & (c.digits > 0)),
    Shape("token", _TOKEN, "digests in base64", f"{PREFIX}?(?:{BASE64_TOKEN})", alone=True,
          worth=lambda c: (c.lengths >= 24) & (c.spaces == 0) & (c.marks > 0)),
    Shape("token", _TOKEN, "digests in groups of digits", GROUPED_TOKEN, alone=True,
          worth=lambda c: (c.lengths >= 35) & (c.letters > 0) & (c.colons + c.spaces + c.marks >= 3)),
    Shape("token", _TOKEN, "salted or signed tokens", KEYED_TOKEN, alone=True,
          worth=lambda c: (c.lengths >= 19) & (c.spaces == 0)),
    Shape(
        "advertising_id", _ID, "advertising identifiers", rf"{_UUID}|[0-9a-f]{{32}}",
        r"\b(?:idfa|idfv|gaid|aaid|adid|maid|madid|mobile ?id|ad ?id|advert\w*)\b",
    ),
    Shape("device_id", _ID, "device identifiers", rf"{_UUID}|[\w\-]{{8,}}", r"\b(?:device|imei|imsi|android id|serial)\b"),
    Shape("uuid", _ID, "UUIDs", _UUID, alone=True, worth=lambda c: (c.marks >= 4) & (c.lengths >= 36)),
    Shape("mac", _ID, "hardware addresses", r"(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}(?:(?:[:\-][0-9a-f]{2}){2})?|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}", alone=True,
          worth=lambda c: (c.lengths >= 14) & (c.lengths <= 23) & (c.spaces == 0)),
    Shape("ipv4", _ID, "IPv4 addresses", rf"(?:\[?::ffff:)?{_FIRST}(?:\.{_OCTET}){{3}}\]?(?:/\d{{1,3}}|:\d{{1,5}})?", alone=True, unless=r"version",
          hint="ip", worth=lambda c: (c.dots == 3) & (c.letters <= 4) & (c.digits >= 4)),
    Shape("ipv4", _ID, "IPv4 addresses", rf"(?:{_OCTET}\.){{3}}{_OCTET}|\d{{8,10}}", r"\bip\b|\baddr", unless=r"version", hint="ip"),
    Shape(
        "ipv6", _ID, "IPv6 addresses",
        r"\[?(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f:]*[0-9a-f]::[0-9a-f:]*(?:\.\d+)*|::[0-9a-f:]+(?:\.\d+)*)(?:%\w+)?\]?(?:/\d{1,3}|:\d{1,5})?",
        alone=True, worth=lambda c: c.colons >= 2,
    ),
    Shape("ssn", _ID, "social security numbers", r"\d{3}-\d{2}-\d{4}", alone=True,
          worth=lambda c: (c.lengths == 11) & (c.digits == 9)),
    Shape("ssn", _ID, "social security numbers", r"\d{9}", r"\bssn\b|social sec"),
    Shape(
        "national_id", _ID, "national identity numbers", r"[\w\-./ ]{6,20}",
        r"national id|passport|\b(?:nino|nhs|cpf|curp|dni|pesel|nir|bsn|tin|tax id|steuer ?id|personnummer)\b",
    ),
    Shape("medical_record", _ID, "medical record numbers", r".+", r"\bmrn\b|medical record|patient (?:id|no|num)"),
    Shape("health_plan", _ID, "health plan numbers", r".+", r"health plan|insurance (?:id|no|num)|member (?:id|no|num)"),
    Shape("account", _ID, "bank accounts", r"[a-z]{2}\d{2} ?(?:[a-z0-9]{4} ?){2,7}[a-z0-9]{1,4}", r"\b(?:iban|account)\b"),
    Shape("license", _ID, "licence numbers", r"[\w\- ]{4,}", r"\blicen[sc]e\b"),
    Shape("photo", _ID, "pictures", r".+", r"\b(?:photo|picture|avatar|portrait)\b"),
    Shape("vehicle", _ID, "vehicle numbers", r"[\w\- ]{4,}", r"\b(?:vin|number ?plate|license plate|vehicle id)\b"),
    Shape(
        "date_of_birth", _QUASI, "dates of birth", rf"{_DATE}{_TIME}|{_WORDED}|\d{{8}}|(?:18|19|20)\d{{2}}",
        r"\b(?:dob|birth\w*|born|geburt\w*|naissance|nacimiento|bday|yob)\b",
    ),
    Shape("date", _QUASI, "dates", rf"{_DATE}{_TIME}", alone=True,
          worth=lambda c: (c.digits >= 3) & (c.letters <= 40) & ~c.at.astype(bool)),
    Shape("date", _QUASI, "dates", rf"{_WORDED}{_TIME}", alone=True,
          worth=lambda c: (c.digits >= 3) & (c.letters + c.wide >= 3) & (c.lengths <= 60) & (c.digits <= 16)
          & (c.spaces + c.marks >= 1)),
    Shape("postal_code", _QUASI, "postal codes", r"[a-z0-9][a-z0-9 \-]{2,9}", r"\b(?:zip|zcta\w*|postal|post ?code|plz|cp)\b"),
    Shape(
        "postal_code", _QUASI, "postal codes",
        r"\d{5}-\d{4}|[a-z]\d[a-z] ?\d[a-z]\d|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", alone=True,
        worth=lambda c: (c.lengths <= 10) & (c.digits >= 2),
    ),
    Shape("fax", _ID, "fax numbers", r"\+?[\d().\-/ ]{7,22}", r"\bfax\b"),
    Shape(
        "phone", _ID, "telephone numbers", r"\+?[\d().\-/ ]{7,22}",
        r"\b(?:phone\w*|tele?phone|tel|mobile|cell\w*|msisdn|ph)\b",
    ),
    Shape(
        "phone", _ID, "telephone numbers",
        r"\+\d[\d().\-/ ]{6,20}|\(\d{2,5}\)[ \-]?\d[\d\- ]{4,12}|\d{3}[\-. ]\d{3}[\-. ]\d{4}"
        r"|1-\d{3}-\d{3}-\d{4}|0\d{1,2}-\d{3,4}-\d{4}"
        r"|0\d(?:[ .\-]\d{2}){4}|0\d{2,4}[/\-] ?\d{5,9}|00[1-9]\d{0,2}[ \-/]\d[\d().\-/ ]{6,16}", alone=True,
        worth=lambda c: (c.digits >= 7) & (c.digits <= 17) & (c.letters == 0) & (c.marks + c.spaces + c.dots > 0),
    ),
    Shape("first_name", _ID, "given names", _TEXT, r"\b(?:first|given|fore|christian|vor|f) ?name|^(?:fn|vorname|prenom)$"),
    Shape("last_name", _ID, "family names", _TEXT, r"\b(?:last|family|sur|maiden|nach|l) ?name|^(?:ln|nachname|nom)$"),
    Shape("name", _ID, "names", _TEXT, r"\b(?:full|patient|customer|client|person|contact|user|member)? ?name$",
          unless=r"product|event|file|company|brand|drug|city|country|state|column|field|host|domain|project|file"),
    Shape("street", _ID, "street addresses", r".*\p{L}.*", r"\b(?:street|address|addr|strasse|rue)\b",
          unless=r"e ?mail|\bip\b|mac|web|wallet"),
    Shape(
        "street", _ID, "street addresses",
        r"\d+[a-z]? .*\b(?:st|street|ave|avenue|rd|road|blvd|ln|lane|dr|drive|court|way|place)\b\.?.*"
        r"|(?:\p{L}+[ \-])*\p{L}*(?:stra(?:ß|ss)e|str\.|gasse|allee|straat|laan|gatan|vägen|gade|vej|veien|katu|utca) ?\d+ ?[a-z]?(?:,.*)?"
        r"|(?:\d+[a-z]?,? )?(?:calle|c/|avenida|rua|travessa|via|viale|piazza|corso|rue|avenue|boulevard|chemin|ul\.|ulica|aleja) [^@]{3,60}\d.*"
        r"|\d+[a-z]?,? (?:rue|avenue|boulevard|chemin|quai|impasse) .*|[^@]{3,40} (?:sok\.|sokak|cad\.|caddesi|mah\.) ?.*\d.*", alone=True,
        worth=lambda c: (c.digits >= 1) & (c.letters + c.wide >= 4) & (c.spaces >= 1),
    ),
    Shape("city", _QUASI, "places", _WORDS, r"\b(?:city|town|municipality|ort|stadt|ville)\b"),
    Shape("county", _QUASI, "counties", _WORDS, r"\bcounty\b"),
    Shape("state", _QUASI, "states", rf"(?:{_STATES})|{_WORDS}", r"\b(?:state|province|bundesland)\b",
          unless=r"status|state of|statement"),
    Shape("country", _QUASI, "countries", rf"[a-z]{{2,3}}|{_WORDS}", r"\b(?:country|nation|nationality)\b"),
    Shape("location", _QUASI, "coordinates", r"-?\d{1,3}\.\d+", r"\b(?:lat|latitude|lon|lng|long|longitude)\b"),
    Shape("gender", _QUASI, "genders", r"[mfdxnuo]|male|female|man|woman|other|non.?binary|trans.*|unknown", r"\b(?:gender|sex)\b"),
    Shape("age", _QUASI, "ages", r"\d{1,3}(?:\.\d+)?", r"\bage\b"),
    Shape("user_agent", _QUASI, "names of browsers", r"(?:mozilla|dalvik|opera|curl|okhttp)/.*", r"user agent", alone=True,
          worth=lambda c: (c.lengths >= 6) & (c.letters >= 4) & (c.marks >= 1)),
    Shape("external_id", _ID, "identifiers of another system", r".+",
          r"\b(?:user|customer|client|person|member|external|extern|crm|account|subscriber|visitor|patient) ?(?:id|key|ref)\b|\b(?:user ?name|login)\b"),
)  # fmt: skip
"""Kinds in the order in which they are tried: the first that fits is taken."""
