"""What people change: one file a noun, each change with its permission and its audit entry."""
