"""How Tierline is started and packaged; may import services and shared."""
