"""What `./run` starts: the same entry as the installed console script `journeyman`."""

from desktop.entry import main

if __name__ == "__main__":
    raise SystemExit(main())
