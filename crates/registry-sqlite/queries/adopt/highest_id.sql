-- The highest id that the original ever gave, deleted ones included.
SELECT COALESCE(MAX(seq), 0) AS "highest!: i64" FROM sqlite_sequence WHERE name = 'original_models'
