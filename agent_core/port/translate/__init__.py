"""Turns an imported Flask application into the sources of a Rust crate.

Names are resolved by what they stand for after the import (`runners.http_replay.live`), never by
their spelling. Each construct is converted exactly or refused with its place; nothing here
compiles, judges or writes into a project.
"""
