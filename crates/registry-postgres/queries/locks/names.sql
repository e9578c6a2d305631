-- The rows of names, made where they are new, and locked in the order of their bytes.
INSERT INTO model_names (name, last_ordinal)
SELECT DISTINCT wanted.name COLLATE "C", 0
FROM unnest($1::text[]) AS wanted (name)
ORDER BY 1
ON CONFLICT (name) DO UPDATE SET name = excluded.name WHERE FALSE
