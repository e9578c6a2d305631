-- Eight to a statement, absent ones NULL. Bound, not read from JSON: SQLite reads decimals beyond 1e-80 and 1e100 wrong in
-- their last digit.
INSERT INTO model_metrics (model_id, name, value)
SELECT ?1, column1, column2
FROM (
    VALUES (?2, ?3), (?4, ?5), (?6, ?7), (?8, ?9), (?10, ?11), (?12, ?13), (?14, ?15), (?16, ?17)
)
WHERE column1 IS NOT NULL
