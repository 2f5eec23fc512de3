"""What the bundle runs before everything else, the libraries' own preparations included."""

from runners import ourselves

ourselves.begin_bundled()
