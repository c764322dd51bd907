"""Measuring speed and memory on a large forum: `make bench`. Not part of the installed package."""
