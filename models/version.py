"""The version of the program, as pages and the User-Agent say it."""

VERSION = "0.1.0"
