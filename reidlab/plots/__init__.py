"""The house figures: one palette that colour-blind readers can tell apart, alt text for each.

- ``calibration_card``: The figure that sets the simulation beside what was published.
- ``class_sizes``: The figure of how many people share a class with others.
- ``frontier``: Advantage of an attack against what the release is still good for.
- ``guesses``: The figure of an attacker's work: tokens opened against guesses made.
- ``operating_points``: The figure of a membership attack where it matters: at few false positives.
- ``posterior_shift``: The figure of what a release makes an adversary believe about a person.
- ``seven_years``: The figure of lists that are sent again every year.
- ``style``: How every house figure is set up, shown and written.
- ``where_they_went``: The figure that shows what became of every address on the lists.
"""

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000")
"""Okabe and Ito's colours (Color Universal Design, 2008), the dark ones first."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""One marker for each colour, so that no meaning rests on colour alone."""
