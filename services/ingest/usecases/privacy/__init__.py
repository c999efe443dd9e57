"""What people may ask of us: export, erasure, retention."""
