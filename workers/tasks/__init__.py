"""Tasks, one module per queue; each is an envelope around one call."""
