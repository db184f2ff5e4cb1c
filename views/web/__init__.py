"""The machinery under the views: endpoints, rendering, visitors, middleware."""
