"""Files that run in other environments than this project's: started by path, not imported."""
