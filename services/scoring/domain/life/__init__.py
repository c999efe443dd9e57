"""Rules of a model's life: gate, schedule, drift."""
