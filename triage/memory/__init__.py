"""What is learned from the labels of a mailbox within seconds."""
