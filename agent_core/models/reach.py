"""What the built-in model can do, in words: alone here, as a first page loads nothing else."""

CAN = (
    "turn red Python tests green by searching for a small change in the code they run, and convert "
    "a Flask project to Rust"
)
CANNOT = (
    "write features, follow instructions in words, change tests, or work in other languages: "
    "that needs a language model"
)
