"""Users: who may use the console, as what, and who no longer."""
