"""Everything that changes the forum: one function for each verb, one transaction each."""
