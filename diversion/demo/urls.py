from django.urls import path

from diversion.demo import views

urlpatterns = [path("sign-in/<slug:persona>/", views.sign_in, name="demo-sign-in")]
