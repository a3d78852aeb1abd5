"""What a site's requests and events tell others: health facts and identifiers, by field and receiver.

- ``audit``: The audit itself: whom the messages of a file tell of, what, and to which receiver.
- ``carried``: What one field of a message carries: a protected fact, an identifier, a digest; by name and
  by value.
- ``consent``: Signals of consent in a message: consent mode, limited data use, strings of consent.
- ``fields``: The fields of a message, however deep they are packed: JSON in forms in JSON, addresses,
  base64.
- ``findings``: What an audit of messages reports: fields, receivers and lists, in counts of people and
  messages.
- ``lexicon``: Words that tell of health or of other things that the law protects, and hosts whose owner is
  known.
- ``lists``: Lists and events that rows are sent to: which messages speak of the same one, and what it is
  called.
- ``people``: The people in a message: rows of a list, subjects of events, each with the keys that tell
  them apart.
- ``register``: Everybody that a recording tells of: people by receiver and list, and what is said of them.
- ``shown``: Names of fields as they may be shown: known words, and never a value that stands where a name
  should.
- ``traffic``: Requests out of HAR files and events out of JSON lines, one at a time, whatever the size of
  the file.
- ``tree``: A message as a tree, with all that is packed inside unpacked: JSON in forms in JSON, addresses,
  base64.
"""

from exports.beacons.audit import audit_beacons
from exports.beacons.findings import BeaconAudit, Finding, PeopleList, Receiver

__all__ = ["BeaconAudit", "Finding", "PeopleList", "Receiver", "audit_beacons"]
