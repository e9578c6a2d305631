"""What a team does on a day, by the client that was generated from the description and by nothing else.

`python story.py URL`, with the token of a writer in WRITER and that of a promoter in PROMOTER. It ends with an error at
the first answer that is not as expected.
"""

import os
import sys
from typing import TypeVar

from model_registry import AuthenticatedClient
from model_registry.api.history import list_events
from model_registry.api.models import compare_models, get_models_by_ids, register_model, register_models
from model_registry.api.search import list_models
from model_registry.api.server import whoami
from model_registry.api.tags import get_tag_holder, promote, roll_back
from model_registry.models import (
    Comparison,
    EventPage,
    ManyRegistered,
    Metrics,
    Model,
    ModelPage,
    ModelRef,
    Models,
    ModelSummary,
    NewModel,
    ProblemDocument,
    Promote,
    Promotion,
    Registered,
    WhoAmI,
)
from model_registry.types import File

NAME = "story/encoder"
TAG = "story-release"

T = TypeVar("T")


def person(url: str, variable: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=os.environ[variable], raise_on_unexpected_status=True)


def an_answer(kind: type[T], answer: object) -> T:
    assert isinstance(answer, kind), f"not a {kind.__name__}: {answer}"
    return answer


def a_problem(status: int, code: str, answer: object) -> ProblemDocument:
    problem = an_answer(ProblemDocument, answer)
    assert (problem.status, problem.code) == (status, code), problem
    assert problem.hint and problem.request_id, problem
    return problem


def a_version(version: str, loss: float) -> NewModel:
    return NewModel(
        name=NAME,
        version=version,
        checkpoint_path=f"s3://models/encoder-{version}.safetensors",
        size_bytes=1_048_576,
        task_type="language_modeling",
        config={"d_model": 768},
        metrics=Metrics.from_dict({"val_loss": loss, "accuracy": 1 - loss}),
        tags=["candidate"],
    )


def main(url: str) -> None:
    writer, promoter = person(url, "WRITER"), person(url, "PROMOTER")
    assert an_answer(WhoAmI, whoami.sync(client=writer)).name == "wanda"

    # Two versions. Sent again with its key, a registration is not made again.
    first = an_answer(Registered, register_model.sync(client=writer, body=a_version("1.0.0", 0.5), reason="first run"))
    second, again = (
        an_answer(
            Registered,
            register_model.sync(client=writer, body=a_version("1.1.0", 0.25), idempotency_key="run-2"),
        )
        for _ in range(2)
    )
    assert first.ordinal == 1 and second.ordinal == 2 and again.model_id == second.model_id
    assert first.created_by == "wanda" and first.created_at <= second.created_at
    a_problem(409, "model_exists", register_model.sync(client=writer, body=a_version("1.0.0", 0.5)))
    a_problem(400, "invalid_version", register_model.sync(client=writer, body=a_version("one", 0.5)))

    # Side by side, the second is better.
    selectors = [f"{NAME}@1.0.0", f"{NAME}@1.1.0"]
    comparison = an_answer(Comparison, compare_models.sync(client=writer, model=selectors, metric=["val_loss"]))
    (loss,) = comparison.metrics
    assert (loss.direction, loss.best, loss.values) == ("lower", 0.25, [0.5, 0.25]), loss
    assert [model.version for model in comparison.models] == ["1.0.0", "1.1.0"]

    # A search, in short.
    found = an_answer(
        ModelPage, list_models.sync(client=writer, where=f'name = "{NAME}"', sort="metrics.val_loss", short=True)
    )
    assert [an_answer(ModelSummary, model).version for model in found.models] == ["1.1.0", "1.0.0"]
    a_problem(400, "invalid_search", list_models.sync(client=writer, where="name ="))

    # Who may only write may not promote; the problem says what to do.
    refused = a_problem(403, "forbidden", promote.sync(TAG, client=writer, body=Promote(model_id=first.model_id)))
    assert "ask an admin" in refused.hint

    # The first is promoted where nobody holds the tag, and the second where the first does.
    by_hand = Promote(model_id=first.model_id, expect="none")
    promoted = an_answer(Promotion, promote.sync(TAG, client=promoter, body=by_hand, reason="first release"))
    assert promoted.changed and promoted.lost == []
    a_problem(409, "unexpected_holder", promote.sync(TAG, client=promoter, body=by_hand))
    expected = ModelRef(model_id=first.model_id, name=NAME, version="1.0.0")
    promoted = an_answer(
        Promotion,
        promote.sync(TAG, client=promoter, body=Promote(model_id=second.model_id, expect=expected, scope="name")),
    )
    assert promoted.lost == [expected], promoted.lost

    # Who holds it: the second, and after a rollback the first.
    holder = an_answer(Model, get_tag_holder.sync(TAG, client=writer))
    assert (holder.version, holder.tags) == ("1.1.0", ["candidate", TAG]), holder
    back = an_answer(Promotion, roll_back.sync(TAG, client=promoter, reason="too slow"))
    assert (back.version, [lost.version for lost in back.lost]) == ("1.0.0", ["1.1.0"]), back
    a_problem(404, "model_not_found", get_tag_holder.sync("nobody-has-this", client=writer))

    # What happened, newest first.
    history = an_answer(EventPage, list_events.sync(client=writer, tag=TAG, limit=10))
    happened = [(event.kind, event.actor, event.reason) for event in history.events]
    assert happened[0] == ("rolled_back", "paula", "too slow"), happened
    assert happened[-1] == ("promoted", "paula", "first release"), happened

    # Many at once, as lines of JSON, all or none.
    lines = "\n".join(json_line(version) for version in ("2.0.0", "2.1.0"))
    many = an_answer(ManyRegistered, register_models.sync(client=writer, body=File(payload=lines.encode())))
    ids = [model.model_id for model in many.models]
    both = an_answer(Models, get_models_by_ids.sync(client=writer, ids=",".join(map(str, [*ids, 999_999]))))
    assert [model and model.version for model in both.models] == ["2.0.0", "2.1.0", None]
    bad = File(payload=(lines + '\n{"name": "x"}').encode())
    refused = a_problem(400, "bulk_refused", register_models.sync(client=writer, body=bad))
    assert [line.line for line in refused.lines] == [3], refused.lines


def json_line(version: str) -> str:
    import json

    return json.dumps(a_version(version, 0.1).to_dict())


if __name__ == "__main__":
    main(sys.argv[1])
