"""Releases: computed for the whole base, kept fresh every night, remembered by a process."""
