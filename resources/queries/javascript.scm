(formal_parameters (identifier) @variable.parameter)
