"""The simulation held against published figures, and fitted to a published match.

- ``card``: The calibration card: forty published figures, each with its tolerance, source and status.
- ``computed_card``: The calibration card computed: residents and visitors simulated, and counted as the
  surveys did.
- ``expectation``: The expected match of a platform in closed form, cell by cell of alike visitors.
- ``fit``: Address reuse fitted alone to a published match, and how far each assumption moves the fit.
- ``population_uniques``: How many of the country's residents are alone in place, sex and date of birth,
  by the model's own cells.
- ``sample``: A sample of a case's visitors, counted into the cells of the closed form.
- ``sweep``: What the unknown parameters leave open: a range of the match per platform, and its drivers.
"""
