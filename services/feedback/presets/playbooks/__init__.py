"""Documents to start from: playbooks as JSON."""
