"""The names of the documented pipeline values.

Source: CircleCI's page "Project values and variables" of August 2026. A value that a
pipeline does not have is empty.
"""

from __future__ import annotations


class EmptyValue(str):
    """A pipeline value that this pipeline does not have; it equals an empty string."""

    __slots__ = ()


# Names with these prefixes depend on the event, so a config may use any such name.
EVENT_VALUES = (
    "pipeline.deploy.",
    "pipeline.event.",
    "pipeline.schedule.",
    "pipeline.trigger.",
    "pipeline.trigger_parameters.",
)

_FAMILIES = {
    "pipeline.config": "file_path ref sha",
    "pipeline.config.repository": "name url",
    "pipeline.definition": "id",
    "pipeline.deploy": """
        component_name current_version environment_name namespace reason
        target_environment_name target_version
    """,
    "pipeline.event": "action name",
    "pipeline.event.context.github": "pr_url",
    "pipeline.event.github": "after ref",
    "pipeline.event.github.comment": "body",
    "pipeline.event.github.head_commit": "url",
    "pipeline.event.github.label": "name",
    "pipeline.event.github.pull_request.base": "ref sha",
    "pipeline.event.github.pull_request": "draft merged number title url",
    "pipeline.event.github.pull_request.head": "ref sha",
    "pipeline.event.github.repository": "name url",
    "pipeline.event.github.repository.owner": "login",
    "pipeline.event.github.sender": "avatar_url login type",
    "pipeline.git": """
        base_revision branch repo_id repo_name repo_owner repo_url revision
        tag
    """,
    "pipeline.git.branch": "is_default",
    "pipeline.git.commit": "author_login body subject url",
    "pipeline": "id integration_source name number trigger_source",
    "pipeline.project": "git_url slug type",
    "pipeline.schedule": "id name",
    "pipeline.trigger": "id received_at type",
    "pipeline.trigger_parameters.circleci": "event_time event_type trigger_type",
    "pipeline.trigger_parameters.github_app": """
        branch checkout_sha commit_author_name commit_message commit_sha
        commit_timestamp commit_title ref repo_name repo_url user_avatar
        user_id user_name user_username web_url
    """,
    "pipeline.trigger_parameters.gitlab": """
        branch checkout_sha commit_author_email commit_author_name
        commit_message commit_sha commit_timestamp commit_title default_branch
        is_fork_merge_request ref repo_name repo_url type user_avatar user_id
        user_name user_username web_url x_gitlab_event_id
    """,
    "pipeline.trigger_parameters.webhook": "body",
}
DOCUMENTED = tuple(
    f"{family}.{leaf}"
    for family, leaves in _FAMILIES.items()
    for leaf in leaves.split()
)
