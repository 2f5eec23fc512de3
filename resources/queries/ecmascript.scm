[
  "as" "async" "await" "break" "case" "catch" "class" "const" "continue" "debugger" "default"
  "delete" "do" "else" "export" "extends" "finally" "for" "from" "function" "get" "if" "import"
  "in" "instanceof" "let" "new" "of" "return" "set" "static" "switch" "throw" "try" "typeof"
  "var" "void" "while" "with" "yield"
] @keyword

[(true) (false) (null) (undefined)] @constant
[(this) (super)] @keyword
(number) @number
(comment) @comment
[(string) (template_string)] @string
(regex) @escape
(escape_sequence) @escape
(template_substitution) @variable

(property_identifier) @property
(shorthand_property_identifier) @property
(arrow_function parameter: (identifier) @variable.parameter)
(call_expression function: (identifier) @function)
(call_expression function: (member_expression property: (property_identifier) @function))
(function_declaration name: (identifier) @function)
(function_expression name: (identifier) @function)
(generator_function_declaration name: (identifier) @function)
(method_definition name: (property_identifier) @function)
(variable_declarator name: (identifier) @function value: [(arrow_function) (function_expression)])
(new_expression constructor: (identifier) @type)
(decorator) @attribute
