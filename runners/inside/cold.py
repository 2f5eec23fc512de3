"""The cold server: tries patches by starting the test framework anew in a fork.

For what a swap of live code cannot show: decorators, defaults, class bodies, module constants,
imports. The process holds the framework and third-party modules, but nothing of the workspace; the
patched text is given to the import system in memory.
"""

from __future__ import annotations


def serve(config, channel):
    raise NotImplementedError
