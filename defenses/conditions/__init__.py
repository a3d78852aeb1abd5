"""What every class of records that leaves must satisfy.

- ``condition`` -- what a condition on classes is, and what it sees of them
- ``k_anonymity`` -- enough rows, or members of the population: k-anonymity, k-map, delta-presence
- ``l_diversity`` -- enough sensitive values: distinct, entropy, recursive, and their largest share
- ``t_closeness`` -- sensitive values distributed almost as in the table
- ``beta_likeness`` -- no value's share grows or moves too much: beta-likeness, delta-disclosure
- ``whole_table`` -- conditions on all classes together: mean risk, uniques of sample and population
- ``classes`` -- the classes of a table at chosen levels
- ``local_classes`` -- classes cut out of a table piece by piece
- ``options`` -- the options in which a user states what is asked
- ``requirements`` -- what is asked, checked and turned into conditions
- ``release_conditions`` -- all conditions of one release, and which classes may leave
"""
