from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "diversion.compliance"
    label = "compliance"
