"""What the routes of version 3 are sent, a file for each subject; names and fields of the wire."""
