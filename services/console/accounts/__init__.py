"""Who may use the console: people, their roles and sessions, how they sign in, what they did."""
