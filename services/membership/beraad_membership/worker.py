"""The worker side of membership: what it listens to, and what falls due."""

from __future__ import annotations

from collections.abc import Callable
from traceback import format_tb
from typing import Any

import structlog

from beraad.messaging.faults import raise_if_transient
from beraad.perform import WORKER, Store, perform, reading
from beraad.service import DueWork, Job, Worker
from beraad.settings import Settings
from beraad_membership.solver.preparing import prepare_next
from beraad_membership.storage.database import DATABASE
from beraad_membership.subscriptions.deliberation import deliberation
from beraad_membership.subscriptions.held_elsewhere import held_elsewhere
from beraad_membership.use_cases.change_group import EndMandates, end_mandates
from beraad_membership.use_cases.continue_import import ContinueImport, continue_import
from beraad_membership.use_cases.export_person import ExpireExports, expire_exports
from beraad_membership.use_cases.finish_erasure import (
    FinishErasure,
    ForgetExpiredLinks,
    finish_erasure,
    forget_expired_links,
)
from beraad_membership.use_cases.note_failed_piece import NoteFailedPiece, note_failed_piece
from beraad_membership.use_cases.renew_profiles import RenewProfiles, renew_profiles
from beraad_membership.use_cases.vacate_seat import AnnounceEnds, EndTerms, announce_ends, end_terms

log = structlog.get_logger()


def end_mandates_once(store: Store[Any], _settings: Settings) -> bool:
    """End one group whose mandate is over."""
    return perform(store, end_mandates, EndMandates())


def end_terms_once(store: Store[Any], _settings: Settings) -> bool:
    """Vacate the seats of one group whose term is over."""
    return perform(store, end_terms, EndTerms())


def announce_ends_once(store: Store[Any], _settings: Settings) -> bool:
    """Tell the holders of one group whose terms end soon."""
    return perform(store, announce_ends, AnnounceEnds())


def finish_erasure_once(store: Store[Any], _settings: Settings) -> bool:
    """Erase once more what was under way when one person was erased."""
    return perform(store, finish_erasure, FinishErasure())


def expire_exports_once(store: Store[Any], _settings: Settings) -> bool:
    """Exports whose week is over."""
    return perform(store, expire_exports, ExpireExports())


def forget_links(store: Store[Any], _settings: Settings) -> bool:
    """Sign-in links that are long over."""
    return perform(store, forget_expired_links, ForgetExpiredLinks())


def renew_profiles_once(store: Store[Any], _settings: Settings) -> bool:
    """Let the profiles of some people that started or ended count."""
    return perform(store, renew_profiles, RenewProfiles())


def continue_imports_once(store: Store[Any], _settings: Settings) -> bool:
    """Work off a piece of the oldest import there is. What fails again and again ends that import and nothing else."""
    with reading(store, WORKER, glancing=True) as work:
        import_id = work.imports.unfinished()
    if import_id is None:
        return False
    try:
        return perform(store, continue_import, ContinueImport(import_id))
    except Exception as error:
        raise_if_transient(error)
        where = format_tb(error.__traceback__)[-3:]  # without what the rows say
        log.error("import_piece_failed", import_id=str(import_id), error=type(error).__name__, where=where)
        perform(store, note_failed_piece, NoteFailedPiece(import_id, type(error).__name__))
        return True


def prepare_selections_once(store: Store[Any], _settings: Settings, alive: Callable[[], bool]) -> bool:
    """Prepare the draw that was asked for first."""
    return prepare_next(store, alive)


worker = Worker(
    name="membership",
    database=DATABASE,
    subscriptions=(deliberation, *held_elsewhere),
    due_work=(
        DueWork("end_mandates", end_mandates_once),
        DueWork("end_terms", end_terms_once),
        DueWork("announce_ends", announce_ends_once),
        DueWork("finish_erasure", finish_erasure_once),
        DueWork("forget_links", forget_links),
        DueWork("expire_exports", expire_exports_once),
        DueWork("renew_profiles", renew_profiles_once),
        DueWork("continue_imports", continue_imports_once),
    ),
    jobs=(Job("prepare_selections", prepare_selections_once),),
)
