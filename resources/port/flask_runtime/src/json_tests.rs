//! JSON as Flask writes it and as Python reads it.

use super::*;

fn flask(value: &Value) -> String {
    dumps(value, &flask_style(true, true, true)).unwrap()
}

#[test]
fn keys_are_sorted_and_text_is_ascii() {
    let value = crate::dict! { "b" => 1.0, "a" => crate::list![(), true, "é\u{1f600}\"\n\u{7f}"] };
    assert_eq!(
        flask(&value),
        r#"{"a":[null,true,"\u00e9\ud83d\ude00\"\n"#.to_string() + "\u{7f}\"],\"b\":1.0}"
    );
}

#[test]
fn what_is_read_is_written_alike() {
    for written in ["[1,2.5,-0.0,1e+20,123456789012345678901234567890,NaN,-Infinity]", "{\"\":{}}"]
    {
        assert_eq!(flask(&loads(written).unwrap()), written);
    }
}

#[test]
fn problems_are_told_as_python_tells_them() {
    for (written, message) in [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("{\n'a'", "Expecting property name enclosed in double quotes: line 2 column 1 (char 2)"),
        ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
        ("1 2", "Extra data: line 1 column 3 (char 2)"),
        ("\"a", "Unterminated string starting at: line 1 column 1 (char 0)"),
        ("\"\t\"", "Invalid control character at: line 1 column 2 (char 1)"),
        ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
    ] {
        assert_eq!(loads(written).unwrap_err().value().to_string(), message);
    }
}

#[test]
fn nesting_ends_in_an_error_of_its_own() {
    assert!(loads(&"[".repeat(100_000)).unwrap_err().is("RecursionError"));
}

#[test]
fn unlike_keys_cannot_be_sorted() {
    let value = crate::dict! { "a" => 1, 2 => 2 };
    assert!(dumps(&value, &flask_style(true, true, true)).unwrap_err().is("TypeError"));
    assert!(crate::lt("a", 2).is_err());
}

#[test]
fn what_python_refuses_to_write_is_refused() {
    let long = crate::pow(10, 4300).unwrap();
    assert!(dumps(&long, &flask_style(true, true, true)).unwrap_err().is("ValueError"));
}
