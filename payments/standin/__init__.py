"""A stand-in for Stripe, for development and tests: its own process, speaking Stripe's HTTP API.

Start it with `python -m payments.standin --port 8010 --state DIR --webhook-url URL
--webhook-secret whsec_...` and point the real SDK at it with
`StripeClient("sk_test_...", base_addresses={"api": "http://127.0.0.1:8010"})`.

It knows hosted Checkout in payment mode, payment intents, charges, refunds, balance transactions
and events, idempotency keys, and signed webhooks with retries. `control.py` lists the fault
controls. It listens on 127.0.0.1 only and refuses to start under production settings.
"""
