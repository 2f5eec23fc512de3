"""Recurring events and an agenda of what comes next."""

from almanac.agenda import Agenda
from almanac.event import Event
from almanac.parse import parse_rule
from almanac.rules import Daily, Monthly, Weekly, Yearly

__all__ = ["Agenda", "Daily", "Event", "Monthly", "Weekly", "Yearly", "parse_rule"]
