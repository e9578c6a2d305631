SELECT nextval('model_ids') AS "next!"
