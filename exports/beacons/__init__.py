"""What a site's requests and events tell others: health facts and identifiers, by field and receiver."""

from exports.beacons.audit import BeaconAudit, Finding, Receiver, audit_beacons

__all__ = ["BeaconAudit", "Finding", "Receiver", "audit_beacons"]
