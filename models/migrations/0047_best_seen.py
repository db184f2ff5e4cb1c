"""What the best score seen rests on, and which searches were for files as good as any seen."""


def up(migrator, db):
    truth, moment = ("BOOLEAN", "BIGINT") if db.is_server else ("INTEGER", "INTEGER")
    for table, column in (
        ("searches", f"at_best {truth} NOT NULL DEFAULT FALSE"),
        ("file_scores", f"is_stale {truth} NOT NULL DEFAULT FALSE"),
        ("score_profiles", "seen INTEGER NOT NULL DEFAULT 0"),
        ("score_profiles", "formats TEXT NOT NULL DEFAULT ''"),
        ("score_profiles", f"learnt_since {moment}"),
        ("score_profiles", "grabs INTEGER NOT NULL DEFAULT 0"),
        ("score_profiles", "best_grabbed INTEGER"),
        ("score_scans", f"grabs_until {moment}"),
    ):
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    db.execute_sql("UPDATE score_profiles SET seen = at_cutoff + below + out_of_reach")
    db.execute_sql(
        'CREATE INDEX "searches_for_scores" ON "searches" ("instance_id", "created_at") '
        "WHERE (\"want\" = 'score')"
    )
