"""Studies: one module per experiment, what it needs and how its findings follow."""
