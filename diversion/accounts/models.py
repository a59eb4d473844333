"""Accounts of staff and participants, the organisations they belong to, and how staff are invited."""

from typing import Any, ClassVar
from uuid import UUID

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Nation, OrganisationKind, Rank, Role, Stead
from diversion.accounts.permissions import Permission
from diversion.accounts.querysets import DelegationQuerySet, InvitationQuerySet, MembershipQuerySet
from diversion.accounts.roles import GRANTS
from diversion.core.actor import Actor, ActorKind
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, Row


class Organisation(PublicRow):
    """An agency that refers, a provider that runs courses, the service team, or a voluntary service, which employs nobody (R14)."""

    kind = models.CharField(max_length=16, choices=OrganisationKind.choices)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    nation = models.CharField(max_length=20, choices=Nation.choices, default=Nation.ENGLAND_AND_WALES)
    help_phone = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="accounts_organisation_kind_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, *, email: str | None = None, name: str = "", password: str | None = None, **fields: Any
    ) -> "User":
        """A staff account has an e-mail; a participant's has none here (theirs is encrypted, with the participant)."""
        user = self.model(email=email.lower() if email else None, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, Row):
    """Somebody who can sign in. What they may do comes from their one live membership, read on every request."""

    email = models.EmailField(null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=5, default="en-gb")

    helped_by: Actor | None = None
    """Set for one request while a member of staff does this participant's steps: whom the trail names instead of them."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_is_unique")]

    def __str__(self) -> str:
        return self.name or str(_("Participant"))

    @property
    def membership(self) -> "Membership | None":
        """The live membership, asked for once per request."""
        if not hasattr(self, "_membership"):
            self._membership = (
                self.memberships.select_related("organisation").filter(ended_at=None).first() if self.is_active else None
            )
        return self._membership

    @property
    def role(self) -> str:
        return self.membership.role if self.membership else ""

    @property
    def organisation_id(self) -> UUID | None:
        return self.membership.organisation_id if self.membership else None

    def may(self, permission: Permission) -> bool:
        """True when the live membership's role grants it."""
        return permission in GRANTS.get(self.role, frozenset())

    def as_actor(self, *, on_behalf_of: UUID | None = None) -> Actor:
        if self.helped_by:
            return self.helped_by
        kind = ActorKind.PARTICIPANT if self.role == Role.PARTICIPANT else ActorKind.STAFF
        return Actor(kind, user_id=self.pk, on_behalf_of=on_behalf_of)


class Team(PublicRow):
    """Officers of one agency who see their cases as one list."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("name"),
                name="accounts_team_name_once",
                violation_error_message=_("There is already a team of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(PublicRow):
    """A role in an organisation. It ends; it is never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role.choices)
    rank = models.PositiveSmallIntegerField(choices=Rank.choices, default=Rank.NONE)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="a_voluntary_service_employs_nobody",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__role__df=Role.PARTICIPANT.value),
                func="""
                    IF (SELECT kind = 'self' FROM accounts_organisation WHERE id = NEW.organisation_id)
                    THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
                        MESSAGE = 'a voluntary service employs nobody: no member of staff may see who asked for help';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ended_at=None),
                name="accounts_membership_one_live_each",
                violation_error_message=_("This person already has a role. End it first."),
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_membership_role_is_known"),
            models.CheckConstraint(condition=models.Q(rank__in=Rank.values), name="accounts_membership_rank_is_known"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="accounts_membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"


class Delegation(PublicRow):
    """Somebody stands in for a colleague from one day to another, both included. It can be ended early, never rewritten."""

    what = models.CharField(max_length=12, choices=Stead.choices)
    of_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_held")
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_made")
    ended_at = models.DateTimeField(null=True)
    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(what__in=Stead.values), name="accounts_delegation_what_is_known"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="accounts_delegation_ends_after_it_starts",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=~models.Q(of_user=models.F("to_user")),
                name="accounts_delegation_to_somebody_else",
                violation_error_message=_("Choose a colleague, not yourself."),
            ),
            models.CheckConstraint(
                condition=~models.Q(what=Stead.AUTHORISING, to_user=models.F("made_by")),
                name="accounts_delegation_nobody_takes_a_rank",
                violation_error_message=_("Somebody else must give you a colleague’s rank."),
            ),
        ]
        indexes = [
            models.Index(fields=["to_user", "ends_on"], condition=models.Q(ended_at=None), name="accounts_delegation_held")
        ]

    def __str__(self) -> str:
        return self.get_what_display()


class Invitation(Row):
    """A single-use invitation for one address, role and organisation.

    The token is found by its hash. It is held sealed only until the invitation is accepted, so that the message can carry it.
    `invited_by` is empty for the first person of an organisation, whom the operator invites.
    """

    email = models.EmailField()
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=24, choices=Role.choices)
    rank = models.PositiveSmallIntegerField(choices=Rank.choices, default=Rank.NONE)
    token_hash = models.CharField(max_length=64, unique=True)
    token_sealed = EncryptedTextField(null=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="invitations_accepted")
    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(token_sealed__isnull=True),
                name="accounts_invitation_token_is_forgotten",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="accounts_invitation_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class SecondFactorSecret(Row):
    """What an authenticator app and the server share, or the seed of recovery codes. The sign-in library holds only the row's id."""

    text = EncryptedTextField()

    def __str__(self) -> str:
        return str(self.pk)


class OneTimeCode(Row):
    """A six-digit code for one purpose and one browser. Stored hashed; ten minutes; five tries."""

    purpose = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    session_key_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tries__lte=5), name="accounts_onetimecode_five_tries"),
        ]
        indexes = [models.Index(fields=["subject_id", "-created_at"], name="accounts_code_subject")]

    def __str__(self) -> str:
        return self.purpose
