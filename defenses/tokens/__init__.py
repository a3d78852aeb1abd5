"""Defences on an upload list: identifiers replaced by tokens, or fewer of them sent.

- ``hash`` -- the plain digest that every platform asks for
- ``salt`` -- a digest with a public value, one per recipient
- ``hmac`` -- a digest under a secret key
- ``salt-buckets`` -- tokens under salts that an operator keeps and rotates
- ``bloom`` -- bit patterns that are alike when identifiers are alike
- ``truncate`` -- so few bits of a digest that several accounts share each
- ``decoys`` -- strangers on the list and some clients left out
- ``subsample`` -- each row or person with some probability only
- ``alias`` -- an address of its own for each site
- ``consent`` -- only people who agreed to the purpose
- ``minimise`` -- fewer columns
- ``do-not-send`` -- nothing at all
- ``retain-less`` -- only rows of recent days
- ``delete-afterwards`` -- a list that the recipient deletes once it was used
"""
