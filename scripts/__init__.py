"""What keeps the house: environments, locks, checks. Standard library only, never shipped."""
