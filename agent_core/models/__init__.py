"""Whatever decides the next step, behind one protocol: built-in solvers and language models.

Turning events into a provider's messages is each adapter's business and stays in here.
"""
