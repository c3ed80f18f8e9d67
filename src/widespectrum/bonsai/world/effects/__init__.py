"""The effects that lower attributes, grouped by what they work on."""
