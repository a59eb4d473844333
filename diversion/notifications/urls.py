from django.urls import URLPattern, path

from diversion.notifications import views

urlpatterns: list[URLPattern] = [path("health/", views.health_show, name="health-show")]
