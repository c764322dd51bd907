"""Wire shapes of the Lemmy API, fields in the order of the wire, and their builders.

A builder takes a value of `domain` (and home, for the ids of what is local) and returns the struct
that is sent; it reads nothing and decides nothing. Shapes that fill long lists are made by
position, straight from the tuples that reads return: naming each field costs twice the time.
"""
