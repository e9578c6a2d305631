SELECT models.model_id AS "model_id!", models.name AS "name!", models.version AS "version!"
FROM unnest($1::text[], $2::text[]) AS pair (name, version)
JOIN models ON models.name = pair.name COLLATE "C" AND models.version = pair.version COLLATE "C"
