"""Ready-made column mappings, found by name: `tierline import FILE --mapping cdnow`."""
