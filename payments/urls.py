from django.urls import path

from payments import views, webhooks

urlpatterns = [
    path("my/bookings/<slug:public_id>/pay/", views.start, name="checkout-start"),
    path("my/bookings/<slug:public_id>/paid/", views.come_back, name="checkout-return"),
    path("my/bookings/<slug:public_id>/receipt/", views.receipt, name="receipt-show"),
    path("webhooks/stripe/", webhooks.receive_notice, name="stripe-webhook"),
]
