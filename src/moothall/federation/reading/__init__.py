"""Documents of other programs, read once into typed values: forgiving in form, strict in trust."""
