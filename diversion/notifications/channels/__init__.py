"""Ways out of the house. Each takes a letterbox once, and can be asked afterwards whether it did."""

from django.conf import settings
from django.utils.module_loading import import_string

from diversion.notifications.channels.base import ChannelAdapter


def channel(name: str) -> ChannelAdapter:
    """The configured adapter for e-mail or SMS."""
    adapter: type[ChannelAdapter] = import_string(settings.MESSAGE_CHANNELS[name])
    return adapter()
