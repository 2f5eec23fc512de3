"""A model as the user names it."""

from agent_core.models.choice import ModelChoice


def test_a_model_is_shown_by_its_name() -> None:
    assert ModelChoice().shown == "Built-in"
    assert ModelChoice("openai:kimi").shown == "kimi"
    assert ModelChoice("openai:").shown == "no name"
