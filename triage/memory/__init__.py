"""Memory: what a mailbox taught since its model was trained, learned from what the model saw of its mail."""
