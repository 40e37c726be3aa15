"""How well, how fast and at what cost Triage recognises images, beside a random forest on pixels and colours."""
