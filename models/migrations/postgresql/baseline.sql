-- The tables as they were when PostgreSQL came.
CREATE TABLE "settings" ("id" SERIAL NOT NULL PRIMARY KEY , "time_zone" TEXT NOT NULL, "pepper" TEXT NOT NULL, "held_at" BIGINT, "hourly_budget" INTEGER NOT NULL, "daily_budget" INTEGER NOT NULL, "missing_cooldown_days" INTEGER NOT NULL, "upgrade_cooldown_days" INTEGER NOT NULL, "fresh_days" INTEGER NOT NULL, "fresh_first_hours" INTEGER NOT NULL, "fresh_second_hours" INTEGER NOT NULL, "fresh_later_hours" INTEGER NOT NULL, "longest_cooldown_days" INTEGER NOT NULL, "failed_cooldown_days" INTEGER NOT NULL, "grace_hours" INTEGER NOT NULL, "created_at" BIGINT NOT NULL, "history_days" INTEGER NOT NULL, "audit_days" INTEGER NOT NULL);
CREATE TABLE "users" ("id" SERIAL NOT NULL PRIMARY KEY , "name" TEXT NOT NULL, "key" TEXT COLLATE "C" NOT NULL, "password_hash" TEXT, "role" TEXT NOT NULL, "time_zone" TEXT NOT NULL, "created_at" BIGINT NOT NULL, "disabled_at" BIGINT, "signed_in_at" BIGINT, "theme" TEXT NOT NULL, "password_changed_at" BIGINT);
CREATE UNIQUE INDEX "users_key" ON "users" ("key");
CREATE TABLE "sessions" ("id" SERIAL NOT NULL PRIMARY KEY , "id_hash" TEXT NOT NULL, "user_id" INTEGER NOT NULL, "created_at" BIGINT NOT NULL, "seen_at" BIGINT NOT NULL, "address" TEXT NOT NULL, "agent" TEXT NOT NULL, "flash" TEXT, "by_proxy" BOOLEAN NOT NULL DEFAULT FALSE, "browser_hash" TEXT, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "sessions_id_hash" ON "sessions" ("id_hash");
CREATE INDEX "sessions_user_id" ON "sessions" ("user_id");
CREATE TABLE "invitations" ("id" SERIAL NOT NULL PRIMARY KEY , "token_hash" TEXT NOT NULL, "invited_by_id" INTEGER NOT NULL, "role" TEXT NOT NULL, "name" TEXT NOT NULL, "created_at" BIGINT NOT NULL, "expires_at" BIGINT NOT NULL, FOREIGN KEY ("invited_by_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "invitations_token_hash" ON "invitations" ("token_hash");
CREATE INDEX "invitations_invited_by_id" ON "invitations" ("invited_by_id");
CREATE TABLE "second_factors" ("id" SERIAL NOT NULL PRIMARY KEY , "user_id" INTEGER NOT NULL, "secret" TEXT NOT NULL, "begun_at" BIGINT NOT NULL, "confirmed_at" BIGINT, "last_step" INTEGER NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "second_factors_user_id" ON "second_factors" ("user_id");
CREATE TABLE "recovery_codes" ("id" SERIAL NOT NULL PRIMARY KEY , "user_id" INTEGER NOT NULL, "code_hash" TEXT NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE INDEX "recovery_codes_user_id" ON "recovery_codes" ("user_id");
CREATE UNIQUE INDEX "recovery_codes_code_hash" ON "recovery_codes" ("code_hash");
CREATE TABLE "half_sign_ins" ("id" SERIAL NOT NULL PRIMARY KEY , "visitor_hash" TEXT NOT NULL, "user_id" INTEGER NOT NULL, "address" TEXT NOT NULL, "began_at" BIGINT NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "half_sign_ins_visitor_hash" ON "half_sign_ins" ("visitor_hash");
CREATE INDEX "half_sign_ins_user_id" ON "half_sign_ins" ("user_id");
CREATE TABLE "held_forms" ("id" SERIAL NOT NULL PRIMARY KEY , "visitor_hash" TEXT NOT NULL, "user_id" INTEGER NOT NULL, "path" TEXT NOT NULL, "method" TEXT NOT NULL, "typed" TEXT NOT NULL, "held_at" BIGINT NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "held_forms_visitor_hash" ON "held_forms" ("visitor_hash");
CREATE INDEX "held_forms_user_id" ON "held_forms" ("user_id");
CREATE TABLE "known_browsers" ("id" SERIAL NOT NULL PRIMARY KEY , "browser_hash" TEXT NOT NULL, "user_id" INTEGER NOT NULL, "seen_at" BIGINT NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE INDEX "known_browsers_user_id" ON "known_browsers" ("user_id");
CREATE UNIQUE INDEX "known_browsers_browser_hash_user_id" ON "known_browsers" ("browser_hash", "user_id");
CREATE TABLE "throttles" ("id" SERIAL NOT NULL PRIMARY KEY , "key" TEXT COLLATE "C" NOT NULL, "failures" INTEGER NOT NULL, "blocked_until" BIGINT, "failed_at" BIGINT NOT NULL);
CREATE UNIQUE INDEX "throttles_key" ON "throttles" ("key");
CREATE INDEX "throttles_failed_at" ON "throttles" ("failed_at");
CREATE TABLE "instances" ("id" SERIAL NOT NULL PRIMARY KEY , "name" TEXT NOT NULL, "key" TEXT COLLATE "C" NOT NULL, "application" TEXT NOT NULL, "demo" BOOLEAN NOT NULL, "url" TEXT NOT NULL, "browser_url" TEXT, "api_key" TEXT NOT NULL, "verify_tls" BOOLEAN NOT NULL, "http2" BOOLEAN NOT NULL DEFAULT FALSE, "proxy_name" TEXT, "proxy_password" TEXT, "proxy_headers" TEXT, "hourly_budget" INTEGER NOT NULL, "daily_budget" INTEGER NOT NULL, "spacing_seconds" INTEGER NOT NULL, "download_limit" INTEGER NOT NULL, "free_space_gb" INTEGER NOT NULL, "created_at" BIGINT NOT NULL, "disabled_at" BIGINT, "version" TEXT, "instance_name" TEXT, "checked_at" BIGINT, "fault_code" TEXT, "fault" TEXT, "faulty_since" BIGINT, "retry_at" BIGINT, "clock_ahead_ms" BIGINT NOT NULL, "conditions_at" BIGINT, "no_indexer" TEXT, "downloads" INTEGER, "full_disk" TEXT, "lost_folder" TEXT, "unmeasured_folder" TEXT, "syncing_since" BIGINT, "sync_read" INTEGER NOT NULL, "sync_total" INTEGER NOT NULL, "sync_note" TEXT NOT NULL, "synced_at" BIGINT, "looked_at" BIGINT, "history_at" BIGINT, "followed_at" BIGINT);
CREATE UNIQUE INDEX "instances_key" ON "instances" ("key");
CREATE TABLE "wanted_lists" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "want" TEXT NOT NULL, "total" INTEGER NOT NULL, "looked_at" BIGINT, "synced_at" BIGINT, "whole" BOOLEAN NOT NULL DEFAULT TRUE, "again_at" BIGINT, "doubted_at" BIGINT, "doubted_from" INTEGER, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "wanted_lists_instance_id" ON "wanted_lists" ("instance_id");
CREATE UNIQUE INDEX "wanted_lists_instance_id_want" ON "wanted_lists" ("instance_id", "want");
CREATE TABLE "faults" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "code" TEXT NOT NULL, "sentence" TEXT NOT NULL, "since" BIGINT NOT NULL, "failures" INTEGER NOT NULL, "good_probes" INTEGER NOT NULL, "retry_at" BIGINT, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "faults_instance_id" ON "faults" ("instance_id");
CREATE UNIQUE INDEX "faults_instance_id_kind" ON "faults" ("instance_id", "kind");
CREATE TABLE "snapshots" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "arr_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "fingerprint" TEXT NOT NULL, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "snapshots_instance_id" ON "snapshots" ("instance_id");
CREATE UNIQUE INDEX "snapshots_instance_id_kind_arr_id" ON "snapshots" ("instance_id", "kind", "arr_id");
CREATE TABLE "drifts" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "at" BIGINT NOT NULL, "sentence" TEXT NOT NULL, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "drifts_instance_id" ON "drifts" ("instance_id");
CREATE TABLE "seasons" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "series_id" INTEGER NOT NULL, "number" INTEGER NOT NULL, "monitored_episodes" INTEGER NOT NULL, "ended" BOOLEAN NOT NULL, "last_kind" TEXT, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "seasons_instance_id" ON "seasons" ("instance_id");
CREATE UNIQUE INDEX "seasons_instance_id_series_id_number" ON "seasons" ("instance_id", "series_id", "number");
CREATE TABLE "items" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "arr_id" INTEGER NOT NULL, "kind" TEXT NOT NULL DEFAULT 'episode', "want" TEXT NOT NULL, "external_id" INTEGER, "title" TEXT NOT NULL, "sort_title" TEXT COLLATE "C" NOT NULL, "series_id" INTEGER, "series_title" TEXT, "season" INTEGER, "episode" INTEGER, "year" INTEGER, "aired_at" BIGINT, "home_release_at" BIGINT, "available" BOOLEAN NOT NULL, "monitored" BOOLEAN NOT NULL, "profile_id" INTEGER, "root_folder" TEXT, "series_status" TEXT, "series_type" TEXT, "slug" TEXT NOT NULL, "arr_searched_at" BIGINT, "arr_searched_told" BIGINT, "first_seen_at" BIGINT NOT NULL, "unseen_at" BIGINT, "left_at" BIGINT, "searched_at" BIGINT, "cooldown_until" BIGINT, "excluded_until" BIGINT, "downloading" BOOLEAN NOT NULL, "streak" INTEGER NOT NULL, "attempts" INTEGER NOT NULL, "random_key" INTEGER NOT NULL, "reason" INTEGER NOT NULL, "reason_at" BIGINT NOT NULL, "eligible_at" BIGINT, "early_at" BIGINT, "brought" BOOLEAN, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "items_instance_id_arr_id" ON "items" ("instance_id", "arr_id");
CREATE INDEX "items_instance_id_want_reason" ON "items" ("instance_id", "want", "reason");
CREATE INDEX "items_instance_id_series_id_season" ON "items" ("instance_id", "series_id", "season");
CREATE INDEX "items_instance_id_want_first_seen_at" ON "items" ("instance_id", "want", "first_seen_at");
CREATE INDEX "items_due" ON "items" ("instance_id", "want", "searched_at" NULLS FIRST, "random_key", "id") WHERE ("reason" = 0);
CREATE INDEX "items_by_title" ON "items" ("reason", ("series_id" IS NULL), "sort_title", "instance_id", "series_id", "season", "episode", "id", "want");
CREATE INDEX "items_waiting" ON "items" ("eligible_at") WHERE ("eligible_at" IS NOT NULL);
CREATE TABLE "item_tags" ("item_id" INTEGER NOT NULL, "tag_id" INTEGER NOT NULL, PRIMARY KEY ("item_id", "tag_id"), FOREIGN KEY ("item_id") REFERENCES "items" ("id") ON DELETE CASCADE);
CREATE INDEX "item_tags_tag_id_item_id" ON "item_tags" ("tag_id", "item_id");
CREATE TABLE "tallies" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "want" TEXT NOT NULL, "reason" INTEGER NOT NULL, "items" INTEGER NOT NULL, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "tallies_instance_id" ON "tallies" ("instance_id");
CREATE UNIQUE INDEX "tallies_instance_id_want_reason" ON "tallies" ("instance_id", "want", "reason");
CREATE TABLE "queues" ("id" SERIAL NOT NULL PRIMARY KEY , "owner_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "key" TEXT COLLATE "C" NOT NULL, "strategy" TEXT NOT NULL, "batch_size" INTEGER NOT NULL, "item_order" TEXT NOT NULL, "packs" TEXT NOT NULL, "recent_days" INTEGER NOT NULL, "movie_release" TEXT NOT NULL, "filters" TEXT NOT NULL, "weight" INTEGER NOT NULL, "created_at" BIGINT NOT NULL, "started_at" BIGINT, "paused_at" BIGINT, "next_run_at" BIGINT, "schedule" TEXT NOT NULL, "last_moment_at" BIGINT, "retry_at" BIGINT, FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE RESTRICT);
CREATE INDEX "queues_owner_id" ON "queues" ("owner_id");
CREATE UNIQUE INDEX "queues_key" ON "queues" ("key");
CREATE INDEX "queues_next_run_at" ON "queues" ("next_run_at");
CREATE TABLE "queue_instances" ("id" SERIAL NOT NULL PRIMARY KEY , "queue_id" INTEGER NOT NULL, "instance_id" INTEGER NOT NULL, "in_line" INTEGER NOT NULL DEFAULT 0, FOREIGN KEY ("queue_id") REFERENCES "queues" ("id") ON DELETE CASCADE, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE INDEX "queue_instances_queue_id" ON "queue_instances" ("queue_id");
CREATE INDEX "queue_instances_instance_id" ON "queue_instances" ("instance_id");
CREATE UNIQUE INDEX "queue_instances_queue_id_instance_id" ON "queue_instances" ("queue_id", "instance_id");
CREATE TABLE "runs" ("id" SERIAL NOT NULL PRIMARY KEY , "queue_id" INTEGER, "queue_name" TEXT NOT NULL, "trigger" TEXT NOT NULL, "started_by_id" INTEGER, "ignores_cooldown" BOOLEAN NOT NULL, "state" TEXT NOT NULL, "step" TEXT NOT NULL, "note" TEXT NOT NULL, "left_out" TEXT NOT NULL DEFAULT '', "planned" INTEGER NOT NULL, "started_at" BIGINT NOT NULL, "next_search_at" BIGINT, "finished_at" BIGINT, "stop_asked_at" BIGINT, "started_by_name" TEXT NOT NULL, "owner" INTEGER, FOREIGN KEY ("queue_id") REFERENCES "queues" ("id") ON DELETE SET NULL, FOREIGN KEY ("started_by_id") REFERENCES "users" ("id") ON DELETE SET NULL);
CREATE INDEX "runs_queue_id" ON "runs" ("queue_id");
CREATE INDEX "runs_started_by_id" ON "runs" ("started_by_id");
CREATE INDEX "runs_started_at" ON "runs" ("started_at");
CREATE UNIQUE INDEX "runs_one_active" ON "runs" ("queue_id") WHERE ("state" = 'active');
CREATE TABLE "searches" ("id" SERIAL NOT NULL PRIMARY KEY , "run_id" INTEGER, "queue_id" INTEGER, "instance_id" INTEGER, "queue_name" TEXT NOT NULL, "instance_name" TEXT NOT NULL, "application" TEXT NOT NULL DEFAULT 'sonarr', "demo" BOOLEAN NOT NULL, "kind" TEXT NOT NULL, "want" TEXT NOT NULL, "title" TEXT NOT NULL, "link" TEXT, "cost" INTEGER NOT NULL, "attempt" INTEGER NOT NULL, "age_days" INTEGER, "state" TEXT NOT NULL, "outcome" TEXT, "message" TEXT NOT NULL, "release" TEXT, "indexer" TEXT, "command_id" INTEGER, "created_at" BIGINT NOT NULL, "sent_at" BIGINT, "began_at" BIGINT, "finished_at" BIGINT, "strategy" TEXT, "item_order" TEXT, "local_hour" INTEGER, "fate" TEXT, "fate_at" BIGINT, "counted_day" INTEGER, "counted_queue" INTEGER, "counted_instance" INTEGER, "owner" INTEGER, FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE SET NULL, FOREIGN KEY ("queue_id") REFERENCES "queues" ("id") ON DELETE SET NULL, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE SET NULL);
CREATE INDEX "searches_run_id" ON "searches" ("run_id");
CREATE INDEX "searches_queue_id" ON "searches" ("queue_id");
CREATE INDEX "searches_instance_id" ON "searches" ("instance_id");
CREATE INDEX "searches_instance_id_created_at" ON "searches" ("instance_id", "created_at");
CREATE INDEX "searches_demo_created_at" ON "searches" ("demo", "created_at");
CREATE INDEX "searches_queue_id_created_at" ON "searches" ("queue_id", "created_at");
CREATE INDEX "searches_outcome_created_at" ON "searches" ("outcome", "created_at");
CREATE INDEX "searches_created_at" ON "searches" ("created_at");
CREATE INDEX "searches_undone" ON "searches" ("state") WHERE ("state" IN ('sending', 'sent'));
CREATE INDEX "searches_by_fate" ON "searches" ("outcome", "fate", "created_at") WHERE ("outcome" = 'grabbed');
CREATE UNIQUE INDEX "searches_one_undone" ON "searches" ("instance_id") WHERE ("state" IN ('sending', 'sent'));
CREATE TABLE "search_items" ("id" SERIAL NOT NULL PRIMARY KEY , "search_id" INTEGER NOT NULL, "item_id" INTEGER NOT NULL, FOREIGN KEY ("search_id") REFERENCES "searches" ("id") ON DELETE CASCADE, FOREIGN KEY ("item_id") REFERENCES "items" ("id") ON DELETE CASCADE);
CREATE INDEX "search_items_search_id" ON "search_items" ("search_id");
CREATE INDEX "search_items_item_id" ON "search_items" ("item_id");
CREATE UNIQUE INDEX "search_items_search_id_item_id" ON "search_items" ("search_id", "item_id");
CREATE TABLE "grabs" ("id" SERIAL NOT NULL PRIMARY KEY , "search_id" INTEGER NOT NULL, "instance_id" INTEGER, "arr_id" INTEGER NOT NULL, "download_id" TEXT, "release" TEXT NOT NULL, "indexer" TEXT NOT NULL, "grabbed_at" BIGINT NOT NULL, "fate" TEXT, "fate_at" BIGINT, FOREIGN KEY ("search_id") REFERENCES "searches" ("id") ON DELETE CASCADE, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE SET NULL);
CREATE INDEX "grabs_search_id" ON "grabs" ("search_id");
CREATE INDEX "grabs_instance_id_arr_id" ON "grabs" ("instance_id", "arr_id");
CREATE INDEX "grabs_instance_id_grabbed_at" ON "grabs" ("instance_id", "grabbed_at");
CREATE TABLE "departures" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "day" INTEGER NOT NULL, "ours" INTEGER NOT NULL, "others" INTEGER NOT NULL, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "departures_instance_id_day" ON "departures" ("instance_id", "day");
CREATE TABLE "yields" ("id" SERIAL NOT NULL PRIMARY KEY , "demo" BOOLEAN NOT NULL, "dimension" TEXT NOT NULL, "period" INTEGER NOT NULL, "key" TEXT COLLATE "C" NOT NULL, "name" TEXT NOT NULL, "grabbed" INTEGER NOT NULL, "nothing" INTEGER NOT NULL, "no_indexer" INTEGER NOT NULL, "failed" INTEGER NOT NULL, "unknown" INTEGER NOT NULL, "imported" INTEGER NOT NULL, "import_failed" INTEGER NOT NULL, "import_ignored" INTEGER NOT NULL);
CREATE UNIQUE INDEX "yields_demo_dimension_period_key" ON "yields" ("demo", "dimension", "period", "key");
CREATE TABLE "exclusions" ("id" SERIAL NOT NULL PRIMARY KEY , "instance_id" INTEGER NOT NULL, "user_id" INTEGER, "kind" TEXT NOT NULL, "arr_id" INTEGER NOT NULL, "season" INTEGER, "title" TEXT NOT NULL, "note" TEXT NOT NULL, "created_at" BIGINT NOT NULL, "until" BIGINT, "decided_by" TEXT NOT NULL, FOREIGN KEY ("instance_id") REFERENCES "instances" ("id") ON DELETE CASCADE, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE SET NULL);
CREATE INDEX "exclusions_instance_id" ON "exclusions" ("instance_id");
CREATE INDEX "exclusions_user_id" ON "exclusions" ("user_id");
CREATE TABLE "jobs" ("id" SERIAL NOT NULL PRIMARY KEY , "name" TEXT NOT NULL, "created_at" BIGINT NOT NULL, "next_at" BIGINT, "failures" INTEGER NOT NULL, "fault" TEXT, "faulty_since" BIGINT);
CREATE UNIQUE INDEX "jobs_name" ON "jobs" ("name");
CREATE TABLE "job_runs" ("id" SERIAL NOT NULL PRIMARY KEY , "job_id" INTEGER NOT NULL, "trigger" TEXT NOT NULL, "started_at" BIGINT NOT NULL, "finished_at" BIGINT, "took_ms" BIGINT, "outcome" TEXT, "sentence" TEXT NOT NULL, FOREIGN KEY ("job_id") REFERENCES "jobs" ("id") ON DELETE CASCADE);
CREATE INDEX "job_runs_job_id" ON "job_runs" ("job_id");
CREATE UNIQUE INDEX "job_runs_one_active" ON "job_runs" ("job_id") WHERE ("outcome" IS NULL);
CREATE TABLE "audit" ("id" SERIAL NOT NULL PRIMARY KEY , "at" BIGINT NOT NULL, "user_id" INTEGER, "name" TEXT NOT NULL, "address" TEXT NOT NULL, "action" TEXT NOT NULL, "about" TEXT NOT NULL, "times" INTEGER NOT NULL DEFAULT 1);
CREATE INDEX "audit_at" ON "audit" ("at");
CREATE INDEX "audit_action_at" ON "audit" ("action", "at");
CREATE INDEX "audit_user_id_at" ON "audit" ("user_id", "at");
CREATE TABLE "happenings" ("id" SERIAL NOT NULL PRIMARY KEY , "at" BIGINT NOT NULL, "kind" TEXT NOT NULL, "instance" INTEGER, "queue" INTEGER, "search" INTEGER, "person" INTEGER, "details" TEXT NOT NULL DEFAULT '{}');
CREATE TABLE "wishes" ("id" SERIAL NOT NULL PRIMARY KEY , "kind" TEXT NOT NULL, "about" INTEGER NOT NULL, "asked_at" BIGINT NOT NULL, "taken_by" INTEGER, "taken_at" BIGINT, "ended_at" BIGINT, "sentence" TEXT NOT NULL);
CREATE INDEX "wishes_ended_at" ON "wishes" ("ended_at");
CREATE INDEX "wishes_about" ON "wishes" ("kind", "about");
CREATE UNIQUE INDEX "wishes_waiting" ON "wishes" ("kind", "about") WHERE taken_at IS NULL;

-- The audit trail is only added to; a row may count further, and goes when it is old enough.
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.action IN ('refused', 'locked') AND NEW.times = OLD.times + 1
            AND (NEW.id, NEW.at, NEW.name, NEW.address, NEW.action, NEW.about)
              = (OLD.id, OLD.at, OLD.name, OLD.address, OLD.action, OLD.about)
            AND NEW.user_id IS NOT DISTINCT FROM OLD.user_id THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the audit trail cannot be edited' USING ERRCODE = '23000';
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.at > (extract(epoch from clock_timestamp())::bigint - 90 * 86400) * 1000 THEN
            RAISE EXCEPTION 'the audit trail is kept for 90 days' USING ERRCODE = '23000';
        END IF;
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail cannot be edited' USING ERRCODE = '23000';
END $$;
CREATE TRIGGER audit_row BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
CREATE TRIGGER audit_all BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_is_kept();
