"""How the backbone of our own came to know what it knows."""
