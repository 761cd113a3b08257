"""Pages: where the words of a picture stand, in the order they are read. No network needed.

ink       which pixels are ink: against the paper's tone at each place
slope     how far the page is turned
pieces    connected parts of the ink
rules     printed lines, taken off
lines     which pieces stand in one line
words     where a line is parted
finding   all of it: find_words
"""
