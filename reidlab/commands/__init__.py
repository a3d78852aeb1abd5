"""One module per command of ``reidlab``; each imports what is heavy only when it runs."""
