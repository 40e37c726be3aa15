"""Makes those parts of the site that are not written by hand: the reference, and the contents."""
