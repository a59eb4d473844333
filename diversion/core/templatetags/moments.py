"""`{% load moments %}`: days, times and money as people say them."""

from django import template

from diversion.core import moments, money

register = template.Library()
register.filter("day_words", moments.day_words)
register.filter("time_words", moments.time_words)
register.filter("moment_words", moments.moment_words)
register.filter("short_moment_words", moments.short_moment_words)
register.filter("pounds", money.pounds)
