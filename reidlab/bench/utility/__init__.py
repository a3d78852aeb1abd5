"""What a release is still good for.

- ``distances``: How far distributions are apart, of one column or of two together.
- ``lists``: What the sender wanted of a list: people whom the platform can show an advertisement.
- ``records``: What an analyst can still do with a release of records: margins, pairs, correlations,
  prediction.
- ``registry``: What a release is still good for, one number each: the registry.
- ``tables``: How far tables and counts are from the export that they stand for.
"""
