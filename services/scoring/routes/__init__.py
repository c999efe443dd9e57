"""HTTP in, HTTP out, a file per noun."""
