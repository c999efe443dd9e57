"""What pages ask of the services: one file a noun, typed by the contracts, over HTTP alone."""
