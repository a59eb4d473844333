from django.urls import URLPattern, path, re_path

from diversion.referrals.queries import SECTIONS
from diversion.referrals.views import (
    associations,
    authorisation,
    contacts,
    drafts,
    home,
    letters,
    offers,
    restriction,
    schemes,
    signing_in,
    versions,
)

CASE = "agency/referrals/<str:public_id>/"
RESTRICTION = "agency/cases/<str:public_id>/restriction/"
VERSION = "agency/schemes/versions/<str:public_id>/"

urlpatterns: list[URLPattern] = [
    path("", home.home_show, name="home-show"),
    path("offer/contact/", contacts.contact_ask, name="contact-ask"),
    path("offer/code/", contacts.contact_confirm, name="contact-confirm"),
    path("my/sign-in/", signing_in.participant_sign_in, name="participant-sign-in"),
    path("my/sign-in/code/", signing_in.participant_sign_in_code, name="participant-sign-in-code"),
    path("my/offer/", offers.offer_show, name="offer-show"),
    path("my/offer/accept/", offers.offer_accept, name="offer-accept"),
    path("my/offer/decline/", offers.offer_decline, name="offer-decline"),
    path("agency/authorise/", authorisation.authorisation_list, name="authorisation-list"),
    path("agency/authorise/<str:public_id>/", authorisation.authorisation_decide, name="authorisation-decide"),
    path("agency/schemes/", schemes.scheme_list, name="scheme-list"),
    path("agency/schemes/new/", schemes.scheme_create, name="scheme-create"),
    path("agency/schemes/<str:public_id>/", schemes.scheme_show, name="scheme-show"),
    path("agency/schemes/<str:public_id>/draft/", schemes.scheme_draft, name="scheme-draft"),
    path(VERSION, versions.version_show, name="version-show"),
    path(VERSION + "change/", versions.version_edit, name="version-edit"),
    path(VERSION + "preview/", versions.version_preview, name="version-preview"),
    path(VERSION + "publish/", versions.version_publish, name="version-publish"),
    path(VERSION + "drop/", versions.version_drop, name="version-drop"),
    path("agency/referrals/new/", drafts.referral_create, name="referral-create"),
    path(CASE, drafts.referral_tasks, name="referral-tasks"),
    path(CASE + "check/", drafts.referral_check, name="referral-check"),
    path(CASE + "submitted/", drafts.referral_submitted, name="referral-submitted"),
    path(CASE + "apart/", associations.association_list, name="association-list"),
    path(CASE + "apart/<str:note>/end/", associations.association_end, name="association-end"),
    path(CASE + "discard/", drafts.referral_discard, name="referral-discard"),
    path(CASE + "letter/", letters.letter_show, name="letter-show"),
    path(CASE + "letter.pdf", letters.letter_download, name="letter-download"),
    path(CASE + "letter/posted/", letters.letter_posted, name="letter-posted"),
    path(CASE + "letter/again/", letters.letter_reissue, name="letter-reissue"),
    path(RESTRICTION, restriction.restriction_show, name="restriction-show"),
    path(RESTRICTION + "on/", restriction.case_restrict, name="case-restrict"),
    path(RESTRICTION + "off/", restriction.restriction_lift, name="restriction-lift"),
    path(RESTRICTION + "names/new/", restriction.restriction_add, name="restriction-add"),
    path(RESTRICTION + "names/<str:member>/", restriction.restriction_remove, name="restriction-remove"),
    re_path(
        rf"^agency/referrals/(?P<public_id>[0-9a-z]+)/(?P<section>{'|'.join(SECTIONS)})/$",
        drafts.referral_edit,
        name="referral-edit",
    ),
]
