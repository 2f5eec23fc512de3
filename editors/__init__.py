"""How text becomes changed text: files, edits, diffs, hunks, snapshots and workspaces.

Every write to a workspace and every write a user accepts goes through here. Nothing here decides
what to change, and nothing here starts a process except git, through `runners`.
"""
