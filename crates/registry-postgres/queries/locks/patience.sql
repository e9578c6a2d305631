-- How long the transaction waits for a lock from now on, and how long it would have.
SELECT current_setting('lock_timeout') AS "before!", set_config('lock_timeout', $1, TRUE) AS "now!"
