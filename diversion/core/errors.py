"""Anticipated refusals. They are answers, not faults: a view shows the sentence, nothing is logged as an error."""

from django.utils.functional import Promise


class Refusal(Exception):
    """A service's typed "no".

    Subclasses live beside the function that raises them and are named for what could not happen. `sentence` is fit for the user;
    `field` names the form field it belongs beside, when there is one.
    """

    sentence: str | Promise = ""
    field: str | None = None

    def __init__(self, sentence: str | Promise = "", *, field: str | None = None) -> None:
        self.sentence = str(sentence or self.sentence)
        self.field = field or self.field
        super().__init__(self.sentence)
