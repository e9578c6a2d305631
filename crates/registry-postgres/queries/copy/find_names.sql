SELECT name AS "name!", last_ordinal AS "last_ordinal!"
FROM model_names
WHERE name = ANY($1)
