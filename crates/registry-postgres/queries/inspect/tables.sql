-- Which of these tables there are, in the schema where new tables would go.
SELECT tablename::text AS "name!"
FROM pg_tables
WHERE schemaname = current_schema() AND tablename = ANY($1::text[])
ORDER BY tablename
