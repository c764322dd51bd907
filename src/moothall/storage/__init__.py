"""All SQL: tables, migrations, connections, dialects, jobs and the visibility filter."""
