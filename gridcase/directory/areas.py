"""Which areas a person may be given: what the geography knows at a date, and its patrol areas."""

from __future__ import annotations

from datetime import date

from gridcase.errors import Invalid
from gridcase.spatial import Geography


def check_area(geography: Geography, code: str, on: date) -> str:
    """The code of a district, street, community, cell or responsibility grid (api.md 4).

    Raises Invalid `unknown_area` for any other.
    """
    is_area = geography.areas.find(code) is not None
    is_grid = any(grid.code == code for grid in geography.grids)
    if not (is_area or is_grid or any(cell.code == code for cell in geography.cells(on))):
        raise Invalid("unknown_area", f"there is no area {code!r}", field="area", area=code)
    return code
