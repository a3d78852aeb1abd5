"""Defences that publish numbers of people: tables of counts, and answers to questions.

- ``dp-histogram`` -- one table with exact noise
- ``dp-margins`` -- several tables with noise that agree where they overlap
- ``dp-keys`` -- counts of values that nobody declared
- ``noisy-max`` -- the commonest value and no count
- ``cell-key`` -- a small noise fixed by who is in the cell
- ``small-cells`` -- small counts withheld, and others that would tell them
- ``psi-size`` -- the size of an intersection of two lists
- ``minimum-size`` -- audience sizes below a least size told as 0
- ``rounded-size`` -- audience sizes to so many digits
- ``undeduplicated-size`` -- audience sizes in rows and not people
- ``noisy-size`` -- audience sizes with noise, within a budget

Beside them, what several share:

- ``contingency`` -- the table before it is protected
- ``secondary_suppression`` -- which further numbers to withhold
- ``size_defense`` -- what defences on an audience's size share
"""
