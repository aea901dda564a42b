"""One rehearsal: starts its services, runs its actions, reports, and cleans up."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from dte.circleci_api import CircleCIApi
from dte.nx_cloud import NxCloud
from dte.order.order import Order
from dte.report.data import Report
from dte.run.folders import open_folder
from dte.run.interrupt import Interrupt, listen
from dte.run.listener import Listener
from dte.run.processes import adopt_orphans, end_marked
from dte.run.starter import start_helper
from dte.session import Session


def rehearse(
    order: Order, listener: Listener, show: Callable[[Report], None] = lambda _: None
) -> Report:
    """Rehearse the order and return the report.

    `show` gets the report before the clean-up. Nothing stays on this machine except
    what the order keeps. Raises `UserError` if the order is wrong or an action can't be
    done; in the second case `show` gets a report on what happened before.
    """
    with open_session(order, listener) as session:
        try:
            with suppress(KeyboardInterrupt):
                session.start()
                session.play()
        except Exception as error:
            if session.has_run:
                show(session.report(error=str(error)))
            raise
        report = session.report()
        show(report)
        return report


@contextmanager
def open_session(order: Order, listener: Listener) -> Iterator[Session]:
    """Yield a session with its services running.

    After the block, everything that the session started is stopped, and the rehearsal's
    folder is removed unless the order keeps it.
    """
    with ExitStack() as stack:
        interrupt = stack.enter_context(listen(Interrupt()))
        folder = stack.enter_context(open_folder(keep=order.keep))
        starter = stack.enter_context(start_helper(folder.root, keep=order.keep))
        stack.enter_context(adopt_orphans())
        stack.callback(end_marked, str(folder.root))
        if not order.keep:
            text = f"removing the rehearsal's folder {folder.root}"
            stack.callback(listener.cleaning_up, text)
        yield Session(
            order,
            listener,
            folder=folder,
            api=stack.enter_context(CircleCIApi()),
            cloud=stack.enter_context(NxCloud(folder=folder.subfolder("nx-cloud"))),
            interrupt=interrupt,
            starter=starter,
        )
