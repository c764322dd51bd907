"""Tools that know no forum: Markdown, the guarded HTTP client, signatures, ids."""
