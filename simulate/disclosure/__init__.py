"""What left besides the match: IP addresses, events, years of lists, consent, sub-brands, remedies.

- ``consent``: The promise and the practice: consent by purpose, the refund class, and what each remedy
  changes.
- ``devices``: Lists of advertising identifiers: no hash, no address, and still the person's own
  telephone.
- ``events``: A web beacon sends answers as events; what the platform believes about a person before and
  after.
- ``lookalike``: The people from whom a platform learns a look-alike model, and what it knows of each of
  its users.
- ``retargeting``: Former visitors' IP addresses: whom a platform reaches at them, and who of these was the
  visitor.
- ``sub_brands``: What membership of a sub-brand's list alone discloses.
- ``tally``: All parts of a case counted block by block in workers; no block outlives its counts.
- ``visitors``: One block of visitors with what became of each one's address, as the parts of a case
  count them.
- ``years``: Seven years of lists: how the share of people ever matched grows, and what a deletion
  leaves.
"""
