"""An ad platform on the loopback interface: official clients upload to it, and nobody's data leaves.

``server`` listens; ``vendors/`` answers as each platform's documentation says; ``entries`` reads the
rows of a list, ``audiences`` keeps them and counts whom they meet among ``accounts``; ``sizes`` shows
that count as the platform would; ``recorder`` keeps what arrived, without ``credentials``.
"""
