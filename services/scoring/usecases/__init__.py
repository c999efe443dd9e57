"""What scoring does, an intent a file."""
