"""Defences on a log of what people did.

- ``neutral-events`` -- every event under one name
"""
