(comment) @comment
[(double_quote_scalar) (single_quote_scalar) (block_scalar) (string_scalar)] @string
(escape_sequence) @escape
[(integer_scalar) (float_scalar)] @number
[(boolean_scalar) (null_scalar)] @constant
[(anchor_name) (alias_name)] @type
(tag) @type
(block_mapping_pair key: (flow_node) @property)
(block_mapping_pair key: (flow_node (plain_scalar (string_scalar) @property)))
(flow_mapping (flow_pair key: (flow_node) @property))
(flow_mapping (flow_pair key: (flow_node (plain_scalar (string_scalar) @property))))
