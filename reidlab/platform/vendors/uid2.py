"""UID2: the identity map, whose bodies are sealed with the client's secret.

github.com/IABTechLab/uid2-client-python (envelope: a byte 1, then nonce, ciphertext and tag of
AES-GCM) and uid2-operator (salting). The API key is the platform's token and the client's secret the
base64 of the token's SHA-256, see `secret_of`. Identifiers are mapped to advertising ids and kept in
the record; no list is made of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.identifiers import Rejected, find_profile
from reidlab.platform.entries import Key, several
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, read_json
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "uid2", "prod.uidapi.com"
MOST_IDENTIFIERS, A_MINUTE = 5_000, 6_000
KINDS = ("email", "email_hash", "phone", "phone_hash")
_REFRESH_DAYS = 90


def secret_of(token: str) -> str:
    """Return the client's secret that goes with an access token, in base64.

    Examples
    --------
    >>> len(base64.b64decode(secret_of("TOKEN")))
    32
    """
    return base64.b64encode(hashlib.sha256(token.encode()).digest()).decode()


@dataclass(frozen=True, slots=True)
class Uid2:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        return [Endpoint(VENDOR, HOST, ("POST",), "/v3/identity/map", self.map)]

    def map(self, exchange: Exchange) -> Answer:
        """Map addresses and phones, or their hashes, to advertising ids."""
        if not self.hub.authorised(exchange.bearer()):
            raise _refused("unauthorized", "the API key is not known", 401)
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("client_error", "too many requests", 429)
        secret = base64.b64decode(secret_of(self.hub.token))
        stamp, body, in_text = _opened(exchange.body, secret)
        given = {name: body.get(name) or [] for name in KINDS}
        if not all(isinstance(values, list) for values in given.values()):
            raise _refused("client_error", "identifiers must be lists")
        # What is recorded is what was sealed: the body itself says nothing.
        exchange.body = json.dumps(body).encode()
        width = max(map(len, given.values()))
        keys = [Key(name.removesuffix("_hash"), name, (), clear=True) for name in KINDS if given[name]]
        rows = [
            [given[key.spelled][place] if place < len(given[key.spelled]) else None for key in keys]
            for place in range(width)
        ]
        if keys:
            arrive(exchange, several(keys, rows), "map", self.hub.first_use(VENDOR, "", "identity map"))
        if sum(map(len, given.values())) > MOST_IDENTIFIERS:
            raise _refused("client_error", f"at most {MOST_IDENTIFIERS} identifiers", 413)
        mapped = {name: [self._mapped(name, value) for value in values] for name, values in given.items()}
        answer = {"body": {name: found for name, found in mapped.items() if found}, "status": "success"}
        return _sealed(stamp, answer, secret, in_text)

    def _mapped(self, kind: str, value: Any) -> dict[str, Any]:
        try:
            digest = find_profile("uid2").rule(kind).apply(value).digest if isinstance(value, str) else None
        except Rejected:
            digest = None
        if digest is None:
            return {"e": "invalid identifier"}
        salted = hashlib.sha256(f"{digest}{self.hub.token}".encode()).digest()
        scope = 0x00 if kind.startswith("email") else 0x04
        raw = bytes([scope]) + hashlib.sha256(base64.b64encode(salted) + b"salt").digest()
        refresh = int(time.time()) + _REFRESH_DAYS * 86_400
        return {"u": base64.b64encode(raw).decode(), "p": None, "r": refresh}


def _opened(sealed: bytes, secret: bytes) -> tuple[bytes, Mapping[str, Any], bool]:
    """Return time and nonce of an envelope, what it holds, and whether it came as text."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    in_text = sealed[:1] != b"\x01"
    try:
        raw = base64.b64decode(sealed, validate=True) if in_text else sealed
        if raw[:1] != b"\x01" or len(raw) < 1 + 12 + 16 + 16:
            raise ValueError("no envelope")
        opened = AESGCM(secret).decrypt(raw[1:13], raw[13:], None)
        body = read_json(opened[16:])
    except (InvalidTag, binascii.Error, ValueError):
        raise _refused("client_error", "the body is no envelope sealed with the client's secret") from None
    if not isinstance(body, dict):
        raise _refused("client_error", "the envelope must hold a JSON object")
    return opened[:16], body, in_text


def _sealed(stamp: bytes, answer: Mapping[str, Any], secret: bytes, in_text: bool) -> Answer:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    raw = nonce + AESGCM(secret).encrypt(nonce, stamp + Answer(answer).content(), None)
    if in_text:
        return Answer(base64.b64encode(raw), headers={"content-type": "text/plain"})
    return Answer(raw, headers={"content-type": "application/octet-stream"})


def _refused(status: str, message: str, code: int = 400) -> Refusal:
    return Refusal(Answer({"status": status, "message": message}, code))
