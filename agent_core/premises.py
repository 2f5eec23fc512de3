"""Where one session works: its folder, the private copy in it, and its project's snapshots."""

from pathlib import Path

from agent_core import places
from agent_core.events import WorkspaceReady
from editors.copying import remove_tree
from editors.snapshots import ShadowStore
from editors.workspace import Workspace


class Premises:
    """The folders of one session, derived from its own and the user's."""

    def __init__(self, folder: Path, origin: Path) -> None:
        self.folder = folder
        self.origin = origin
        # Named like the original, for projects whose tests look at their folder's name.
        self.workspace_folder = folder / "workspace" / (origin.name or "project")
        self.spare_folder = folder / "spare" / (origin.name or "project")
        self.scratch = folder / "scratch"

    def shadow(self) -> ShadowStore:
        """The snapshots of this session's project."""
        return ShadowStore.open(places.project_store(self.origin))

    def create_workspace(self, *, packages: bool) -> Workspace:
        """Make the private copy, in place of one that was never finished."""
        if self.workspace_folder.exists():
            remove_tree(self.workspace_folder)
        return Workspace.create(
            self.origin, self.workspace_folder, self.shadow(), packages=packages
        )

    def workspace(self, ready: WorkspaceReady) -> Workspace:
        """The private copy made before."""
        return Workspace(
            self.origin,
            self.workspace_folder,
            self.shadow(),
            base=ready.snapshot,
            ignored=ready.ignored,
        )
