"""What is known about a Flask project that is to be ported: its requests, mutants and coverage.

Knowledge over sources and answers, with no notion of a session: mining reads sources without
importing them, the corpus asks a running original through a protocol, and nothing here starts a
process, writes a file or gives a verdict.
"""
