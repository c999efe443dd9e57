"""What customers say: taken, stored with the tier held at that moment, told to ingest."""
