"""The scripts here are jobs with clients of their own: their tests import them, pytest does not."""

collect_ignore = ["sync_audience.py"]
