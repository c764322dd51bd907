"""Types and pure rules: permissions, ranking, the comment tree, limits, events, errors."""
