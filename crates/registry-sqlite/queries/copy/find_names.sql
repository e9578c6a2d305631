SELECT name AS "name!", last_ordinal AS "last_ordinal!"
FROM model_names
WHERE name IN (SELECT value FROM json_each(?1))
