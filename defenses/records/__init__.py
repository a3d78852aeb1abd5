"""Defences that publish a table of people's records, changed so that fewer of them stand out.

- ``global-recoding`` -- every value of a column at one level of its hierarchy, small classes left out
- ``optimal-k-anonymity`` -- the levels that lose least of all that satisfy what is asked of classes
- ``mondrian`` -- classes of similar people cut by medians, each published by its ranges
- ``top-down`` -- classes specialised one by one from the top of every hierarchy
- ``microaggregation`` -- groups of at least k similar rows, each number replaced by the group's mean
- ``local-suppression`` -- single cells emptied until k rows agree
- ``top-bottom-coding`` -- numbers beyond a limit become the limit
- ``pram`` -- categories changed at random with known probabilities
- ``noise`` -- normal noise on numbers, in proportion to their spread
- ``rank-swapping`` -- numbers swapped with others of near rank
- ``shuffling`` -- the values of a column dealt out anew
- ``randomised-response`` -- the true value or another, drawn before anybody collects it
- ``unary-encoding`` -- a yes or no per value, each drawn before anybody collects it

Beside them, what several share:

- ``recoded`` -- rows at given levels, with every class checked
"""
