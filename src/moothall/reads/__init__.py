"""Everything that is shown: what a given viewer sees. Nothing here writes."""
