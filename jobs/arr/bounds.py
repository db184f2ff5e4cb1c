"""Limits for the answers of an instance."""

from jobs.net import MEGABYTE

# Bytes of a list and of a possibly long list; both are read record by record.
LIST_LIMIT = 32 * MEGABYTE
ARRAY_LIMIT = 256 * MEGABYTE
# Records of a possibly long list, and of one that should be short.
MOST_RECORDS = 500_000
MOST_OF_A_KIND = 5_000
# Episodes of one series, each with its file; the longest daily series have some 16,000.
MOST_OF_A_SERIES = 30_000
# A season that is downloading has one entry for each episode.
MOST_DOWNLOADS = 20_000
# Items of one wanted list.
MOST_ITEMS = 250_000
# Bytes of memory for a short list, and for all series.
KEPT_LIMIT = 16 * MEGABYTE
LIBRARY_LIMIT = 48 * MEGABYTE
