"""The house figures: one palette that colour-blind readers can tell apart, alt text for each."""

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000")
"""Okabe and Ito's colours (Color Universal Design, 2008), the dark ones first."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""One marker for each colour, so that no meaning rests on colour alone."""
