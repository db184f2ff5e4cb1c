"""The machinery of the views: endpoints, rendering, visitors, middleware."""
