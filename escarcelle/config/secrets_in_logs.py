"""What opens something is not for whoever reads the log: links of invitation, keys to the API."""

import logging
import re

_OPENS = re.compile(r"(/invitation/|\besc_)[\w:.=%-]+")


class WithoutSecrets(logging.Filter):
    """Writes « … » in place of what opens; the rest of the line stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if _OPENS.search(text):
            record.msg, record.args = _OPENS.sub(r"\1…", text), ()
        return True
