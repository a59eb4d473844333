from tests.integration.payments.bank import bank, standin_process

__all__ = ["bank", "standin_process"]
