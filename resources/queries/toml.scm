(comment) @comment
(string) @string
(escape_sequence) @escape
[(integer) (float)] @number
(boolean) @constant
[(local_date) (local_time) (local_date_time) (offset_date_time)] @number
(pair (_) @property . "=")
(table (_) @type . "]")
(table_array_element (_) @type . "]]")
