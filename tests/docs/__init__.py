"""What the pages say is so: their commands work, their links lead somewhere, their tables name what there is."""
