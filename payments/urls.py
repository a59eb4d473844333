from django.urls import path

from payments import webhooks
from payments.views import cancelling, checkout, funding, leaving, moving

urlpatterns = [
    path("my/bookings/<slug:public_id>/pay/", checkout.start, name="checkout-start"),
    path("my/bookings/<slug:public_id>/paid/", checkout.come_back, name="checkout-return"),
    path("my/bookings/<slug:public_id>/receipt/", checkout.receipt, name="receipt-show"),
    path("my/bookings/<slug:public_id>/move/", moving.booking_move, name="booking-move"),
    path("my/bookings/<slug:public_id>/move/<slug:course_id>/", moving.move_check, name="move-check"),
    path("my/bookings/<slug:public_id>/cancel/", cancelling.booking_cancel, name="booking-cancel"),
    path("my/bookings/<slug:public_id>/money/", cancelling.money_return, name="money-return"),
    path("my/funding/", funding.funding_show, name="funding-show"),
    path("my/leave/", leaving.leave_ask, name="leave-ask"),
    path("self/left/", leaving.leave_done, name="leave-done"),
    path("funding/", funding.funding_list, name="funding-list"),
    path("funding/<slug:public_id>/", funding.funding_decide, name="funding-decide"),
    path("webhooks/stripe/", webhooks.receive_notice, name="stripe-webhook"),
]
