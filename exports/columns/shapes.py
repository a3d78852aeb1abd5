"""What each kind of personal column is called and looks like."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    kind: str
    role: Role
    says: str
    pattern: str = ""
    names: str = ""
    alone: bool = False
    unless: str = ""


_ID, _TOKEN, _QUASI = Role.IDENTIFIER, Role.TOKEN, Role.QUASI_IDENTIFIER

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))"
_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_UUID = r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?"
_WORDS = r"[\p{L}][\p{L}\p{M}'’.\- ]{0,60}"
_TEXT = r".*\p{L}.*"
_STATES = (
    "al|ak|az|ar|ca|co|ct|de|dc|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|"
    "ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|pr"
)  # fmt: skip

HEX_TOKEN = r"(?:0x)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})"
BASE64_TOKEN = r"[a-z0-9+/_\-]{22}==|[a-z0-9+/_\-]{27}=|[a-z0-9+/_\-]{43}=|[a-z0-9+/_\-]{86}=="
KEYED_TOKEN = (
    r"\$(?:2[aby]|argon2\w*|5|6|scrypt|pbkdf2[\w\-]*)\$.+|eyj[\w\-]+\.[\w\-]+\.[\w\-]*|v\d+:[\w+/=\-]{16,}"
)

SHAPES: tuple[Shape, ...] = (
    Shape("email", _ID, "e-mail addresses", r"[^@\s]+@[^@\s]+\.[^@\s.]+\.?", r"e ?mail", alone=True),
    Shape("url", _ID, "web addresses", r"(?:https?|ftp)://\S+", r"\b(?:url|uri|link|referr?er)\b", alone=True),
    Shape("token", _TOKEN, "digests in hexadecimal", HEX_TOKEN, alone=True),
    Shape("token", _TOKEN, "digests in base64", BASE64_TOKEN, alone=True),
    Shape("token", _TOKEN, "salted or signed tokens", KEYED_TOKEN, alone=True),
    Shape(
        "advertising_id", _ID, "advertising identifiers", rf"{_UUID}|[0-9a-f]{{32}}",
        r"\b(?:idfa|idfv|gaid|aaid|adid|maid|madid|mobile ?id|ad ?id|advert\w*)\b",
    ),
    Shape("device_id", _ID, "device identifiers", rf"{_UUID}|[\w\-]{{8,}}", r"\b(?:device|imei|imsi|android id|serial)\b"),
    Shape("uuid", _ID, "UUIDs", _UUID, alone=True),
    Shape("mac", _ID, "hardware addresses", r"(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}", alone=True),
    Shape("ipv4", _ID, "IPv4 addresses", rf"(?:{_OCTET}\.){{3}}{_OCTET}", alone=True, unless=r"version"),
    Shape(
        "ipv6", _ID, "IPv6 addresses",
        r"(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f:]*::[0-9a-f:]*(?:\.\d+)*", alone=True,
    ),
    Shape("ssn", _ID, "social security numbers", r"\d{3}-\d{2}-\d{4}", alone=True),
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
        "date_of_birth", _QUASI, "dates of birth", rf"{_DATE}{_TIME}|\d{{8}}|(?:18|19|20)\d{{2}}",
        r"\b(?:dob|birth\w*|born|geburt\w*|naissance|nacimiento|bday|yob)\b",
    ),
    Shape("date", _QUASI, "dates", rf"{_DATE}{_TIME}", alone=True),
    Shape("postal_code", _QUASI, "postal codes", r"[a-z0-9][a-z0-9 \-]{2,9}", r"\b(?:zip|zcta\w*|postal|post ?code|plz|cp)\b"),
    Shape(
        "postal_code", _QUASI, "postal codes",
        r"\d{5}-\d{4}|[a-z]\d[a-z] ?\d[a-z]\d|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", alone=True,
    ),
    Shape("fax", _ID, "fax numbers", r"\+?[\d().\-/ ]{7,22}", r"\bfax\b"),
    Shape(
        "phone", _ID, "telephone numbers", r"\+?[\d().\-/ ]{7,22}",
        r"\b(?:phone\w*|tele?phone|tel|mobile|cell\w*|msisdn|ph)\b",
    ),
    Shape(
        "phone", _ID, "telephone numbers",
        r"\+\d[\d().\-/ ]{6,20}|\(\d{2,5}\)[ \-]?\d[\d\- ]{4,12}|\d{3}[\-. ]\d{3}[\-. ]\d{4}", alone=True,
    ),
    Shape("first_name", _ID, "given names", _TEXT, r"\b(?:first|given|fore|christian|vor|f) ?name|^(?:fn|vorname|prenom)$"),
    Shape("last_name", _ID, "family names", _TEXT, r"\b(?:last|family|sur|maiden|nach|l) ?name|^(?:ln|nachname|nom)$"),
    Shape("name", _ID, "names", _TEXT, r"\b(?:full|patient|customer|client|person|contact|user|member)? ?name$",
          unless=r"product|event|file|company|brand|drug|city|country|state|column|field|host|domain|project|file"),
    Shape("street", _ID, "street addresses", r".*\p{L}.*", r"\b(?:street|address|addr|strasse|rue)\b",
          unless=r"e ?mail|\bip\b|mac|web|wallet"),
    Shape(
        "street", _ID, "street addresses",
        r"\d+[a-z]? .*\b(?:st|street|ave|avenue|rd|road|blvd|ln|lane|dr|drive|court|way|place)\b\.?.*", alone=True,
    ),
    Shape("city", _QUASI, "places", _WORDS, r"\b(?:city|town|municipality|ort|stadt|ville)\b"),
    Shape("county", _QUASI, "counties", _WORDS, r"\bcounty\b"),
    Shape("state", _QUASI, "states", rf"(?:{_STATES})|{_WORDS}", r"\b(?:state|province|bundesland)\b",
          unless=r"status|state of|statement"),
    Shape("country", _QUASI, "countries", rf"[a-z]{{2,3}}|{_WORDS}", r"\b(?:country|nation|nationality)\b"),
    Shape("location", _QUASI, "coordinates", r"-?\d{1,3}\.\d+", r"\b(?:lat|latitude|lon|lng|long|longitude)\b"),
    Shape("gender", _QUASI, "genders", r"[mfdxnuo]|male|female|man|woman|other|non.?binary|trans.*|unknown", r"\b(?:gender|sex)\b"),
    Shape("age", _QUASI, "ages", r"\d{1,3}(?:\.\d+)?", r"\bage\b"),
    Shape("user_agent", _QUASI, "names of browsers", r"(?:mozilla|dalvik|opera|curl|okhttp)/.*", r"user agent", alone=True),
    Shape("external_id", _ID, "identifiers of another system", r".+",
          r"\b(?:user|customer|client|person|member|external|extern|crm|account|subscriber|visitor|patient) ?(?:id|key|ref)\b|\b(?:user ?name|login)\b"),
)  # fmt: skip
"""Kinds in the order in which they are tried: the first that fits is taken."""
