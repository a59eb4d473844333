"""Routes of the register, and of the certificate that follows from it."""

from django.urls import URLPattern, path

from courses.views import amendment, certificate, door, register

urlpatterns: list[URLPattern] = [
    path("provider/today/", register.session_list, name="session-list"),
    path("provider/sessions/<slug:public_id>/register/", register.register_mark, name="register-mark"),
    path("provider/sessions/<slug:public_id>/concern/", door.concern_raise, name="concern-raise"),
    path("provider/sessions/<slug:public_id>/without-a-place/", door.walk_in_record, name="walk-in-record"),
    path("provider/sessions/<slug:public_id>/register/keep/", register.register_keep, name="register-keep"),
    path("provider/sessions/<slug:public_id>/register/sent/", register.register_show, name="register-show"),
    path(
        "provider/sessions/<slug:public_id>/register/sent/<slug:booking_id>/",
        amendment.register_amend,
        name="register-amend",
    ),
    path("certificates/", certificate.certificate_find, name="certificate-find"),
    path("certificates/<str:serial>/", certificate.certificate_check, name="certificate-check"),
    path("my/certificates/<slug:serial>.pdf", certificate.certificate_download, name="certificate-download"),
]
