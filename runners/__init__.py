"""How programs are run and read: toolchains, processes, test frameworks, tracing, screening.

Nothing here knows about tasks, sessions or edits. What runs inside the user's interpreter lives in
`runners.inside` and is started by path; everything else starts processes and types what they say.
"""
