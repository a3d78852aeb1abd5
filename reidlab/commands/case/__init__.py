"""Commands about a case and its simulated people.

- ``calibration``: The command that sets the simulation beside forty published figures.
- ``follow``: The command that follows one simulated person through a case.
- ``replay``: The command that replays a case at its real size.
- ``simulate``: The command that writes a case's people, with everything there is about them.
"""
