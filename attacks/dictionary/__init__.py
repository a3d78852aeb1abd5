"""The dictionary attack: what is tried against tokens, and how.

- ``guesses``: lists of texts and small spaces to enumerate, the most probable candidates first;
- ``address_patterns``: how people choose addresses;
- ``hashing``: how the adversary believes that the tokens were made;
- ``search``: candidates are generated, hashed and joined inside the engine, batch by batch.
"""
