"""Defences that publish rows of nobody, drawn from what was learnt about a table.

- ``mst`` -- from a privately chosen tree of two-way tables, with noise
- ``aim`` -- from the two-way tables that a private search finds most in need, with noise
- ``privbayes`` -- from a privately chosen Bayesian network, with noise
- ``independent-margins`` -- every column by itself, with noise: the floor of the others
- ``gaussian-copula`` -- the exact values and correlations of the columns, without noise
- ``sequential-trees`` -- column by column from people who look alike, without noise

Beside them, what several share:

- ``private_synthesis`` -- what every synthesiser with noise does alike
- ``noisy_margins`` -- what it may measure
- ``graphical_model`` -- the model that is fitted to noisy tables and sampled
- ``plain_synthesis`` -- what those without noise share
"""
