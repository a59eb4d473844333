"""The demo's story, told through the services that the pages use, with times relative to the day it is loaded."""
