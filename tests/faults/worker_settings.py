"""The tests' settings in a worker process: the channel under test comes from the environment."""

import os

from diversion.settings.test import *  # noqa: F403

MESSAGE_CHANNELS = dict.fromkeys(["email", "sms"], os.environ["FAULT_CHANNEL"])
