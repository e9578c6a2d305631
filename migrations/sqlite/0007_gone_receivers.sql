-- A receiver that answers 410 (gone) turns its webhook off. A release before this one goes on as if it had not.

ALTER TABLE webhooks ADD COLUMN gone_at INTEGER;
