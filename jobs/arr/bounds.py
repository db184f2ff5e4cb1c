"""How much an instance may answer."""

from jobs.net import MEGABYTE

# Bytes of a list, and of one that may be long; both are read record by record.
LIST_LIMIT = 32 * MEGABYTE
ARRAY_LIMIT = 256 * MEGABYTE
# Records of a list that may be long, and of one that should be short.
MOST_RECORDS = 500_000
MOST_OF_A_KIND = 5_000
# A season that is downloading has one for each episode.
MOST_DOWNLOADS = 20_000
# Items of one wanted list.
MOST_ITEMS = 250_000
# Bytes of memory: what is kept of a short list, and of all series.
KEPT_LIMIT = 16 * MEGABYTE
LIBRARY_LIMIT = 48 * MEGABYTE
