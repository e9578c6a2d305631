-- Everything that somebody defined.
SELECT
    CAST(type AS TEXT) AS "kind!: String",
    CAST(name AS TEXT) AS "name!: String",
    CAST(tbl_name AS TEXT) AS "on_table!: String",
    CAST(sql AS TEXT) AS "definition!: String"
FROM sqlite_schema
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY type, name
