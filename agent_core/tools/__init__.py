"""What a model may do: one module a family of tools, and the dispatch every call goes through.

A tool never asks for approval, never writes an event and never decides that a task is done.
"""
