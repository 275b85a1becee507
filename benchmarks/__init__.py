"""Comparisons with peers; no part of the installed package."""
