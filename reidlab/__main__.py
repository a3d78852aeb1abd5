"""Let ``python -m reidlab`` do what ``reidlab`` does."""

from reidlab.cli import main

if __name__ == "__main__":
    main()
