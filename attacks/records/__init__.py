"""Attacks on records: rows about people, also invented ones.

Attacks, by registered name:

- ``composition``: two releases about the same people, each harmless alone, are intersected;
- ``copies``: whose record stands in a release as it is, or nearly so;
- ``downcoding``: a release that generalises as little as possible tells more than its labels say;
- ``inference``: a secret column is guessed from the released record most like the target;
- ``linkability``: two halves of a record are linked when one released record is nearest to both;
- ``linkage``: released records are joined with a register that has names;
- ``minimality``: that a class was generalised at all says that a part of it would have broken the rule;
- ``singling-out``: a condition read off the release is true of exactly one person;
- ``uniqueness``: a few known facts fit one released record only.

What they share:

- ``telling_columns``: which of the known columns a release leaves together;
- ``secret_answers``: which released answers are right about whom, and how good the guesses are by value;
- ``singling_out_world``: tables as codes with whose each row is;
- ``guessed_secret``: what is guessed of a secret column, and when a guess counts as right;
- ``register_match``: which people of a register each released record can be about;
- ``singling_out_predicates``: conditions read off the rows of a release that are true of one of them.
"""
