"""Messages of clients are validated."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.nx_cloud.messages import (
    BadMessage,
    Message,
    read_execution,
    read_result,
    read_task,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(["id", "hash", "needs", "args", "task", "exitCode", "cache"])


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"run": 1}, lambda message: message.text("run")),
        ({"run": None}, lambda message: message.text("run")),
        ({"yes": "true"}, lambda message: message.flag("yes", False)),
        ({"count": "1"}, lambda message: message.number("count")),
        ({"count": 1.5}, lambda message: message.number("count")),
        ({"ms": "1"}, lambda message: message.seconds("ms")),
        ({"list": "a,b"}, lambda message: message.texts("list")),
        ({"list": ["a", 1]}, lambda message: message.texts("list")),
        ({"list": ["a"]}, lambda message: message.messages("list")),
    ],
)
def test_a_field_of_another_type_is_refused(fields: dict[str, Any], read: Any) -> None:
    """The error names the field, or shows the value that isn't an object."""
    with pytest.raises(BadMessage, match=r"not an? "):
        read(Message(fields))


def test_missing_fields_are_empty() -> None:
    """A client may omit fields that have a default."""
    message = Message({})
    assert message.text("run") == ""
    assert message.flag("yes", True) is True
    assert message.number("count") == 0
    assert message.seconds("ms") == 0
    assert message.texts("list") == ()
    assert message.messages("list") == ()


@given(JSON | st.dictionaries(FIELDS, JSON))
def test_no_message_crashes_a_reader(value: Any) -> None:
    """Any message is read or refused with a BadMessage."""
    try:
        message = Message(value)
        read_task(message)
        read_result(message, agent="a")
        read_execution(message, run_id="w", agent="a")
    except BadMessage:
        pass
