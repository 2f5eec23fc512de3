"""What the project measures itself by: each module is a command that prints a table.

The benchmarks drive the product from outside, as a subprocess, the way a person does, and judge it
with runs of their own: nothing here imports the product's code to decide whether it was right.
Nothing in the product imports this package.
"""
