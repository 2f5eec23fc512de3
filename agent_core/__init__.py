"""The agent: tasks, sessions, the loop, the gate, models, tools and solvers.

Everything a terminal and a window both need lives here; Qt does not.
"""
