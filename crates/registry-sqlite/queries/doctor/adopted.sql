-- Whether the model came from a file of the original.
SELECT EXISTS (SELECT 1 FROM events WHERE model_id = ?1 AND kind = 'adopted') AS "adopted!: bool"
