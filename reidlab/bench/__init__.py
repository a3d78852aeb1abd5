"""Defences against attacks: experiments, cells, the runner, the frontier and its page."""
