"""What the documents are held against: the sentences that stand in the code."""
