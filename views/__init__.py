"""HTTP in: one module a resource; a request becomes one call below, and a page or fragment."""
