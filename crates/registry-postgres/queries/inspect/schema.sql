-- The schema where new tables would go: how its database keeps text, which of these tables it has, and where there is
-- none, which one it would be that this user may not use, with the user, as names that stand in a statement.
SELECT
    current_setting('server_encoding') AS "encoding!",
    ARRAY(
        SELECT tablename::text
        FROM pg_tables
        WHERE schemaname = current_schema() AND tablename = ANY($1::text[])
        ORDER BY tablename
    ) AS "tables!",
    (
        SELECT quote_ident(nspname)
        FROM unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY AS path (name, place)
        JOIN pg_namespace ON nspname = CASE trim(' "' FROM name) WHEN '$user' THEN current_user ELSE trim(' "' FROM name) END
        WHERE current_schema() IS NULL AND NOT has_schema_privilege(pg_namespace.oid, 'USAGE')
        ORDER BY place
        LIMIT 1
    ) AS "closed?",
    quote_ident(current_user) AS "reader!"
