"""What runs inside the user's interpreter: standard library only, Python 3.8 to 3.14.

These files are never imported by the program. `launch.py` is started by path and loads its
siblings under the private name `_journeyman_inside`, so that nothing of ours is on the user's
import path. The test framework found in the user's environment is the only thing imported beyond
the standard library.
"""
