"""The upload."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.core.uploads import MOST_BYTES
from diversion.partners.reading import TOO_LARGE, FileIsUnreadable, Line, read_rows


class UploadForm(GovukForm):
    """A file and whether it is only checked. `length` is the size of the whole request: too large a file was dropped on its way."""

    submit_text = _("Upload")
    mark_optional = False  # the file is asked for below, where a file too large to arrive is told apart from none
    file = forms.FileField(
        label=_("File of referrals"),
        help_text=_("A CSV file in UTF-8, up to 10 MB and 10,000 rows."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    dry_run = forms.BooleanField(
        label=_("Only check it first"),
        help_text=_("You see what each row would do. Nothing is taken in until you say so."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, length: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.length = length
        self.lines: list[Line] = []

    def clean_file(self) -> UploadedFile | None:
        """Reads the rows into `lines`.

        :raises ValidationError: there is no file, or it cannot be read; the sentence says why.
        """
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            raise forms.ValidationError(TOO_LARGE if self.length > MOST_BYTES else _("Choose a file of referrals"))
        try:
            self.lines = read_rows(file.read())
        except FileIsUnreadable as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from None
        return file
