"""Qt 6 windows: they show events and send commands. No logic that a terminal would also need.

`main_window` composes, `workspace_view` is one open folder, `session_link` and `review_link` tie
its views to `agent_bridge`, behind which the agent has a thread of its own. Commands are registered
in `window_commands`; colours, fonts and measures come from `appearance`.
"""
