"""What notifications does: one verb per file, a command and its handler.

Look here first: the file names are the service's table of contents.
"""
