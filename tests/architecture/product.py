"""What Django knows of the product: its apps, models and lifecycles."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from diversion.core.lifecycle import Lifecycle
from tests.architecture.source import PACKAGES


def own_models() -> list[type[models.Model]]:
    """Every model of the product's apps, with the tables that keep their history. A proxy is another's table."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in PACKAGES
        for model in config.get_models(include_auto_created=True)
        if not model._meta.proxy
    ]


def is_history(model: type[models.Model]) -> bool:
    """A table that pghistory's triggers fill."""
    return hasattr(model, "pgh_tracked_model")


def stateful_models() -> list[type[models.Model]]:
    return [model for model in own_models() if hasattr(model, "lifecycle") and not is_history(model)]


def lifecycles() -> Iterator[Lifecycle]:
    """Each lifecycle once, in the order of the apps."""
    seen: list[Lifecycle] = []
    for model in stateful_models():
        if model.lifecycle not in seen:
            seen.append(model.lifecycle)
    return iter(seen)
