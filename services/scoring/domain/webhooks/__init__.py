"""Web hooks out: whom we may call, how a message is signed, when it is tried again."""
