"""Families of edits, one module per few related ones.

A family is a rule from one syntax node to small edits with weights. Rules read the site they are
given and nothing else; they neither parse, run nor rank.
"""
