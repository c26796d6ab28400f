"""What rooms further down follow of enquiries without being imported from here.

Sent synchronously inside the transaction that makes the change. A receiver that raises undoes it.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# A message was written, or a quotation accepted or declined, which writes one too. With `thread=`
# (EnquiryThread), `message=` (EnquiryMessage, flushed; its `quotation`), `by=` (Account),
# `at=` (the instant, UTC).
enquiry_written = _signals.signal("enquiry-written")
# A side has opened the thread: with `thread=` and `by=` (Account).
enquiry_read = _signals.signal("enquiry-read")
# The asker's side has seen what the office wrote: with `question=` (Question).
question_read = _signals.signal("question-read")
# The county's office wrote an answer: with `question=` (Question, flushed) and `at=` (UTC).
question_answered = _signals.signal("question-answered")
