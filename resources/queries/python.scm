; Later patterns win over earlier ones for the same node, inner nodes over outer ones.
[
  "and" "as" "assert" "async" "await" "break" "class" "continue" "def" "del" "elif" "else"
  "except" "finally" "for" "from" "global" "if" "import" "in" "is" "lambda" "nonlocal" "not"
  "or" "pass" "raise" "return" "try" "while" "with" "yield" "match" "case" "is not" "not in"
] @keyword

[(true) (false) (none) (ellipsis)] @constant
[(integer) (float)] @number
(comment) @comment
(string) @string
(escape_sequence) @escape
(interpolation) @variable

(attribute attribute: (identifier) @property)
(keyword_argument name: (identifier) @variable.parameter)
(parameters (identifier) @variable.parameter)
(parameters (typed_parameter (identifier) @variable.parameter))
(parameters (default_parameter name: (identifier) @variable.parameter))
(parameters (typed_default_parameter name: (identifier) @variable.parameter))
(lambda_parameters (identifier) @variable.parameter)
(call function: (identifier) @function)
(call function: (attribute attribute: (identifier) @function))
(function_definition name: (identifier) @function)
(class_definition name: (identifier) @type)
(class_definition superclasses: (argument_list (identifier) @type))
(type (identifier) @type)
(type (generic_type (identifier) @type))
(decorator) @attribute
(decorator (identifier) @attribute)
(decorator (call function: (identifier) @attribute))
(import_statement name: (dotted_name) @module)
(import_from_statement module_name: (dotted_name) @module)
