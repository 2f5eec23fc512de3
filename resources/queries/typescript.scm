[
  "abstract" "declare" "enum" "implements" "interface" "keyof" "namespace" "private" "protected"
  "public" "readonly" "satisfies" "type" "override"
] @keyword

(type_identifier) @type
(predefined_type) @type
(required_parameter pattern: (identifier) @variable.parameter)
(optional_parameter pattern: (identifier) @variable.parameter)
