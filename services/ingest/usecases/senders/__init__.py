"""What web senders and platforms post, read into arrivals."""
