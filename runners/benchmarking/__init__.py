"""What can be raced by `runners.benchmark`: servers, commands, revisions of a function.

Each knows how one round of its kind is run and what it costs; none knows what is worth racing.
"""
