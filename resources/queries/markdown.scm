(atx_heading) @keyword
(setext_heading) @keyword
(fenced_code_block) @string
(indented_code_block) @string
(info_string) @type
(block_quote_marker) @comment
[(list_marker_plus) (list_marker_minus) (list_marker_star) (list_marker_dot)
 (list_marker_parenthesis)] @number
(thematic_break) @comment
(link_destination) @string
(link_label) @property
(html_block) @comment
(pipe_table_delimiter_row) @comment
