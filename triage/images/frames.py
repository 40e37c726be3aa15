"""How a decoder and its child talk: frames of a kind, a length and so many bytes.

to the child      an image: its length, 4 bytes, and the bytes
from the child    R  it is ready, once
                  T  it has the image in hand
                  P  pixels: width, height and the place of the format in `FORMATS`, then the pixels
                  F  a fault, by the name of the member
"""

import struct

LENGTH = struct.Struct("!I")
HEAD = struct.Struct("!cI")
SHAPE = struct.Struct("!IIB")

READY, TAKEN, PIXELS, FAULT = b"R", b"T", b"P", b"F"
