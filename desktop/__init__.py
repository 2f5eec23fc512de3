"""Qt 6 windows: they show events and send commands. No logic that a terminal would also need."""
