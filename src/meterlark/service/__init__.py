"""Use cases, in the order an event flows through them: ingest, project, query, events; and the meters they work by."""
