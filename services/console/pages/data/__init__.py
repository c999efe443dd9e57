"""What arrives: sources and their quality, files, records refused, and what to settle by hand."""
