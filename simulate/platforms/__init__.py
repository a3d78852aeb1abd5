"""What a platform is: who has an account there, and what it knows of them.

- ``accounts``: Who of the people has an account at a platform, and which of their addresses it knows.
- ``reach``: Who has an account at a platform: its reach by age and sex, and the size it shows.
"""
