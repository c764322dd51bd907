"""The JSON face: a folder for each API version, its shapes, tokens and error answers."""
