-- Ids go on where the original's ended.
INSERT INTO sqlite_sequence (name, seq)
SELECT 'models', MAX(?1, COALESCE((SELECT MAX(model_id) FROM models), 0))
