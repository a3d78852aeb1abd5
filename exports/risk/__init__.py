"""The risk of rows and people: measures, estimates for a population, special uniques.

- ``bayes_vulnerability``: How often the best guess is right, before the release is seen and after.
- ``column_search``: Which columns to leave out or coarsen first, found by searching over sets of
  columns.
- ``copula``: How likely a person is unique in the population, from a Gaussian copula fitted to a
  sample.
- ``declared_population``: Journalist and marketer risk of a sample, where only the size of its
  population is known.
- ``groups``: The risk of each group of people on its own: a mean over everybody hides the worst one.
- ``individual``: Individual risk of a sample survey, whose rows stand for many people of the
  population.
- ``loglinear``: Risk of sample uniques under a log-linear model of the population.
- ``measures``: The measures of all classes of a table, in one value that parts of a table can be joined
  by.
- ``population_match``: Classes of an export held against a population: k-map, delta-presence,
  journalist, marketer.
- ``population_uniques``: How many of the population are unique, estimated from the class sizes of a
  sample of it.
- ``prosecutor``: The chance that a row is linked to its person by an adversary who knows the quasi-
  identifiers.
- ``suda``: Special uniques: a row that few columns single out is more at risk than one that needs many.
- ``uniques_intervals``: Intervals of the shares of the population that are unique, by resampling the
  classes of the sample.
"""
