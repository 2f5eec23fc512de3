"""What opens over the window for a moment and answers one question. Nothing here stays open."""
