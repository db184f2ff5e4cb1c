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
