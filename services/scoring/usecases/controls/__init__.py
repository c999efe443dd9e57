"""What people decide about a customer: give pins and grants, list them, take them back."""
