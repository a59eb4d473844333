"""Routes of staff accounts: invitations, colleagues, sign-in, language."""

from django.urls import include, path

from diversion.accounts.views import colleagues, delegations, home, invitation

urlpatterns = [
    path("home/", home.go_home, name="home-go"),
    path("language/", home.choose_language, name="language-set"),
    path("staff/invitations/", colleagues.list_colleagues, name="invitation-list"),
    path("staff/invitations/new/", colleagues.create_invitation, name="invitation-create"),
    path("staff/colleagues/<slug:public_id>/rank/", colleagues.change_colleague_rank, name="rank-change"),
    path("staff/colleagues/<slug:public_id>/team/", colleagues.change_colleague_team, name="team-change"),
    path("agency/delegations/", delegations.delegation_list, name="delegation-list"),
    path("agency/delegations/new/", delegations.delegation_create, name="delegation-create"),
    path("agency/delegations/<slug:public_id>/end/", delegations.delegation_end, name="delegation-end"),
    path("staff/colleagues/<slug:public_id>/end/", colleagues.end_access, name="membership-end"),
    path("invitation/accepted/", invitation.accepted, name="invitation-accepted"),
    path("invitation/<str:token>/", invitation.accept, name="invitation-accept"),
    path("account/", include("diversion.accounts.sign_in_urls")),
]
