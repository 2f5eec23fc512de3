"""Several events side by side, in the order of their days."""

from datetime import timedelta


class Agenda:
    """A set of events."""

    def __init__(self, events=()):
        self.events = list(events)

    def add(self, event):
        """Put an event on the agenda."""
        self.events.append(event)

    def between(self, start, end):
        """Pairs of day and title from `start` to `end`, both included, in order."""
        found = [(day, event.title) for event in self.events for day in event.between(start, end)]
        return sorted(found)

    def week(self, day):
        """What happens in the week, Monday to Sunday, that holds `day`."""
        monday = day - timedelta(days=day.weekday())
        return self.between(monday, monday + timedelta(days=6))

    def clashes(self, start, end):
        """Days with more than one event, with the titles."""
        titles = {}
        for day, title in self.between(start, end):
            titles.setdefault(day, []).append(title)
        return {day: names for day, names in titles.items() if len(names) > 1}

    def text(self, start, end):
        """One line for each day on which something happens."""
        lines = {}
        for day, title in self.between(start, end):
            lines.setdefault(day, []).append(title)
        return "\n".join(
            "{:%a %d %b}  {}".format(day, ", ".join(names)) for day, names in lines.items()
        )
