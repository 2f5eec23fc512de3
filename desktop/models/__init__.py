"""What the views show, as rows: Qt's item models, and plain ones for painted views.

They are made from events, reports and folders alone. No widget, no session, nothing that runs.
"""
