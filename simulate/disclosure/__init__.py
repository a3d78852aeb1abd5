"""What left besides the match: IP addresses, events, years of lists, consent, sub-brands, remedies."""
