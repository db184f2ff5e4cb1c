"""The one door to the network: timeouts, sizes, addresses, TLS, redirects and errors."""
