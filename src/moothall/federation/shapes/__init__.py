"""Documents as they go over the wire: a typed value in, a document out, and no I/O."""
