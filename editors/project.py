"""What a folder is that somebody wants worked on."""

import msgspec


class Project(msgspec.Struct, frozen=True):
    """A folder as it was found; without a repository everything but `root` is empty.

    root: absolute, links resolved. repository: top of the repository it lies in. branch: "" when
    detached. commit: "" before the first. dirty: whether tracked files or the index differ from
    the commit. unfinished: what git was left in the middle of: "merge", "rebase" or the like.
    """

    root: str
    repository: str = ""
    branch: str = ""
    commit: str = ""
    subject: str = ""
    dirty: bool = False
    unfinished: str = ""
