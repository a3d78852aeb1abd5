"""A record of a decision under the curator's key: counts and digests, never a value, verified offline."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exports.errors import LabError, MissingExtraError

MARK = b'"made_by": "reidlab"'
"""What tells a signed record from another file."""

KEPT = ("rows", "persons", "k", "linked_k", "uniques", "policy", "decision", "stood_on")
"""What of an assessment goes into its record."""

OF_RECORDING = ("messages", "persons", "told", "unread", "without_consent", "denied", "most_keys")
"""What of the audit of a recording goes into its record."""


def record_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record says of the JSON of an assessment."""
    record = {name: result[name] for name in KEPT if name in result}
    if "beacons" in result:
        record |= {name: result["beacons"][name] for name in OF_RECORDING}
    return record


def canonical(record: Mapping[str, Any]) -> bytes:
    r"""Return a record as the one text that is signed: sorted keys, no blanks, UTF-8.

    Examples
    --------
    >>> canonical({"b": 1, "a": "ü"})
    b'{"a":"\xc3\xbc","b":1}'
    """
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def signed(record: Mapping[str, Any], key: Path) -> dict[str, Any]:
    """Return a record with its Ed25519 signature and the public key, both in base64.

    Parameters
    ----------
    record : mapping
        What is signed.
    key : Path
        The private key in PEM, as ``openssl genpkey -algorithm ed25519`` writes it.

    Raises
    ------
    LabError
        When the key cannot be read, or is of another kind.
    """
    serialization, ed25519 = _library()
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise LabError(
            f"The key that --sign names cannot be read ({error.strerror}): check the path."
        ) from None
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise LabError(
            "The file that --sign names holds no Ed25519 key in PEM without a password: make one with "
            "openssl genpkey -algorithm ed25519."
        )
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {
        "made_by": "reidlab",
        "record": dict(record),
        "signature": base64.b64encode(private.sign(canonical(record))).decode(),
        "public_key": base64.b64encode(raw).decode(),
        "algorithm": "Ed25519 over JSON with sorted keys",
    }


def is_signed_by(envelope: Mapping[str, Any], public: Path) -> bool:
    """Tell whether a signed record is unchanged and was signed with the key of a public key.

    Parameters
    ----------
    envelope : mapping
        What `signed` returned.
    public : Path
        The public key in PEM, from its owner and not from the record.

    Raises
    ------
    LabError
        When the key cannot be read, or the record is none.
    """
    from cryptography.exceptions import InvalidSignature

    serialization, ed25519 = _library()
    try:
        key = serialization.load_pem_public_key(public.read_bytes())
    except OSError as error:
        raise LabError(f"{public} cannot be read ({error.strerror}): check the path.") from None
    except ValueError:
        key = None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise LabError(f"{public} holds no Ed25519 public key in PEM: ask the curator for it.")
    record, signature = envelope.get("record"), envelope.get("signature")
    if not isinstance(record, dict) or not isinstance(signature, str):
        raise LabError("The file holds no signed record: give the one that assess --sign wrote.")
    try:
        key.verify(base64.b64decode(signature, validate=True), canonical(record))
    except (InvalidSignature, ValueError):
        return False
    return True


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise MissingExtraError("A signature", "sign") from None
    return serialization, ed25519
