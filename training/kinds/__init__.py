"""What the shipped attachment recogniser learns from, and how it is judged; `GUIDE.md` says what is of which kind.

typefaces, wording, studio        what pictures are drawn with: fonts of the machine, our own words, dice
sheet, paper, camera, journey     a page, what a scanner does to it, what a camera does to it, what mail does to it
documents, receipts, screens, logos     one folder for each kind that can be drawn; photos cannot, and are real
sources, collection               which real pictures there are, under which licence, and which are never learned from
examples, render, judge           both together for training; a cache of squares; figures by source
"""
