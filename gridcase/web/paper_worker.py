"""Run as a script: reads a page and its style sheet as JSON from standard input, writes the PDF to standard output.

It stands alone, so that its process imports nothing but the library; what is not in the page is not fetched.
"""

from __future__ import annotations

import json
import sys

NOT_INSTALLED = 3

try:
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher
except (ImportError, OSError) as error:
    # The library is an extra, and needs Pango from the system.
    sys.stderr.write(f"{error}\n")
    sys.exit(NOT_INSTALLED)


def main() -> None:
    """One page, one PDF."""
    sent = json.load(sys.stdin.buffer)
    fetcher = URLFetcher(allowed_protocols=("data",))
    sheet = CSS(string=sent["style"], url_fetcher=fetcher)
    sys.stdout.buffer.write(HTML(string=sent["page"], url_fetcher=fetcher).write_pdf(stylesheets=[sheet]))


if __name__ == "__main__":
    main()
