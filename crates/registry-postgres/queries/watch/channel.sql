-- One channel for each schema of the database.
SELECT
    'model_registry_' || quote_ident(current_schema())::regnamespace::oid AS "channel!",
    pg_is_in_recovery() AS "replica!"
