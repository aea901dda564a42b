"""Detect why Nx Cloud refused a command: a bad token, or a disabled organization."""

from typing import Optional

from failures import Refusal
from streamed_run import Finished

# These texts are in nx-cloud 19.0.0 and in logs of 2025 and 2026: qauth-labs/qauth#219,
# UraniumCorporation/maiar-ai#146, nrwl/nx#27848 and srilakshmikanthanp/chatviewer#25.
_OVER_LIMIT = (
    b"organization has been disabled",
    b"Nx Cloud: Workspace Disabled",
    b"Workspace is disabled",
)
_BAD_TOKEN = (
    b"connecting to Nx Cloud. Code: 401",
    b"connecting to Nx Cloud. Code: 403",
    b"Connection to Nx Cloud failed with status code 401",
    b"Connection to Nx Cloud failed with status code 403",
    b"Nx Cloud: Workspace is unable to be authorized",
    b"Invalid Nx Cloud access token",
)
_GO_ON = (
    "until then, set `when_not_connected: run_without_agents` on dte/main and "
    "dte/agent, so main runs all tasks itself"
)


def find_refusal(finished: Finished) -> Optional[Refusal]:
    """Return the refusal at the start of the client's output, or None."""
    text = finished.beginning
    if any(part in text for part in _OVER_LIMIT):
        return Refusal(
            "Nx Cloud has disabled this organization, usually because it exceeded its "
            "plan",
            suggestions=[
                "an administrator finds the reason on the billing page of Nx Cloud",
                _GO_ON,
            ],
            code="cloud-plan",
        )
    if any(part in text for part in _BAD_TOKEN):
        return Refusal(
            "Nx Cloud refused the access token of this job",
            suggestions=[
                "set NX_CLOUD_ACCESS_TOKEN to a CI access token of this workspace that "
                "was not revoked",
                _GO_ON,
            ],
            code="cloud-token",
        )
    return None
