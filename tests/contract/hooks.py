"""What schemathesis can't read in the description: how lines of JSON are made, for `POST /api/v1/registrations`; that
nobody wants to wait for an event that doesn't come; and which models there are to compare."""

import json

import schemathesis
from hypothesis import strategies as st

words = st.text("abcdefghijklmnopqrstuvwxyz/-", min_size=1, max_size=12)
anything = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers(), max_size=2))

model = st.fixed_dictionaries(
    {
        "name": words,
        "version": st.from_regex(r"\A[0-9]\.[0-9]\.[0-9](-rc\.[0-9])?\Z"),
        "checkpoint_path": words,
        "task_type": words,
        "config": st.dictionaries(words, anything, max_size=2),
        "size_bytes": st.one_of(st.none(), st.integers(0, 2**63 - 1)),
    },
    optional={
        "metrics": st.dictionaries(words, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
        "metadata": st.dictionaries(words, anything, max_size=2),
        "tags": st.lists(words, max_size=2),
        "parent_line": st.integers(0, 3),
        "notes": st.text(max_size=20),
    },
)

# Mostly models, sometimes any JSON, seldom no JSON at all.
line = st.one_of(
    model.map(json.dumps),
    model.map(json.dumps),
    st.dictionaries(words, anything, max_size=4).map(json.dumps),
    st.text(max_size=20),
)

schemathesis.openapi.media_type(
    "application/x-ndjson", st.lists(line, max_size=4).map(lambda lines: "\n".join(lines).encode())
)


SELECTORS = ["chain-of-ten", "1", ":production", "team-0/model-0@^1"]


@schemathesis.hook
def map_query(context, query):
    if not query:
        return query
    if str(query.get("wait", "")).isdigit():
        query["wait"] = 0
    # Valid selectors give way to others that are valid and name models.
    models = query.get("model")
    if isinstance(models, list) and models and all(isinstance(model, str) and model.isalnum() for model in models):
        query["model"] = [SELECTORS[index % len(SELECTORS)] for index in range(min(len(models), 8))]
    return query
