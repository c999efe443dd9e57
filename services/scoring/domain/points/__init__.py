"""The points wallet: what is earned, spent, expired and taken back, purely."""
