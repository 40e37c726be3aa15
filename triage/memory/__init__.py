"""Memory: what a mailbox taught since its model was trained, learned within seconds from what the model saw of a mail."""
