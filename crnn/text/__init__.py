"""Text: Hangul to class ids and back, and the score of one text against another."""
