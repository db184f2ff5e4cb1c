"""Views: one module for each resource; each view makes one call below and answers with a page."""
