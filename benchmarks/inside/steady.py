"""Becomes the command that is given, with the same memory addresses in each run where that works.

Sets of objects that hash by their address have the same order then, and tests that are made from
such a set the same names.
"""

import ctypes
import os
import sys

ADDR_NO_RANDOMIZE = 0x0040000

if sys.platform == "linux":
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  (no shell is what we want)
