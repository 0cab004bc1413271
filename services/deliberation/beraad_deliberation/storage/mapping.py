"""The aggregates are plain dataclasses; here they meet the tables. No relationships: what belongs together is asked for."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers, registry

from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.contributions import Contribution
from beraad_deliberation.domain.decisions import Decision, Task
from beraad_deliberation.domain.group_profiles import GroupProfile
from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.questions import Question, Reaction
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.domain.versions import Version
from beraad_deliberation.domain.votes import Vote
from beraad_deliberation.storage import tables

mapper = registry(metadata=tables.metadata)

mapper.map_imperatively(GroupProfile, tables.group_profiles)
mapper.map_imperatively(Proposal, tables.proposals)
mapper.map_imperatively(Version, tables.versions)
mapper.map_imperatively(Question, tables.questions)
mapper.map_imperatively(Reaction, tables.reactions)
mapper.map_imperatively(Amendment, tables.amendments)
mapper.map_imperatively(ConsentRound, tables.rounds)
mapper.map_imperatively(Objection, tables.objections)
mapper.map_imperatively(Vote, tables.votes)
mapper.map_imperatively(Approval, tables.approvals)
mapper.map_imperatively(Decision, tables.decisions)
mapper.map_imperatively(Task, tables.tasks)
mapper.map_imperatively(Contribution, tables.contributions)
configure_mappers()
