"""The report: a check as one self-contained page, with the parts and the style that the essay page shares."""
