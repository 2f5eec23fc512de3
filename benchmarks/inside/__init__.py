"""Files that run in other environments than this project's: started by path, never imported here."""
