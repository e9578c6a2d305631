SELECT count(*) AS "models!"
FROM models
