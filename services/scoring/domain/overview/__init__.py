"""What overviews say of the whole base: pure."""
