"""A made-up forum to look around in. The texts are our own, in `people.txt` and `communities/`.

`script` reads them, `filling` gives them times and votes and takes them into an empty forum.
"""
