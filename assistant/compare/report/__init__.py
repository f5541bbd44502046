"""A batch of comparisons as one HTML page that can be sent to somebody."""

from assistant.compare.report.page import report_page

__all__ = ["report_page"]
