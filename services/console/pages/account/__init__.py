"""My account: the password, the language, the look, and where I am signed in."""
