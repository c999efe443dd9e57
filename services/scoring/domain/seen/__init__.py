"""What is seen of a customer: days, habits, stage of life."""
