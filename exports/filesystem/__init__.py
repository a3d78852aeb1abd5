"""Files and folders by name: what is read is what was named, and what is unfinished lies in a room.

- ``named_files``: The file named is the file read: no pattern, no device, no endless file.
- ``rooms``: Rooms for unfinished work: closed to others, locked while in use, removed after any end.
"""
