"""The pages for people: one blueprint for each audience, and how a refusal is shown to them."""

from __future__ import annotations

from flask import Blueprint, Response

from gridcase.web.errors import Problem

# Every blueprint of the pages, in the order of their registration.
PAGES: tuple[Blueprint, ...] = ()


def show_problem(problem: Problem) -> Response:
    """A refusal as a page."""
    text = f"{problem.title}\n{problem.detail}\n"
    return Response(text, status=problem.status, content_type="text/plain; charset=utf-8")
