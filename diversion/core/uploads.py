"""How much of a file is let in. The rest of the form still arrives, so that the page can answer in words."""

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MOST_BYTES = 10 * 1024 * 1024


class QuotaUploadHandler(FileUploadHandler):
    """Drops a file as soon as it is larger than `MOST_BYTES`: neither memory nor disk is filled by what is refused anyway.

    It stands first; the handlers after it keep what it lets through.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let a piece through.

        :raises SkipFile: the file has become too large.
        """
        if start + len(raw_data) > MOST_BYTES:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Nothing: the handlers after this one have the file."""
        return None
