"""AI Hub's handwriting, as it lies on disk, made into data folders of the seed's layout.

`importing.import_sheets` is the way in. A set is a tree of pictures and label documents, unpacked
or in zips; `members` finds the files, `index` pairs them by stem, `documents` turns a document of
any of the sets into one Sheet, `pages` cuts its words, `one_sheet` does that for one sheet, and
`journal` remembers the finished ones.

Formats: AI Hub 605's own description and guide, and real documents; the siblings from the public
code of people who read them, since no real document could be had but one of the education set.
"""
