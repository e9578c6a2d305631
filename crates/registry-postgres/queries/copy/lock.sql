-- Others read, and nobody else writes.
LOCK TABLE settings, model_names, models, events, model_tags IN SHARE ROW EXCLUSIVE MODE
