"""Pages: where the words of a picture stand, in the order they are read. No network needed.

ink       which pixels are ink: against the paper's tone at each place
slope     how far the page is turned
pieces    connected parts of the ink
rules     printed lines, taken off
lines     which pieces stand in one line
words     where a line is parted
finding   all of it: find_words

Whether a gap parts words is a guess. On 24 photographed lines by four people, 19 get as many words
as their label has, and of 136 words whose place is known 132 are found. Of pages by the stroke
writer 1 word in 65 is lost where shade, grain, rules and a turned page come together, and 1 in 25
where words stand hardly farther apart than letters. Columns of text are read across.
"""
