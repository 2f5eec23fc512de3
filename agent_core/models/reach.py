"""What the built-in model can do without a language model, in words; light enough for a first page."""

CAN = "turn red Python tests green by searching for a small change in the code they run"
CANNOT = (
    "write features, follow instructions in words, change tests, or work in other languages: "
    "that needs a language model"
)
