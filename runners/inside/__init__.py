"""What runs inside the user's interpreter: standard library only, Python 3.8 to 3.14.

These files are never imported by the program. `launch.py` is started by path and loads its
siblings under the private name `_journeyman_inside`, so that nothing of ours is on the user's
import path. Only what is found in the user's environment is imported beyond the standard library:
its test framework, and its Flask by the modules that serve a Flask application.
"""
