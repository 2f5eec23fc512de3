"""The knowledge behind the repair tools: where a fault lies, which patches to try, in what order.

Pure functions over sources, reports and observations; nothing here runs a program or writes a file.
"""
