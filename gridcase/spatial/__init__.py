"""Finds the place of a case: layers, codes, coordinate systems, the index of cells and checks of the data."""

from gridcase.spatial.answers import answer_point, outside_answer, place_answer
from gridcase.spatial.areas import Area, AreaTable
from gridcase.spatial.batch import answer_rows, read_rows
from gridcase.spatial.checks import check_geo
from gridcase.spatial.coordinates import convert, distance_m
from gridcase.spatial.index import Cell, Geography, Grid, Place
from gridcase.spatial.loading import load_geography

__all__ = [
    "Area",
    "AreaTable",
    "Cell",
    "Geography",
    "Grid",
    "Place",
    "answer_point",
    "answer_rows",
    "check_geo",
    "convert",
    "distance_m",
    "load_geography",
    "outside_answer",
    "place_answer",
    "read_rows",
]
