"""Everything that is held of a person, collected from all services, for a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from beraad_membership.domain.events import PersonExportRequested

KEPT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class PersonExport:
    """Asked for by the person or an administrator; gone when it expires, or with the person."""

    id: UUID
    person_id: UUID
    requested_by: UUID | None
    requested_at: datetime
    expires_at: datetime

    def requested(self) -> PersonExportRequested:
        """What the other services answer."""
        return PersonExportRequested(export_id=self.id, revision=1, person_id=self.person_id)
