"""Names of files on the screen."""

from desktop.models.names import shown_name, tab_title


def test_every_name_has_a_form_that_can_be_seen() -> None:
    assert shown_name("cart.py") == "cart.py"
    assert shown_name("a\udcffb\n\x7f") == "a\ufffdb␊␡"


def test_titles_are_short_and_hold_no_keys() -> None:
    assert tab_title("a&b") == "a&&b"
    long = tab_title("x" * 60 + ".py")
    assert len(long) == 40
    assert long.endswith("x.py")
