(string) @string
(pair key: (string) @property)
(number) @number
[(true) (false) (null)] @constant
(escape_sequence) @escape
(comment) @comment
