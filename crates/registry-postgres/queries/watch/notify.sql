-- To the channel of `channel.sql`.
SELECT pg_notify('model_registry_' || quote_ident(current_schema())::regnamespace::oid, '')
