"""Win-back: who is about to be lost, who comes less often, which greetings come."""
