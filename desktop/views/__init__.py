"""The parts of the window, one widget a file.

They show what they are given and say by signals what was asked for. None touches a session, reads a
log or starts anything.
"""
