INSERT INTO model_metadata (model_id, path, value)
VALUES (?1, ?2, CAST(?3 AS REAL))
