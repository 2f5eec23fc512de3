"""The exceptions a person may see. Everything that is not one of these is a bug.

JourneymanError
├── UserProblem      the request or the surroundings are at fault: exit code 2
└── Interrupted      a deadline passed or somebody stopped the work
"""


class JourneymanError(Exception):
    """Base of every error this program raises on purpose."""


class UserProblem(JourneymanError):  # noqa: N818  (a problem of the user's surroundings, not an error of ours)
    """Something the user can mend: what is wrong, why, and what to do next."""

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        text = self.what if not self.why else f"{self.what}: {self.why}"
        return text if not self.hint else f"{text}\nhint: {self.hint}"


class Interrupted(JourneymanError):  # noqa: N818  (stopping is no error)
    """Work was ended from outside: a deadline, a stop, a cancel."""
