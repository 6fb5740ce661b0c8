"""What a caller or writer means: emergency words first, then what it is about, in each language.

`alarm` hears emergencies; `ladder` says what a matter is about, by keywords and then by a small model that is
learnt from examples. Everything is pure, its data are text files beside it, and each is read when first needed.
"""
