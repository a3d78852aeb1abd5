"""What differentially private defences are made of.

- ``curator`` -- who draws each answer once; the base of every such defence
- ``ledger`` -- the file of all answers about a data set and what they cost
- ``ledger_entries`` -- its entries, each a link of one chain of digests
- ``budget`` -- what an answer costs and what may be spent
- ``accountant`` -- what several answers cost together
- ``noise`` -- the exact samplers: discrete Laplace and Gaussian
- ``random_bits`` -- exact random events, from a seed or the operating system
- ``selection`` -- the best of several candidates, chosen with noise
- ``cell_counts`` -- counts over the cells of a declared domain
- ``coded_table`` -- a table as integers of its domain, each person bounded
- ``consistent_margins`` -- noisy tables made to agree where they overlap
"""
