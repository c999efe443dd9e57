"""The engine of status programmes: entries and rules in, a timeline and a standing out."""
