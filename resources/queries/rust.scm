[
  "as" "async" "await" "break" "const" "continue" "dyn" "else" "enum" "extern" "fn" "for" "if"
  "impl" "in" "let" "loop" "match" "mod" "move" "pub" "ref" "return" "static" "struct" "trait"
  "type" "union" "unsafe" "use" "where" "while"
] @keyword

[(crate) (self) (super) (mutable_specifier)] @keyword
(boolean_literal) @constant
[(integer_literal) (float_literal)] @number
[(line_comment) (block_comment)] @comment
[(string_literal) (raw_string_literal) (char_literal)] @string
(escape_sequence) @escape
(lifetime) @attribute
[(attribute_item) (inner_attribute_item)] @attribute
[(type_identifier) (primitive_type)] @type
(field_identifier) @property
(parameter pattern: (identifier) @variable.parameter)
(call_expression function: (identifier) @function)
(call_expression function: (scoped_identifier name: (identifier) @function))
(call_expression function: (field_expression field: (field_identifier) @function))
(function_item name: (identifier) @function)
(function_signature_item name: (identifier) @function)
(macro_invocation macro: (identifier) @function)
(macro_definition name: (identifier) @function)
(mod_item name: (identifier) @module)
