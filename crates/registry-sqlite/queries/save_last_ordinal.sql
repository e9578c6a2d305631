INSERT INTO model_names (name, last_ordinal)
VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET last_ordinal = excluded.last_ordinal
