"""What goes over the wire between services and to the world, a file per noun."""
