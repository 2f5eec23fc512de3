[
  "case" "do" "done" "elif" "else" "esac" "export" "fi" "for" "function" "if" "in" "local"
  "readonly" "select" "then" "typeset" "unset" "until" "while" "declare"
] @keyword

(comment) @comment
[(string) (raw_string) (ansi_c_string) (heredoc_body) (heredoc_start)] @string
(number) @number
(file_descriptor) @number
(variable_name) @property
(command_name) @function
(function_definition name: (word) @function)
[(expansion) (simple_expansion)] @variable.parameter
(command_substitution) @variable
