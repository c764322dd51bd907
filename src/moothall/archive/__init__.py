"""The archive face: a forum written to a file, and read from one (format: docs/archive.md).

Like every face it turns a wire format into values and calls actions and reads; its caller is the
operator at the command line.
"""
