"""Why a change was not made. Whatever is raised here, the files are as they were before.

JourneymanError
└── Refused                 base: nothing was changed
    ├── UnsafePath          the path leaves the folder, goes through a link, or is git's own
    ├── NotText             not a regular file, binary, too large, or not in its encoding
    ├── Unpreservable       read-only, hard-linked, or with an owner or attributes we cannot keep
    ├── NoSuchPlace         an edit does not match its file, or matches in several places
    ├── AlreadyThere        a file to be created exists
    ├── ChangedMeanwhile    the file is not the one the edit was made for
    ├── NewSyntaxErrors     the file parsed before and would not parse after
    └── WriteFailed         the disk refused; DiskFull when it has no room
RollbackError               the one exception to the rule: says which files could not be put back
"""

from runners.problems import JourneymanError


class Refused(JourneymanError):  # noqa: N818  (a refusal that keeps the files safe, not a fault)
    """A change that was not made; `path` is the file in question, relative to its folder."""

    def __init__(self, path: str, message: str) -> None:
        # A file name may hold bytes that no output could show.
        super().__init__(message.encode("utf-8", "backslashreplace").decode("utf-8"))
        self.path = path


class UnsafePath(Refused):
    """The path is not the name of a file inside the folder."""


class NotText(Refused):
    """The file cannot be edited as text without losing something."""


class Unpreservable(Refused):
    """Replacing the file would lose its links, owner, attributes or protection."""


class NoSuchPlace(Refused):
    """It is not clear where the edit goes; the message names the closest lines."""


class AlreadyThere(Refused):
    """A file that is to be created exists already."""


class ChangedMeanwhile(Refused):
    """The file's content is not what the edit was made for."""


class NewSyntaxErrors(Refused):
    """The file parsed without errors and would not any more."""


class WriteFailed(Refused):
    """The operating system refused to write; the old content is kept."""


class DiskFull(WriteFailed):
    """No room on the disk, or a quota is used up; the old content is kept."""


class RollbackError(JourneymanError):
    """Some files of a set were written, and putting them back failed; `paths` names them."""

    def __init__(self, paths: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.paths = paths
