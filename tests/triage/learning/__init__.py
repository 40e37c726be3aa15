"""Learning from labels within seconds."""
