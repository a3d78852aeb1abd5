"""Tokens in an export: their form, what they collide on, what opens them, and who would match them."""
