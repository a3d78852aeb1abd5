"""What a site's requests and events tell others: health facts and identifiers, by field and receiver.

- ``audit``: The audit itself: which fields carry health facts or identifiers, and to which host.
- ``fields``: The fields of a message, however deep they are packed: JSON in forms in JSON, addresses,
  base64.
- ``lexicon``: Words that tell of health or of other things that the law protects, and hosts whose owner
  is known.
- ``traffic``: Requests out of HAR files and events out of JSON lines, one at a time, whatever the size
  of the file.
"""

from exports.beacons.audit import BeaconAudit, Finding, Receiver, audit_beacons

__all__ = ["BeaconAudit", "Finding", "Receiver", "audit_beacons"]
