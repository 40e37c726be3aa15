"""Images as the recogniser sees them: hostile bytes in, a small square of pixels out; no TensorFlow here."""
