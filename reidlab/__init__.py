"""The bench: replay a case, assess an export, run defences against attacks, report."""
