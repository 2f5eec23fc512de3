(tag_name) @tag
(erroneous_end_tag_name) @error
(attribute_name) @attribute
[(attribute_value) (quoted_attribute_value)] @string
(comment) @comment
(doctype) @keyword
(entity) @escape
