(comment) @comment
(tag_name) @tag
(universal_selector) @tag
(nesting_selector) @tag
(class_name) @type
(id_name) @type
(attribute_name) @attribute
(property_name) @property
(feature_name) @property
(function_name) @function
(string_value) @string
(color_value) @constant
[(integer_value) (float_value)] @number
(unit) @number
(plain_value) @variable
(important) @keyword
(at_keyword) @keyword
["@media" "@import" "@charset" "@namespace" "@supports" "@keyframes"] @keyword
["and" "or" "not" "only"] @keyword
