"""State and rules: tables, settings, encryption, schedules, eligibility, budgets. No network."""
